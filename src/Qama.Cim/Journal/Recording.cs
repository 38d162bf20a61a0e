using System.Text.Json;
using Qama.Cim.Packing;

namespace Qama.Cim.Journal;

/// <summary>Results of a journal as a file: a line of JSON per finished task.</summary>
public static class Recording
{
    private const string Format = "qama-cim-recording-1";
    private const int LongestLine = 64 * 1024 * 1024;

    /// <summary>Writes all results of a journal; the file appears when it is complete.</summary>
    /// <returns>The number of tasks.</returns>
    /// <exception cref="CimJournalException">The journal cannot be read, or the file not be written.</exception>
    public static async Task<int> ExportAsync(CimJournal journal, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string unfinished = path + ".part";
        int count = 0;
        try
        {
            var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write);
            await using (stream.ConfigureAwait(false))
            {
                foreach (JournalEntry listed in await journal.ListAsync().ConfigureAwait(false))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (listed.State == JournalState.Done && await journal.FindAsync(listed.Key).ConfigureAwait(false) is { } entry)
                    {
                        await stream.WriteAsync(Line(entry), cancellationToken).ConfigureAwait(false);
                        count++;
                    }
                }
            }

            File.Move(unfinished, path, overwrite: true);
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
            await foreach (string line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
            {
                entries.Add(Parse(line, entries.Count + 1, path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CimJournalException($"The recording {path} cannot be read: {e.Message}", e);
        }

        return entries;
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
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("key", entry.Key);
            json.WriteString("name", entry.Name);
            json.WriteString("machine", entry.Machine);
            json.WriteString("form", entry.Form.ToString());
            json.WriteNumber("spins", entry.SpinCount);
            json.WriteString("task_id", entry.TaskId);
            json.WriteBase64String("rows", SpinBits.Pack(entry.Rows));
            json.WriteStartArray("energies");
            foreach (double energy in entry.ReportedEnergies)
            {
                if (double.IsFinite(energy))
                {
                    json.WriteNumberValue(energy);
                }
                else
                {
                    json.WriteNullValue(); // the machine gave none
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static JournalEntry Parse(string line, int number, string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line.Length <= LongestLine ? line : throw new FormatException("too long"));
            JsonElement root = json.RootElement;
            int spins = root.GetProperty("spins").GetInt32();
            IReadOnlyList<sbyte[]> rows = SpinBits.Unpack(root.GetProperty("rows").GetBytesFromBase64(), spins);
            string key = root.GetProperty("key").GetString()!;
            if (root.GetProperty("format").GetString() != Format || key.Length != 64 || rows.Count == 0)
            {
                throw new FormatException("another format");
            }

            return new JournalEntry
            {
                Key = key,
                Name = root.GetProperty("name").GetString()!,
                Machine = root.GetProperty("machine").GetString()!,
                Form = Enum.Parse<UploadForm>(root.GetProperty("form").GetString()!),
                SpinCount = spins,
                State = JournalState.Done,
                TaskId = root.GetProperty("task_id").GetString(),
                Rows = rows,
                ReportedEnergies =
                [
                    .. root.GetProperty("energies").EnumerateArray()
                        .Select(e => e.ValueKind == JsonValueKind.Null ? double.NaN : e.GetDouble()),
                ],
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentException or NullReferenceException)
        {
            throw new CimJournalException($"Line {number} of the recording {path} is damaged: {e.Message}", e);
        }
    }
}
