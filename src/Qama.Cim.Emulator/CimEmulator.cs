using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Qama.Cim.Emulator;

/// <summary>The web API of the machine on 127.0.0.1: token, task submission and task queries, on one port.</summary>
/// <remarks>Shapes of requests and answers as the QBoson driver of China Mobile's QCOS scheduler uses them.</remarks>
public sealed class CimEmulator : IAsyncDisposable
{
    private const int LargestUpload = 64 * 1024 * 1024;
    private const int LargestLogin = 16 * 1024;
    private const int MostConnections = 1000;
    private const FaultKinds LoginFaults =
        FaultKinds.ServerError | FaultKinds.DropBefore | FaultKinds.SlowBody | FaultKinds.TruncatedBody | FaultKinds.MalformedJson;

    private const FaultKinds QueryFaults = LoginFaults | FaultKinds.RefusedToken | FaultKinds.WrongLengths;

    private const FaultKinds SubmissionFaults =
        LoginFaults | FaultKinds.RefusedToken | FaultKinds.ErrorAfterAccepting | FaultKinds.DropAfter | FaultKinds.FailedTask;

    private readonly EmulatorOptions _options;
    private readonly WebApplication _application;
    private readonly TaskQueue _tasks;
    private readonly Tokens _tokens;
    private readonly FaultDice _dice;
    private int _busy;

    private CimEmulator(EmulatorOptions options)
    {
        _options = options;
        _dice = new FaultDice(options.Faults, options.Seed);
        _tokens = new Tokens(options.TokenUses);
        _tasks = new TaskQueue(options);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, options.Port);
            k.Limits.MaxRequestBodySize = LargestUpload;
            k.Limits.MaxConcurrentConnections = MostConnections;
            k.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        _application = builder.Build();
        _application.UseRouting();
        _application.MapPost("/sso/access_token/", LoginAsync);
        _application.MapPost("/api/system/business/task/", SubmitAsync);
        _application.MapGet("/api/system/business/task/{id}/", QueryAsync);
    }

    /// <summary>The address of the emulated web API.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Tasks accepted so far, whether or not the client was told.</summary>
    public int Accepted => _tasks.Accepted;

    /// <summary>Submissions that were answered with HTTP 503, because too many tasks waited or the task could not be
    /// kept.</summary>
    public int RefusedAsBusy => Volatile.Read(ref _busy);

    /// <summary>The number of accepted submissions of each content (SHA-256 of file, form and machine).</summary>
    public IReadOnlyDictionary<string, int> AcceptedContents => _tasks.Contents;

    /// <summary>Files of the task folder that are no tasks, and why.</summary>
    public IReadOnlyList<string> SkippedTasks => _tasks.Skipped;

    /// <summary>Faults so far, by kind.</summary>
    public IReadOnlyDictionary<FaultKinds, int> FaultCounts => _dice.Counts;

    /// <summary>Starts listening.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The port is taken, or the task folder cannot be used.</exception>
    public static async Task<CimEmulator> StartAsync(EmulatorOptions? options = null)
    {
        options ??= new EmulatorOptions();
        options.Check();
        var emulator = new CimEmulator(options);
        try
        {
            await emulator._application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await emulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        IServer server = emulator._application.Services.GetRequiredService<IServer>();
        emulator.Address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return emulator;
    }

    /// <summary>Ends it at once: what waits is not computed, requests have a second to end.</summary>
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
        await _tasks.DisposeAsync().ConfigureAwait(false);
    }

    private async Task LoginAsync(HttpContext context)
    {
        FaultKinds fault = _dice.Roll(LoginFaults);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false))
        {
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestLogin;
        (string User, string Code)? given = await CredentialsAsync(context.Request.Body).ConfigureAwait(false);
        if (given is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        bool isKnown = given is { User.Length: > 0, Code.Length: > 0 } && (_options.Credentials is not { } only || only == given);
        await AnswerAsync(context, fault, isKnown
            ? Answers.Success(w => w.WriteString("token", _tokens.Issue()))
            : Answers.Error("10001", "user_id or sdk_code is wrong")).ConfigureAwait(false);
    }

    private async Task SubmitAsync(HttpContext context)
    {
        FaultKinds fault = _dice.Roll(SubmissionFaults);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false) || !Authorize(context, fault))
        {
            return;
        }

        (Upload? upload, string problem, bool isForm) = await Upload.ReadAsync(context.Request, _options).ConfigureAwait(false);
        EmulatedTask? task = null;
        bool isBusy = false;
        if (upload is not null)
        {
            (task, problem, isBusy) = await _tasks.AcceptAsync(upload, fault == FaultKinds.FailedTask).ConfigureAwait(false);
        }

        if (task is null)
        {
            if (isBusy)
            {
                Interlocked.Increment(ref _busy);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "1";
            }
            else if (!isForm)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            }

            await AnswerAsync(context, fault, Answers.Error(isBusy ? "50300" : "40001", problem)).ConfigureAwait(false);
        }
        else if (fault == FaultKinds.DropAfter)
        {
            context.Abort();
        }
        else if (fault == FaultKinds.ErrorAfterAccepting)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        else
        {
            long id = long.Parse(task.Id, CultureInfo.InvariantCulture);
            await AnswerAsync(context, fault, Answers.Success(w => w.WriteNumber("task_id", id))).ConfigureAwait(false);
        }
    }

    private async Task QueryAsync(HttpContext context, string id)
    {
        FaultKinds fault = _dice.Roll(QueryFaults);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false) || !Authorize(context, fault))
        {
            return;
        }

        await AnswerAsync(context, fault, _tasks.Find(id) is { } task
            ? Answers.State(task, _options.Format, fault == FaultKinds.WrongLengths)
            : Answers.Error("40400", "no such task")).ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context, FaultKinds fault, byte[] body) =>
        Answers.WriteAsync(context, body, fault, _options.Faults.Pause);

    private bool Authorize(HttpContext context, FaultKinds fault)
    {
        if (_tokens.Accept(context.Request.Headers.Authorization.ToString(), fault == FaultKinds.RefusedToken))
        {
            return true;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return false;
    }

    private static async Task<(string User, string Code)?> CredentialsAsync(Stream body)
    {
        try
        {
            using JsonDocument json = await JsonDocument.ParseAsync(body).ConfigureAwait(false);
            return (json.RootElement.GetProperty("user_id").GetString() ?? "", json.RootElement.GetProperty("sdk_code").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // It lives as long as its owner wants: signals are the program's affair.
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
