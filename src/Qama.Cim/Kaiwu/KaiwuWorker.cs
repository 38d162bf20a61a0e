using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Qama.Cim.Json;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Cim.Kaiwu;

/// <summary>The vendor's SDK in a Python process that runs the embedded script, one request after another.</summary>
internal sealed class KaiwuWorker : IAsyncDisposable
{
    private readonly WorkerProcess _process;
    private readonly KaiwuOptions _options;
    private readonly Redactor _redactor;

    private KaiwuWorker(WorkerProcess process, KaiwuOptions options, Redactor redactor)
    {
        (_process, _options, _redactor) = (process, options, redactor);
    }

    /// <summary>The SDK's version.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The SDK's generation: 1.1, 1.2, 1.3 or 1.4.</summary>
    public string Generation { get; private set; } = "";

    public bool HasExited => _process.HasExited;

    /// <exception cref="CimConfigurationException">Python or the SDK does not start.</exception>
    public static async Task<KaiwuWorker> StartAsync(
        KaiwuOptions options, CimCredentials credentials, Redactor redactor, CancellationToken cancellationToken)
    {
        byte[] script = Script();
        WorkerProcess process;
        try
        {
            string python = PythonEnvironment.Find(options.Python)
                ?? throw new CimConfigurationException($"There is no Python to run as '{options.Python}': no folder of PATH has it.");
            process = new WorkerProcess(
                python, ["-u", "-c", Loader(script.Length)], PythonEnvironment.For(options, credentials), options.StopGrace);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new CimConfigurationException($"There is no Python to run as '{options.Python}': {e.Message}");
        }

        var worker = new KaiwuWorker(process, options, redactor);
        try
        {
            await worker.AwaitReadyAsync(script, cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="CimException">What the reply says, or that there is none.</exception>
    public async Task<CheckedJson> SolveAsync(string taskName, ReadOnlyMemory<int> matrix, int size, CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N");
        try
        {
            await _process.WriteAsync(Request(id, taskName, matrix.Span, size), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A request of which the end is missing is none.
            throw new CimNotAcceptedException($"The worker did not take the task. {Errors()}");
        }

        CheckedJson reply = await _process.ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new CimOutcomeUnknownException($"The worker ended during the task. {Errors()}");
        if (reply.Words("id") != id)
        {
            throw new CimOutcomeUnknownException("The worker's reply belongs to another request.");
        }

        if (reply.Find("ok").IsTrue)
        {
            return reply["result"];
        }

        (string code, string message) = Error(reply);
        throw code switch
        {
            "INVALID_MATRIX" or "CIM_TASK_FAILED" => new CimRefusedException($"{message} ({code})"),
            "LICENSE_ERROR" or "INVALID_CONFIG" or "PROTOCOL_ERROR" => new CimConfigurationException($"{message} ({code})"),
            _ => new CimOutcomeUnknownException($"{message} ({code})"),
        };
    }

    /// <summary>Ends the process by force.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // The script comes by the input: no file of it lies about that others could write beside, and none is left behind.
    private static byte[] Script()
    {
        using Stream source = typeof(KaiwuWorker).Assembly.GetManifestResourceStream("kaiwu_worker.py")!;
        using var script = new MemoryStream();
        source.CopyTo(script);
        return script.ToArray();
    }

    // With -c Python looks into the working directory first. No module is imported before that is undone.
    private static string Loader(int length) => string.Create(
        CultureInfo.InvariantCulture,
        $"import sys; sys.path[:] = [p for p in sys.path if p]; exec(compile(sys.stdin.buffer.read({length}), '<kaiwu worker>', 'exec'))");

    private async Task AwaitReadyAsync(byte[] script, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StartTimeout);
        CheckedJson? first;
        try
        {
            await TellAsync(script, limit.Token).ConfigureAwait(false);
            first = await _process.ReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Kill();
            throw new CimConfigurationException($"The SDK did not start within {_options.StartTimeout.TotalSeconds:0.###} s. {Errors()}");
        }
        catch (CimAnswerException e)
        {
            Kill();
            throw new CimConfigurationException($"'{_options.Python}' does not run the worker: {e.Message} {Errors()}");
        }

        if (first is not { } line)
        {
            throw new CimConfigurationException($"'{_options.Python}' ended at once. {Errors()}");
        }

        if (line.Words("type") != "ready")
        {
            throw new CimConfigurationException(Diagnosis(line));
        }

        (Version, Generation) = (_redactor.Redact(line.Words("sdk_version")), _redactor.Redact(line.Words("generation")));
    }

    private async Task TellAsync(byte[] script, CancellationToken cancellationToken)
    {
        try
        {
            await _process.WriteAsync(script, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended at once; what it said is read by who called.
        }
    }

    private string Diagnosis(CheckedJson line)
    {
        (string code, string message) = Error(line);
        return code switch
        {
            "PYTHON_VERSION_INCOMPATIBLE" => $"'{_options.Python}' is too old: {message}",
            "NUMPY_NOT_FOUND" => $"'{_options.Python}' has no numpy: {message}{PythonEnvironment.Hint()}",
            "KAIWU_SDK_NOT_FOUND" => $"'{_options.Python}' has no Kaiwu SDK: {message}{PythonEnvironment.Hint()}",
            "KAIWU_IMPORT_ERROR" => $"The Kaiwu SDK cannot be used: {message}",
            "LICENSE_ERROR" => $"The Kaiwu SDK refuses the licence: {message}",
            "CHECKPOINT_ERROR" => $"The SDK's checkpoint folder cannot be used: {message}",
            _ => $"The worker does not start: {message} ({code})",
        };
    }

    private static byte[] Request(string id, string taskName, ReadOnlySpan<int> matrix, int size)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("op", "solve");
            json.WriteString("task_name", taskName);
            json.WriteStartArray("ising_matrix");
            for (int i = 0; i < size; i++)
            {
                json.WriteStartArray();
                foreach (int value in matrix.Slice(i * size, size))
                {
                    json.WriteNumberValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private (string Code, string Message) Error(CheckedJson line) =>
        line.Find("error") is { IsObject: true } error
            ? (_redactor.Redact(error.Words("code")), _redactor.Redact(error.Words("message")))
            : ("WORKER_PROTOCOL_ERROR", "The worker's line is neither a result nor an error.");

    private string Errors() => _process.LastErrors is { Length: > 0 } lines ? "It wrote: " + _redactor.Redact(lines) : "";
}
