using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Qama.Tool.Serving;

/// <summary>The page of one model, and what it asks for, on 127.0.0.1.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private const int MostConnections = 100;

    private readonly ModelSession _session;
    private readonly TokenData _data;
    private readonly WebApplication _application;
    private readonly NewestFirst _turns = new();

    private ModelServer(ModelSession session, TokenData data, int port)
    {
        (_session, _data) = (session, data);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, port);
            k.Limits.MaxRequestBodySize = SolveRequest.LargestBody;
            k.Limits.MaxConcurrentConnections = MostConnections;
            k.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        _application = builder.Build();
        _application.Use(async (context, next) =>
        {
            string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            context.Items["nonce"] = nonce;
            if (await LoopbackGuard.AcceptAsync(context, nonce).ConfigureAwait(false))
            {
                await next(context).ConfigureAwait(false);
            }
        });
        _application.UseRouting();
        _application.MapGet("/", PageAsync);
        _application.MapGet("/api/model", context => AnswerAsync(context, ServedModel.Describe(_session, _data)));
        _application.MapGet("/api/data", DataAsync);
        _application.MapPost("/api/solve", SolveAsync);
    }

    /// <summary>The page's address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts listening.</summary>
    /// <param name="session">The layer.</param>
    /// <param name="data">Its samples.</param>
    /// <param name="port">Port on 127.0.0.1; 0 for a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ModelServer> StartAsync(ModelSession session, TokenData data, int port)
    {
        var server = new ModelServer(session, data, port);
        try
        {
            await server._application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        IServer kestrel = server._application.Services.GetRequiredService<IServer>();
        server.Address = new Uri(kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Ends it at once: requests have a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _application.StopAsync(atOnce.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Connections that do not end are ended by disposal.
        }

        await _application.DisposeAsync().ConfigureAwait(false);
        _turns.Dispose();
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"serve.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Resource("page.html")
            .Replace("{nonce}", (string)context.Items["nonce"]!, StringComparison.Ordinal)
            .Replace("/*style*/", Resource("page.css"), StringComparison.Ordinal)
            .Replace("/*script*/", Resource("drawings.js") + Resource("page.js"), StringComparison.Ordinal));
    }

    private static Task AnswerAsync(HttpContext context, JsonObject answer, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) =>
        AnswerAsync(context, new JsonObject { ["error"] = message }, status);

    private Task DataAsync(HttpContext context)
    {
        if (_data.Image is not { } image)
        {
            return RefuseAsync(context, StatusCodes.Status404NotFound, "There is no image: start qama serve with --data.");
        }

        context.Response.ContentType = image.Type;
        return context.Response.Body.WriteAsync(image.Bytes, context.RequestAborted).AsTask();
    }

    private async Task SolveAsync(HttpContext context)
    {
        CancellationToken stop = context.RequestAborted;
        if (!context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "Expected application/json.").ConfigureAwait(false);
            return;
        }

        try
        {
            SolveRequest request = await SolveRequest.ReadAsync(context.Request.Body, _session, stop).ConfigureAwait(false);
            float[] sample = _data.Get(request.Sample);
            JsonObject? answer = await _turns.RunAsync(
                request.Page, request.Sequence, token => SolveAnswer.CreateAsync(_session, sample, request, token), stop)
                .ConfigureAwait(false);
            await (answer is null
                ? RefuseAsync(context, StatusCodes.Status409Conflict, "A newer request took its place.")
                : AnswerAsync(context, answer)).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
    }

    // It lives as long as its owner wants: signals are the program's affair.
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
