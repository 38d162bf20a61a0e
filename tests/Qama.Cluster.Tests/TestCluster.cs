using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Cluster.Hosting;

namespace Qama.Cluster.Tests;

/// <summary>A cluster of a test: silos as real processes or in this one, and clients in this one.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    // Dead silos are noticed within three seconds; one that a busy computer keeps waiting for less is not taken for dead.
    private const double Probe = 1;

    private readonly List<IHost> _hosts = [];
    private readonly List<Process> _processes = [];
    private int? _firstSilo;

    private TestCluster(string? postgres) => Postgres = postgres;

    /// <summary>The connection string of the cluster's own database, or null for a cluster in memory.</summary>
    public string? Postgres { get; }

    /// <summary>The cluster's name.</summary>
    public string Name { get; } = $"test-{Guid.NewGuid():N}"[..20];

    /// <summary>Environment variables of processes, beside the cluster's.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Encryption of everything that is started from now on; null for none.</summary>
    public ClusterTls? Tls { get; set; }

    /// <summary>The processes that were started.</summary>
    public IReadOnlyList<Process> Processes => _processes;

    /// <summary>Ports of the silos, in the order in which they were started.</summary>
    public List<int> Ports { get; } = [];

    /// <summary>A cluster without silos.</summary>
    /// <param name="store">"memory" or "postgres".</param>
    /// <param name="connection">What the connection string has besides.</param>
    public static TestCluster Create(string store, string connection = "") =>
        new(store == "postgres" ? PostgresServer.Shared.CreateDatabase() + connection : null);

    /// <summary>A cluster without silos on a database that others may have too.</summary>
    public static TestCluster On(string postgres) => new(postgres);

    /// <summary>Settings of the next silo, with ports of its own. The first silo of a cluster in memory is the one that stays.</summary>
    public ClusterSettings NextSilo()
    {
        var settings = new ClusterSettings
        {
            Name = Name, Postgres = Postgres, SiloPort = FreePorts.Next(), GatewayPort = FreePorts.Next(),
            FirstSiloPort = Postgres is null ? _firstSilo : null, Address = System.Net.IPAddress.Loopback,
            ProbeTime = TimeSpan.FromSeconds(Probe), Tls = Tls,
        };
        Ports.Add(settings.SiloPort);
        _firstSilo ??= settings.SiloPort;
        FirstGateway ??= settings.GatewayPort;
        return settings;
    }

    /// <summary>The first silo's port for clients.</summary>
    public int? FirstGateway { get; private set; }

    /// <summary>Starts a silo in this process.</summary>
    public async Task<IHost> StartSiloAsync(
        ClusterRoles roles, Action<IHostApplicationBuilder>? configure = null, string? version = null)
    {
        HostApplicationBuilder builder = Builder();
        ClusterSettings settings = NextSilo();
        builder.AddQamaSilo(version is null ? settings : settings with { Version = version }, roles);
        configure?.Invoke(builder);
        return await StartAsync(builder.Build());
    }

    /// <summary>Connects a client in this process.</summary>
    public async Task<IClusterClient> ConnectAsync()
    {
        HostApplicationBuilder builder = Builder();
        builder.AddQamaClient(new ClusterSettings { Name = Name, Postgres = Postgres, GatewayPort = FirstGateway ?? 30000, Tls = Tls });
        return (await StartAsync(builder.Build())).Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>Starts a silo as a process of one of the two programs; completes when it says that it is ready.</summary>
    /// <param name="program">"Silo" or "Worker".</param>
    /// <param name="more">Further options of the program.</param>
    public Task<Process> StartProcessAsync(string program, params string[] more) => StartProcessAsync(program, TextWriter.Null, more);

    /// <summary>Starts a silo as a process; what it writes to its standard output goes to a writer.</summary>
    public async Task<Process> StartProcessAsync(string program, TextWriter said, params string[] more)
    {
        TextWriter output = TextWriter.Synchronized(said);
        ClusterSettings settings = NextSilo();
        List<string> arguments =
        [
            Path.Combine(AppContext.BaseDirectory, $"Qama.Cluster.{program}.dll"), "--name", Name, "--address", "127.0.0.1",
            "--probe-seconds", Probe.ToString(CultureInfo.InvariantCulture), "--silo-port", Text(settings.SiloPort), "--gateway-port", Text(settings.GatewayPort),
            .. settings.FirstSiloPort is int first ? ["--first-silo-port", Text(first)] : Array.Empty<string>(), .. more,
        ];
        Process process = Start(arguments);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            await output.WriteLineAsync(line);
            if (line == "ready")
            {
                _ = CopyAsync(process, output);
                return process;
            }
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException(
            $"{program} ended with {process.ExitCode} before it was ready: "
            + $"{await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Starts a .NET program with the cluster's environment; its standard output and error are the caller's to read.</summary>
    public Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Logging__LogLevel__Default"] = "Error";
        start.Environment[ClusterSettings.PostgresVariable] = Postgres ?? "";
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        foreach (IHost host in Enumerable.Reverse(_hosts))
        {
            // One that did not start refuses to stop.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await Record.ExceptionAsync(() => host.StopAsync(limit.Token));
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    private static async Task CopyAsync(Process process, TextWriter output)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            await output.WriteLineAsync(line);
        }
    }

    private static HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        return builder;
    }

    private async Task<IHost> StartAsync(IHost host)
    {
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
