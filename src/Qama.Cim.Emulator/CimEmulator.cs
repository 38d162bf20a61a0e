using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Qama.Cim.Emulator;

/// <summary>The web API of the machine on 127.0.0.1: token, task submission and task queries, on one port.</summary>
/// <remarks>Shapes of requests and answers as the QBoson driver of China Mobile's QCOS scheduler uses them.</remarks>
public sealed class CimEmulator : IAsyncDisposable
{
    private const int LargestUpload = 64 * 1024 * 1024;
    private readonly EmulatorOptions _options;
    private readonly WebApplication _application;
    private readonly IIsingSolver _solver;
    private readonly ConcurrentDictionary<string, EmulatedTask> _tasks = new();
    private readonly ConcurrentQueue<string> _order = new();
    private readonly ConcurrentDictionary<string, int> _tokens = new();
    private readonly ConcurrentDictionary<string, int> _contents = new();
    private readonly Channel<EmulatedTask> _queue = Channel.CreateUnbounded<EmulatedTask>();
    private readonly FaultDice _dice;
    private readonly TaskFolder _folder;
    private readonly Task[] _workers;
    private int _accepted;
    private int _next;

    private CimEmulator(EmulatorOptions options)
    {
        _options = options;
        _solver = options.Solver ?? SimulatorSolver.CoherentIsingMachine();
        _dice = new FaultDice(options.Faults, options.Seed);
        _folder = new TaskFolder(options.TaskFolder);
        foreach ((string id, bool isQubo, int[] ising, int spins) in _folder.Load())
        {
            Enqueue(new EmulatedTask(id, isQubo, ising, spins, TimeSpan.Zero, fails: false));
            _next = Math.Max(_next, int.Parse(id, CultureInfo.InvariantCulture) - 1000);
        }

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, options.Port);
            k.Limits.MaxRequestBodySize = LargestUpload;
            k.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        _application = builder.Build();
        _application.UseRouting();
        _application.MapPost("/sso/access_token/", LoginAsync);
        _application.MapPost("/api/system/business/task/", SubmitAsync);
        _application.MapGet("/api/system/business/task/{id}/", QueryAsync);
        _workers = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => Task.Run(ComputeAsync))];
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Tasks accepted so far, whether or not the client was told.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How often each content (SHA-256 of file, form and machine) was accepted.</summary>
    public IReadOnlyDictionary<string, int> AcceptedContents => _contents;

    /// <summary>Faults so far, by kind.</summary>
    public IReadOnlyDictionary<FaultKinds, int> FaultCounts => _dice.Counts;

    /// <summary>Starts listening.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<CimEmulator> StartAsync(EmulatorOptions? options = null)
    {
        options ??= new EmulatorOptions();
        if (options.Rows is < 1 or > 10_000 || options.Bits is < 2 or > 24 || !(options.Noise is >= 0 and <= 1)
            || !(options.Faults.Rate is >= 0 and <= 1) || options.Port is < 0 or > 65535)
        {
            throw new ArgumentException(
                "Expected 1 to 10,000 rows, 2 to 24 bits, noise and fault rate in [0, 1] and a port of 0 to 65535.", nameof(options));
        }

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

        IServerAddressesFeature addresses = emulator._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        emulator.Address = new Uri(addresses.Addresses.First());
        return emulator;
    }

    /// <inheritdoc/>
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

        _queue.Writer.TryComplete();
        await _application.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    private async Task LoginAsync(HttpContext context)
    {
        FaultKinds fault = _dice.Roll(FaultKinds.ServerError | FaultKinds.DropBefore | FaultKinds.SlowBody | FaultKinds.TruncatedBody | FaultKinds.MalformedJson);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false))
        {
            return;
        }

        (string User, string Code)? given = null;
        try
        {
            using JsonDocument json = await JsonDocument.ParseAsync(context.Request.Body).ConfigureAwait(false);
            given = (json.RootElement.GetProperty("user_id").GetString() ?? "", json.RootElement.GetProperty("sdk_code").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
        }

        bool isKnown = given is { User.Length: > 0, Code.Length: > 0 } && (_options.Credentials is not { } only || only == given);
        if (!isKnown)
        {
            await Answers.WriteAsync(context, Answers.Error("10001", "user_id or sdk_code is wrong"), fault, _options.Faults.Pause).ConfigureAwait(false);
            return;
        }

        string token = "eyJ" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = 0;
        await Answers.WriteAsync(context, Answers.Success(w => w.WriteString("token", token)), fault, _options.Faults.Pause).ConfigureAwait(false);
    }

    private async Task SubmitAsync(HttpContext context)
    {
        const FaultKinds Possible = FaultKinds.RefusedToken | FaultKinds.ServerError | FaultKinds.ErrorAfterAccepting | FaultKinds.DropBefore
            | FaultKinds.DropAfter | FaultKinds.SlowBody | FaultKinds.TruncatedBody | FaultKinds.MalformedJson | FaultKinds.FailedTask;
        FaultKinds fault = _dice.Roll(Possible);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false) || !Authorize(context, fault))
        {
            return;
        }

        (EmulatedTask? task, string problem) = await ReadTaskAsync(context.Request, fault == FaultKinds.FailedTask).ConfigureAwait(false);
        if (task is null)
        {
            await Answers.WriteAsync(context, Answers.Error("40001", problem), fault, _options.Faults.Pause).ConfigureAwait(false);
            return;
        }

        Enqueue(task);
        if (fault == FaultKinds.DropAfter)
        {
            context.Abort();
        }
        else if (fault == FaultKinds.ErrorAfterAccepting)
        {
            context.Response.StatusCode = 500;
        }
        else
        {
            await Answers.WriteAsync(
                context, Answers.Success(w => w.WriteNumber("task_id", long.Parse(task.Id, CultureInfo.InvariantCulture))), fault,
                _options.Faults.Pause).ConfigureAwait(false);
        }
    }

    private async Task QueryAsync(HttpContext context, string id)
    {
        const FaultKinds Possible = FaultKinds.RefusedToken | FaultKinds.ServerError | FaultKinds.DropBefore | FaultKinds.SlowBody
            | FaultKinds.TruncatedBody | FaultKinds.MalformedJson | FaultKinds.WrongLengths;
        FaultKinds fault = _dice.Roll(Possible);
        if (await Answers.FailBeforeAsync(context, fault, _dice).ConfigureAwait(false) || !Authorize(context, fault))
        {
            return;
        }

        byte[] body = _tasks.TryGetValue(id, out EmulatedTask? task)
            ? Answers.State(task, _options.Format, fault == FaultKinds.WrongLengths)
            : Answers.Error("40400", "no such task");
        await Answers.WriteAsync(context, body, fault, _options.Faults.Pause).ConfigureAwait(false);
    }

    private void Enqueue(EmulatedTask task)
    {
        _tasks[task.Id] = task;
        _order.Enqueue(task.Id);
        while (_order.Count > _options.Remembered && _order.TryDequeue(out string? oldest))
        {
            _tasks.TryRemove(oldest, out _);
        }

        _queue.Writer.TryWrite(task);
    }

    private bool Authorize(HttpContext context, FaultKinds fault)
    {
        string header = context.Request.Headers.Authorization.ToString();
        string token = header.StartsWith("JWT ", StringComparison.Ordinal) ? header[4..] : "";
        bool isValid = _tokens.ContainsKey(token);
        if (isValid && _tokens.AddOrUpdate(token, 1, (_, uses) => uses + 1) > (_options.TokenUses ?? int.MaxValue))
        {
            isValid = false;
        }

        if (isValid && fault != FaultKinds.RefusedToken)
        {
            return true;
        }

        _tokens.TryRemove(token, out _);
        context.Response.StatusCode = 401;
        return false;
    }

    private async Task<(EmulatedTask? Task, string Problem)> ReadTaskAsync(HttpRequest request, bool fails)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 } boundary)
        {
            return (null, "expected multipart/form-data");
        }

        var fields = new Dictionary<string, string>();
        (int[] Values, int Size)? matrix = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync().ConfigureAwait(false) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
            {
                return (null, "a part has no name");
            }

            string name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            using Body body = await Body.ReadAsync(section.Body, (int)(request.ContentLength ?? 0)).ConfigureAwait(false);
            if (name == "url")
            {
                matrix = UploadedMatrix.Parse(body.Bytes);
                hash.AppendData(body.Bytes);
            }
            else
            {
                fields[name] = Encoding.UTF8.GetString(body.Bytes);
            }
        }

        string machine = fields.GetValueOrDefault("machine_name", "");
        bool isQubo = fields.GetValueOrDefault("is_qubo", "") == "True";
        if (Check(fields, machine, matrix, isQubo, out int[] ising) is { } problem)
        {
            return (null, problem);
        }

        if (Interlocked.Increment(ref _accepted) > (_options.Quota ?? int.MaxValue))
        {
            Interlocked.Decrement(ref _accepted);
            return (null, "the quota is used up");
        }

        hash.AppendData(Encoding.UTF8.GetBytes($"{machine}|{isQubo}"));
        _contents.AddOrUpdate(Convert.ToHexStringLower(hash.GetHashAndReset()), 1, (_, count) => count + 1);
        string id = (1000 + Interlocked.Increment(ref _next)).ToString(CultureInfo.InvariantCulture);
        var task = new EmulatedTask(id, isQubo, ising, matrix!.Value.Size + (isQubo ? 1 : 0), _options.QueueDelay, fails);
        await _folder.SaveAsync(task, ising).ConfigureAwait(false);
        return (task, "");
    }

    private string? Check(
        Dictionary<string, string> fields, string machine, (int[] Values, int Size)? matrix, bool isQubo, out int[] ising)
    {
        ising = [];
        if (!fields.ContainsKey("task_name") || !fields.ContainsKey("name") || !fields.ContainsKey("is_qubo"))
        {
            return "a field is missing";
        }

        if (!_options.Machines.TryGetValue(machine, out int limit))
        {
            return "there is no such machine";
        }

        if (matrix is not (int[] rented, int n))
        {
            return "the file is no square matrix of integers";
        }

        ReadOnlySpan<int> values = rented.AsSpan(0, n * n);
        int spins = n + (isQubo ? 1 : 0);
        if (spins > limit)
        {
            return $"the matrix needs {spins} spins, the machine has {limit}";
        }

        bool isInteger = true;
        if (isQubo)
        {
            ising = UploadedMatrix.ToIsing(values, n, out isInteger)!;
        }
        else if (UploadedMatrix.IsIsing(values, n))
        {
            ising = values.ToArray();
        }
        else
        {
            return "the Ising matrix is not symmetric with zero diagonal";
        }

        bool fits = _options.Rule switch
        {
            PrecisionRule.Ising => isInteger && UploadedMatrix.Fits(ising, _options.Bits),
            PrecisionRule.Uploaded => UploadedMatrix.Fits(values, _options.Bits),
            _ => true,
        };
        ArrayPool<int>.Shared.Return(rented);
        return fits ? null : $"CIM only supports signed {_options.Bits}-bit number";
    }

    private async Task ComputeAsync()
    {
        await foreach (EmulatedTask task in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            task.Compute(_solver, _options.Rows, _options.Seed + ulong.Parse(task.Id, CultureInfo.InvariantCulture), _options.Noise);
        }
    }
}
