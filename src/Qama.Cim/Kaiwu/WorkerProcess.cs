using System.Diagnostics;
using System.Text;
using Qama.Cim.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Kaiwu;

/// <summary>A process that reads and writes lines of JSON; what else it has to say, it says on its error output.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;
    private const int KeptErrorLines = 3;
    private const int LongestErrorLine = 500;
    private readonly Process _process;
    private readonly TimeSpan _stopGrace;
    private readonly Queue<string> _errors = new();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly Task _errorReader;
    private int _bufferedFrom;
    private int _buffered;

    /// <summary>Starts it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides those of this process; null removes one of them.</param>
    /// <param name="stopGrace">Time that it is given to end by itself.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public WorkerProcess(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment, TimeSpan stopGrace)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string? value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        _stopGrace = stopGrace;
        _process = Process.Start(start)!;
        _errorReader = ReadErrorsAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of its error output, as one; empty where there are none.</summary>
    public string LastErrors
    {
        get
        {
            lock (_errors)
            {
                return string.Join(" | ", _errors);
            }
        }
    }

    /// <summary>Sends a line.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        Stream input = _process.StandardInput.BaseStream;
        await input.WriteAsync(line, cancellationToken).ConfigureAwait(false);
        await input.FlushAsync(CancellationToken.None).ConfigureAwait(false); // all of it is written: cancelled would mean it is not
    }

    /// <summary>Reads a line; null at the end of the output.</summary>
    /// <exception cref="CimAnswerException">The line is no JSON object, or too long.</exception>
    public async Task<CheckedJson?> ReadAsync(CancellationToken cancellationToken)
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
                CheckedJson json = CheckedJson.Parse(line.ToArray(), "The worker's line");
                return json.IsObject ? json : throw new CimAnswerException("The worker wrote no object.");
            }

            _bufferedFrom = 0;
            _buffered = await output.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            if (_buffered == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Ends it by force.</summary>
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

    /// <summary>Ends it: first by closing its input, then by force.</summary>
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

        using (var grace = new CancellationTokenSource(_stopGrace))
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
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_errors)
            {
                _errors.Enqueue(line.Length > LongestErrorLine ? line[..LongestErrorLine] : line);
                if (_errors.Count > KeptErrorLines)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}
