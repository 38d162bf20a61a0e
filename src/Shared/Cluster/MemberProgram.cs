using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace Qama.Cluster.Hosting;

/// <summary>A silo as a program.</summary>
/// <remarks>Exit codes: 0 stopped in order, 1 it could not start or ended by an error, 2 a wrong option or setting, 3 the cluster has
/// another version of the library.</remarks>
internal static class MemberProgram
{
    private const string Ready = "ready";
    private const string Dashboard = "/dashboard";

    /// <summary>Parses the command line and does what it asks for; errors are told in one line.</summary>
    public static async Task<int> InvokeAsync(RootCommand command, string[] args)
    {
        // SIGTERM and Ctrl+C are the host's: a silo leaves its cluster in order.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                await configuration.Error.WriteLineAsync(message).ConfigureAwait(false);
            }

            await configuration.Error.WriteLineAsync("Try --help.").ConfigureAwait(false);
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await configuration.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return e switch
            {
                ArgumentException or InvalidDataException or FormatException or IOException => 2,
                ClusterVersionException => 3,
                _ => 1,
            };
        }
    }

    /// <summary>Runs a silo until it is told to stop.</summary>
    /// <param name="settings">The cluster.</param>
    /// <param name="roles">What the silo does.</param>
    /// <param name="http">What it says by HTTP.</param>
    /// <param name="output">Gets the line "ready" when the silo takes part.</param>
    /// <param name="configure">Adds what the program has of its own; null for nothing.</param>
    public static async Task<int> RunAsync(
        ClusterSettings settings, ClusterRoles roles, HttpSettings http, TextWriter output, Action<IHostApplicationBuilder>? configure = null)
    {
        using IHost host = http.Port is null ? Plain() : Web();
        await host.StartAsync().ConfigureAwait(false);
        await output.WriteLineAsync(Ready).ConfigureAwait(false);
        await host.WaitForShutdownAsync().ConfigureAwait(false);
        return 0;

        IHost Plain()
        {
            HostApplicationBuilder builder = Host.CreateApplicationBuilder();
            Configure(builder, settings, roles, http, configure);
            return builder.Build();
        }

        WebApplication Web()
        {
            WebApplicationBuilder builder = WebApplication.CreateBuilder();
            builder.WebHost.ConfigureKestrel(o => o.Listen(http.Address, http.Port.Value));
            builder.Services.AddHealthChecks().AddCheck<SiloHealth>("silo").AddCheck<DatabaseHealth>("database");
            Configure(builder, settings, roles, http, configure);
            WebApplication app = builder.Build();
            Map(app, http);
            return app;
        }
    }

    private static void Configure(
        IHostApplicationBuilder builder, ClusterSettings settings, ClusterRoles roles, HttpSettings http,
        Action<IHostApplicationBuilder>? configure)
    {
        configure?.Invoke(builder);
        AddTelemetry(builder.Services, roles);
        builder.AddQamaSilo(settings, roles, silo =>
        {
            silo.AddActivityPropagation();
            if (http.Dashboard)
            {
                silo.AddDashboard();
            }
            else
            {
                // Its grains need services that this silo has not.
                silo.Configure<GrainTypeOptions>(o => o.Classes.RemoveWhere(t => t.Assembly == typeof(DashboardOptions).Assembly));
            }

            if (IsSet("KUBERNETES_SERVICE_HOST"))
            {
                silo.UseKubernetesHosting();
            }
        });
    }

    private static void Map(WebApplication app, HttpSettings http)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        if (http.Dashboard)
        {
            app.Use((context, next) =>
            {
                if (!IsAllowed(context, http))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                return next(context);
            });
            app.MapOrleansDashboard(Dashboard);
        }
    }

    private static bool IsAllowed(HttpContext context, HttpSettings http) =>
        http.IsRemote || !context.Request.Path.StartsWithSegments(Dashboard, StringComparison.OrdinalIgnoreCase)
        || (context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));

    // Exported by the standard variables of OpenTelemetry; without them nothing is.
    private static void AddTelemetry(IServiceCollection services, ClusterRoles roles)
    {
        if (!IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") && !IsSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
            && !IsSet("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
        {
            return;
        }

        IOpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .WithMetrics(m => m.AddMeter("Microsoft.Orleans*", "Qama.*"))
            .WithTracing(t => t.AddSource("Microsoft.Orleans*", "Qama.*"))
            .UseOtlpExporter();
        if (!IsSet("OTEL_SERVICE_NAME"))
        {
            telemetry.ConfigureResource(r => r.AddService(roles == ClusterRoles.Worker ? "qama-worker" : "qama-server"));
        }
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
