using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Qama.Cim.Json;
using Qama.Cim.Packing;
using Qama.Cim.Storage;
using Qama.Cim.Transport;

namespace Qama.Cim.Files;

/// <summary>
/// The machine by hand: writes matrices to be uploaded on the vendor's page, and waits for the result files downloaded from it.
/// </summary>
/// <remarks>
/// In the folder: "batch-001", "batch-002", … with at most 20 matrices each (what the page takes at once) and a manifest.json that
/// tells what they are; and "results", where downloads belong. A result file is a JSON list of {quboValue, solutionVector}, its name
/// starts with the task's name. Links are followed to files that are read, and never written through. Use
/// <see cref="UploadForm.Ising"/> ("quota mode, Ising matrix" on the page), and as many tasks at a time as
/// are to be uploaded together (<see cref="CimSamplerOptions.MaxConcurrentTasks"/>).
/// </remarks>
public sealed class FileExchangeTransport : ICimTransport
{
    /// <summary>Files that the page takes at once.</summary>
    public const int LargestBatch = 20;

    private const int LargestResult = 64 * 1024 * 1024;
    private const int LargestManifest = 1024 * 1024;
    private const int MostRows = 100_000;
    private static readonly string[] _resultPatterns = [".log", ".json"];
    private readonly string _folder;
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Creates it.</summary>
    /// <param name="folder">The folder; created if missing.</param>
    /// <exception cref="CimConfigurationException">The folder cannot be created.</exception>
    public FileExchangeTransport(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        try
        {
            _folder = Path.GetFullPath(folder);
            Directory.CreateDirectory(Path.Combine(_folder, "results"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimConfigurationException($"The folder {folder} cannot be created: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public string Name => "file exchange";

    /// <inheritdoc/>
    public bool SubmissionIsRepeatable => true;

    /// <inheritdoc/>
    public async ValueTask<string> SubmitAsync(
        MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        CheckName(task);
        string file = task.Name + ".csv";
        byte[] csv = ArrayPool<byte>.Shared.Rent(MatrixCsv.MaxLength(task.MatrixSize));
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (int Number, string Path)[] batches = Batches();
            if (batches.FirstOrDefault(b => new FileInfo(Path.Combine(b.Path, file)) is { Exists: true, LinkTarget: null }).Path is { } known)
            {
                return Id(known, file);
            }

            string batch = batches.LastOrDefault() is { Path: { } last } && Directory.GetFiles(last, "*.csv").Length < LargestBatch
                ? last
                : Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"batch-{batches.LastOrDefault().Number + 1:000}"));
            if (Directory.CreateDirectory(batch).LinkTarget is not null)
            {
                throw new IOException($"{batch} is a link.");
            }

            // The manifest first: a matrix that is there is in it. It is the matrix that says that the task was
            // submitted.
            int length = MatrixCsv.Write(matrix.Span, task.MatrixSize, csv);
            await WriteManifestAsync(batch, task, file).ConfigureAwait(false);
            await WholeFile.WriteAsync(
                Path.Combine(batch, file), s => s.WriteAsync(csv, 0, length, CancellationToken.None)).ConfigureAwait(false);
            return Id(batch, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CimAnswerException)
        {
            throw new CimConfigurationException($"The matrix of {task.Name} cannot be written: {e.Message}", e);
        }
        finally
        {
            _writing.Release();
            ArrayPool<byte>.Shared.Return(csv);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        CheckName(task);
        try
        {
            string? file = Directory.EnumerateFiles(Path.Combine(_folder, "results"), task.Name + "*")
                .Where(f => _resultPatterns.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal).FirstOrDefault();
            return ValueTask.FromResult(file is null
                ? new MachineAnswer { State = MachineState.Queued } : Parse(WholeFile.Read(file, LargestResult), task, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimNotFinishedException($"The result of {task.Name} cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _writing.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Id(string batch, string file) => $"{Path.GetFileName(batch)}/{file}";

    private static void CheckName(MachineTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Name.Length is 0 or > 100 || !task.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException("Expected a task name of 1 to 100 letters, digits, '-' or '_': files are named after it.", nameof(task));
        }
    }

    private (int Number, string Path)[] Batches() =>
    [
        .. Directory.GetDirectories(_folder, "batch-*")
            .Select(path => (
                Number: int.TryParse(
                    Path.GetFileName(path)["batch-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0, path))
            .Where(b => b.Number > 0).OrderBy(b => b.Number),
    ];

    private static async Task WriteManifestAsync(string batch, MachineTask task, string file)
    {
        string path = Path.Combine(batch, "manifest.json");
        List<ManifestEntry> entries = File.Exists(path)
            ? [.. CheckedJson.Parse(WholeFile.Read(path, LargestManifest), path).Items().Select(ManifestEntry.Parse)] : [];
        entries.RemoveAll(e => e.Name == task.Name);
        entries.Add(new ManifestEntry(
            task.Name, file, task.Key, task.Machine, task.Form.ToString(), task.MatrixSize, task.SpinCount));
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(entries, ManifestJson.Default.ListManifestEntry);
        await WholeFile.WriteAsync(path, s => s.WriteAsync(json, 0, json.Length)).ConfigureAwait(false);
    }

    private static MachineAnswer Parse(byte[] content, MachineTask task, string file)
    {
        try
        {
            CheckedJson solutions = CheckedJson.Parse(content, "It");
            int count = solutions.Count();
            if (count is 0 or > MostRows)
            {
                throw new CimAnswerException($"It holds {count} solutions; expected 1 to {MostRows}.");
            }

            var values = new double[task.SpinCount];
            return new MachineAnswer
            {
                State = MachineState.Done,
                Rows = [.. solutions.Items().Select(s => SolutionRow.Normalize(s["solutionVector"].Numbers(values), task))],
                ReportedEnergies = [.. solutions.Items().Select(s => s["quboValue"].Number())],
            };
        }
        catch (CimAnswerException e)
        {
            throw new CimAnswerException($"{file} is no result of {task.Name}: {e.Message}", e);
        }
    }
}
