using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Qama.Cim.Security;

namespace Qama.Cim.Kaiwu;

/// <summary>One Python process with the SDK, and lines of JSON to and from it.</summary>
internal sealed class KaiwuWorker : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;
    private const int KeptErrorLines = 20;
    private readonly Process _process;
    private readonly KaiwuOptions _options;
    private readonly Redactor _redactor;
    private readonly Queue<string> _errors = new();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly string _script;
    private readonly Task _errorReader;
    private int _bufferedFrom;
    private int _buffered;

    private KaiwuWorker(Process process, KaiwuOptions options, Redactor redactor, string script)
    {
        (_process, _options, _redactor, _script) = (process, options, redactor, script);
        _errorReader = ReadErrorsAsync();
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
        string script = await WriteScriptAsync().ConfigureAwait(false);
        var start = new ProcessStartInfo(options.Python, ["-u", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[CimCredentials.UserVariable] = credentials.UserId;
        start.Environment[CimCredentials.CodeVariable] = credentials.SdkCode;
        start.Environment["KAIWU_CHECKPOINT_DIR"] = options.CheckpointFolder
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".qama", "kaiwu");
        start.Environment["KAIWU_CIM_INTERVAL_MINUTES"] = options.IntervalMinutes.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["KAIWU_SAMPLE_NUMBER"] = options.SampleNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        start.Environment["KAIWU_PROJECT_NO"] = options.ProjectNo ?? "";
        start.Environment["KAIWU_MACHINE_NAME"] = options.MachineName;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            File.Delete(script);
            throw new CimConfigurationException($"There is no Python to run as '{options.Python}': {e.Message}");
        }

        var worker = new KaiwuWorker(process, options, redactor, script);
        try
        {
            await worker.AwaitReadyAsync(cancellationToken).ConfigureAwait(false);
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
    public async Task<JsonElement> SolveAsync(string taskName, ReadOnlyMemory<int> matrix, int size, CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N");
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(Request(id, taskName, matrix.Span, size), cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.BaseStream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new CimOutcomeUnknownException($"The worker ended. {Errors()}");
        }

        JsonElement reply = await ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new CimOutcomeUnknownException($"The worker ended during the task. {Errors()}");
        if (Text(reply, "id") != id)
        {
            throw new CimOutcomeUnknownException("The worker's reply belongs to another request.");
        }

        if (reply.TryGetProperty("ok", out JsonElement ok) && ok.ValueKind == JsonValueKind.True
            && reply.TryGetProperty("result", out JsonElement result))
        {
            return result;
        }

        (string code, string message) = Error(reply);
        throw code switch
        {
            "INVALID_MATRIX" or "CIM_TASK_FAILED" => new CimRefusedException($"{message} ({code})"),
            "LICENSE_ERROR" or "INVALID_CONFIG" or "PROTOCOL_ERROR" => new CimConfigurationException($"{message} ({code})"),
            _ => new CimOutcomeUnknownException($"{message} ({code})"),
        };
    }

    /// <summary>Ends the process: first by closing its input, then by force.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone already.
        }

        using (var grace = new CancellationTokenSource(_options.StopGrace))
        {
            try
            {
                await _process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        await _errorReader.ConfigureAwait(false);
        _process.Dispose();
        File.Delete(_script);
    }

    /// <summary>Ends the process by force.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has gone already.
        }
    }

    private static async Task<string> WriteScriptAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), $"qama-kaiwu-{Guid.NewGuid():N}.py");
        using Stream source = typeof(KaiwuWorker).Assembly.GetManifestResourceStream("kaiwu_worker.py")!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            await source.CopyToAsync(file).ConfigureAwait(false);
        }

        return path;
    }

    private async Task AwaitReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StartTimeout);
        JsonElement? first;
        try
        {
            first = await ReadAsync(limit.Token).ConfigureAwait(false);
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

        if (Text(line, "type") != "ready")
        {
            (string code, string message) = Error(line);
            throw new CimConfigurationException(code switch
            {
                "PYTHON_VERSION_INCOMPATIBLE" => $"This Python is too old: {message}",
                "NUMPY_NOT_FOUND" => $"'{_options.Python}' has no numpy: {message}",
                "KAIWU_SDK_NOT_FOUND" => $"'{_options.Python}' has no Kaiwu SDK: {message}",
                "KAIWU_IMPORT_ERROR" => $"The Kaiwu SDK cannot be used: {message}",
                "LICENSE_ERROR" => $"The Kaiwu SDK refuses the licence: {message}",
                "CHECKPOINT_ERROR" => $"The SDK's checkpoint folder cannot be used: {message}",
                _ => $"The worker does not start: {message} ({code})",
            });
        }

        (Version, Generation) = (Text(line, "sdk_version") ?? "", Text(line, "generation") ?? "");
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

    // One line as JSON; null at the end of the output.
    private async Task<JsonElement?> ReadAsync(CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        Stream output = _process.StandardOutput.BaseStream;
        while (true)
        {
            Memory<byte> ready = _buffer.AsMemory(_bufferedFrom, _buffered);
            int end = ready.Span.IndexOf((byte)'\n');
            line.Write(ready.Span[..(end < 0 ? ready.Length : end)]);
            if (line.Length > LongestLine)
            {
                throw new CimAnswerException("The worker wrote too long a line.");
            }

            if (end >= 0)
            {
                _bufferedFrom += end + 1;
                _buffered -= end + 1;
                break;
            }

            _bufferedFrom = 0;
            _buffered = await output.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            if (_buffered == 0)
            {
                return null;
            }
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(line.ToArray(), new JsonDocumentOptions { MaxDepth = 16 });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone() : throw new CimAnswerException("The worker wrote no object.");
        }
        catch (JsonException)
        {
            throw new CimAnswerException("The worker wrote a line that is no JSON.");
        }
    }

    private (string Code, string Message) Error(JsonElement line) =>
        line.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object
            ? (_redactor.Redact(Text(error, "code")), _redactor.Redact(Text(error, "message")))
            : ("WORKER_PROTOCOL_ERROR", "The worker's line is neither a result nor an error.");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private string Errors()
    {
        lock (_errors)
        {
            return _errors.Count == 0 ? "" : "It wrote: " + _redactor.Redact(string.Join(" | ", _errors.TakeLast(3)));
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_errors)
            {
                _errors.Enqueue(line.Length > 500 ? line[..500] : line);
                if (_errors.Count > KeptErrorLines)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}
