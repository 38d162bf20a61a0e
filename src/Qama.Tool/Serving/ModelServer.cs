using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Qama.Hosting;

namespace Qama.Tool.Serving;

/// <summary>The page of one model, and what it asks for, on 127.0.0.1.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private const int MostConnections = 100;

    private readonly ModelSession _session;
    private readonly TokenData _data;
    private readonly LoopbackHost _host;
    private readonly NewestFirst _turns = new();

    private ModelServer(ModelSession session, TokenData data, int port)
    {
        (_session, _data) = (session, data);
        _host = new LoopbackHost(port, SolveRequest.LargestBody, MostConnections);
        WebApplication application = _host.Application;
        application.Use(async (context, next) =>
        {
            string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            context.Items["nonce"] = nonce;
            if (await LoopbackGuard.AcceptAsync(context, nonce).ConfigureAwait(false))
            {
                await next(context).ConfigureAwait(false);
            }
        });
        application.UseRouting();
        application.MapGet("/", PageAsync);
        application.MapGet("/api/model", context => AnswerAsync(context, ServedModel.Describe(_session, _data)));
        application.MapGet("/api/data", DataAsync);
        application.MapPost("/api/solve", SolveAsync);
    }

    /// <summary>The page's address.</summary>
    public Uri Address => _host.Address;

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
            await server._host.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return server;
    }

    /// <summary>Ends it at once: requests have a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync().ConfigureAwait(false);
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
}
