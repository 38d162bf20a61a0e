using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Cim.Json;
using Qama.Cim.Packing;
using Qama.Cim.Storage;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>Results of a journal as a file: a line of JSON per finished task.</summary>
public static class Recording
{
    private const string Format = "qama-cim-recording-1";
    private const int LongestLine = 64 * 1024 * 1024;

    /// <summary>Writes all results of a journal; the file appears when it is complete. Lines of the journal that are
    /// damaged
    /// (<see cref="JournalState.Damaged"/>) are left out.</summary>
    /// <returns>The number of tasks.</returns>
    /// <exception cref="CimJournalException">The journal cannot be read, or the file not be written.</exception>
    public static async Task<int> ExportAsync(CimJournal journal, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        int count = 0;
        try
        {
            await WholeFile.WriteAsync(path, async stream =>
            {
                foreach (JournalEntry listed in await journal.ListAsync().ConfigureAwait(false))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (listed.State == JournalState.Done && await journal.FindReadableAsync(listed.Key).ConfigureAwait(false) is { } entry)
                    {
                        await stream.WriteAsync(Line(entry), cancellationToken).ConfigureAwait(false);
                        count++;
                    }
                }
            }).ConfigureAwait(false);
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimJournalException($"The recording {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads a recording.</summary>
    /// <exception cref="CimJournalException">The file cannot be read, or a line is damaged.</exception>
    public static async Task<IReadOnlyList<JournalEntry>> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var entries = new List<JournalEntry>();
        try
        {
            Stream file = WholeFile.Open(path);
            await using (file.ConfigureAwait(false))
            {
                var lines = new BoundedLines(file, LongestLine);
                while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
                {
                    entries.Add(Parse(line));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimJournalException($"The recording {path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw Damaged($"it is no task (at {e.Path ?? "$"})", e);
        }
        catch (FormatException e)
        {
            throw Damaged(e.Message, e);
        }

        return entries;

        CimJournalException Damaged(string why, Exception e) =>
            new($"Line {entries.Count + 1} of the recording {path} is damaged: {why}.", e);
    }

    /// <summary>Puts the results of a recording into a journal; tasks it knows stay as they are.</summary>
    /// <returns>The number of tasks that were new.</returns>
    /// <exception cref="CimJournalException">The file or the journal cannot be used.</exception>
    public static async Task<int> ImportAsync(CimJournal journal, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        IReadOnlyList<JournalEntry> entries = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        bool[] added = await Task.WhenAll(entries.Select(journal.ImportAsync)).ConfigureAwait(false);
        return added.Count(a => a);
    }

    private static byte[] Line(JournalEntry entry)
    {
        var line = new RecordedTask
        {
            Format = Format,
            Key = entry.Key,
            Name = entry.Name,
            Machine = entry.Machine,
            Form = entry.Form.ToString(),
            Spins = entry.SpinCount,
            TaskId = entry.TaskId,
            Rows = SpinBits.Pack(entry.Rows),
            Energies = [.. entry.ReportedEnergies.Select(e => double.IsFinite(e) ? e : (double?)null)],
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(line, RecordingJson.Default.RecordedTask), (byte)'\n'];
    }

    private static JournalEntry Parse(byte[] line)
    {
        RecordedTask task = Read(line);
        if (task.Spins is < 2 or > CimMachine.MostSpins || task.Energies.Any(e => e is double value && !double.IsFinite(value)))
        {
            throw new FormatException("its spins or energies are out of range");
        }

        var entry = new JournalEntry
        {
            Key = task.Key,
            Name = task.Name,
            Machine = task.Machine,
            Form = Form(task.Form),
            SpinCount = task.Spins,
            State = JournalState.Done,
            TaskId = task.TaskId,
            Rows = SpinBits.Unpack(task.Rows, task.Spins),
            ReportedEnergies = [.. task.Energies.Select(e => e ?? double.NaN)],
        };
        return entry.Problem() is { } problem ? throw new FormatException(problem) : entry;
    }

    private static RecordedTask Read(byte[] line)
    {
        RecordedTask? task = JsonSerializer.Deserialize(
            CheckedJson.WithoutMark(line), RecordingJson.Default.RecordedTask);
        return task?.Format == Format ? task : throw new FormatException("another format");
    }

    // By its name: numbers and lists of names are forms to Enum.Parse too.
    private static UploadForm Form(string name) => Array.IndexOf(Enum.GetNames<UploadForm>(), name) is int at and >= 0
        ? Enum.GetValues<UploadForm>()[at] : throw new FormatException("no such form");
}

/// <summary>A finished task as a line of a recording.</summary>
internal sealed record RecordedTask
{
    public required string Format { get; init; }

    public required string Key { get; init; }

    public required string Name { get; init; }

    public required string Machine { get; init; }

    public required string Form { get; init; }

    public required int Spins { get; init; }

    public required string? TaskId { get; init; }

    /// <summary>Spins as bits: see <see cref="SpinBits"/>.</summary>
    public required byte[] Rows { get; init; }

    /// <summary>Null where the machine gave none.</summary>
    public required double?[] Energies { get; init; }
}

/// <summary>Recordings as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, MaxDepth = 16,
    AllowDuplicateProperties = false, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(RecordedTask))]
internal sealed partial class RecordingJson : JsonSerializerContext;
