using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Files;

/// <summary>
/// The machine by hand: writes matrices to be uploaded on the vendor's page, and waits for the result files downloaded from it.
/// </summary>
/// <remarks>
/// In the folder: "batch-001", "batch-002", … with at most 20 matrices each (what the page takes at once) and a manifest.json that
/// tells what they are; and "results", where downloads belong. A result file is a JSON list of {quboValue, solutionVector}, its name
/// starts with the task's name. Use <see cref="UploadForm.Ising"/> ("quota mode, Ising matrix" on the page), and as many tasks at a time as
/// are to be uploaded together (<see cref="CimSamplerOptions.MaxConcurrentTasks"/>).
/// </remarks>
public sealed class FileExchangeTransport : ICimTransport
{
    /// <summary>Files that the page takes at once.</summary>
    public const int LargestBatch = 20;

    private const long LargestResult = 64 * 1024 * 1024;
    private static readonly string[] ResultPatterns = [".log", ".json"];
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
        ArgumentNullException.ThrowIfNull(task);
        string file = task.Name + ".csv";
        byte[] csv = ArrayPool<byte>.Shared.Rent(MatrixCsv.MaxLength(task.MatrixSize));
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string[] batches = Batches();
            if (batches.FirstOrDefault(b => File.Exists(Path.Combine(b, file))) is { } known)
            {
                return Id(known, file);
            }

            string batch = batches.LastOrDefault() is { } last && Directory.GetFiles(last, "*.csv").Length < LargestBatch
                ? last
                : Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"batch-{batches.Length + 1:000}"));
            Directory.CreateDirectory(batch);
            int length = MatrixCsv.Write(matrix.Span, task.MatrixSize, csv);
            await WriteWholeAsync(Path.Combine(batch, file), csv.AsMemory(0, length)).ConfigureAwait(false);
            await WriteManifestAsync(batch, task, file).ConfigureAwait(false);
            return Id(batch, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
    public async ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            string? file = Directory.EnumerateFiles(Path.Combine(_folder, "results"), task.Name + "*")
                .Where(f => ResultPatterns.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal).FirstOrDefault();
            if (file is null)
            {
                return new MachineAnswer { State = MachineState.Queued };
            }

            return new FileInfo(file).Length <= LargestResult
                ? Parse(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false), task, file)
                : throw new CimAnswerException($"{file} is too long for a result.");
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

    private string[] Batches()
    {
        string[] batches = Directory.GetDirectories(_folder, "batch-*");
        Array.Sort(batches, StringComparer.Ordinal);
        return batches;
    }

    private static async Task WriteManifestAsync(string batch, MachineTask task, string file)
    {
        string path = Path.Combine(batch, "manifest.json");
        List<ManifestEntry> entries = File.Exists(path)
            ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path).ConfigureAwait(false), ManifestJson.Default.ListManifestEntry) ?? []
            : [];
        entries.RemoveAll(e => e.Name == task.Name);
        entries.Add(new ManifestEntry(
            task.Name, file, task.Key, task.Machine, task.Form.ToString(), task.MatrixSize, task.SpinCount));
        await WriteWholeAsync(path, JsonSerializer.SerializeToUtf8Bytes(entries, ManifestJson.Default.ListManifestEntry)).ConfigureAwait(false);
    }

    // A file is there whole or not at all.
    private static async Task WriteWholeAsync(string path, ReadOnlyMemory<byte> content)
    {
        await File.WriteAllBytesAsync(path + ".part", content).ConfigureAwait(false);
        File.Move(path + ".part", path, overwrite: true);
    }

    private static MachineAnswer Parse(byte[] content, MachineTask task, string file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 16 });
            var values = new double[task.SpinCount];
            var rows = new List<sbyte[]>();
            var energies = new List<double>();
            foreach (JsonElement solution in json.RootElement.EnumerateArray())
            {
                rows.Add(SolutionRow.Normalize(SolutionJson.Numbers(solution.GetProperty("solutionVector"), values), task));
                energies.Add(SolutionJson.Number(solution.GetProperty("quboValue")));
            }

            return rows.Count > 0
                ? new MachineAnswer { State = MachineState.Done, Rows = rows, ReportedEnergies = energies }
                : throw new CimAnswerException("It holds no solution.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or CimAnswerException)
        {
            throw new CimAnswerException($"{file} is no result of {task.Name}: {e.Message}", e);
        }
    }
}
