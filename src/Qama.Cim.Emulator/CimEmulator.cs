using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Qama.Hosting;

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
    private readonly LoopbackHost _host;
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

        _host = new LoopbackHost(options.Port, LargestUpload, MostConnections);
        WebApplication application = _host.Application;
        application.UseRouting();
        application.MapPost("/sso/access_token/", LoginAsync);
        application.MapPost("/api/system/business/task/", SubmitAsync);
        application.MapGet("/api/system/business/task/{id}/", QueryAsync);
    }

    /// <summary>The address of the emulated web API.</summary>
    public Uri Address => _host.Address;

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
            await emulator._host.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await emulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return emulator;
    }

    /// <summary>Ends it at once: what waits is not computed, requests have a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync().ConfigureAwait(false);
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
}
