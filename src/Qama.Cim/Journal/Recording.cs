using System.Text.Json;
using Qama.Cim.Files;
using Qama.Cim.Json;
using Qama.Cim.Packing;
using Qama.Numerics.Vectors;

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
        catch (Exception e) when (e is CimAnswerException or FormatException)
        {
            throw new CimJournalException($"Line {entries.Count + 1} of the recording {path} is damaged: {e.Message}", e);
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

    private static JournalEntry Parse(byte[] line)
    {
        CheckedJson json = CheckedJson.Parse(line, "It");
        if (json["format"].Text() != Format)
        {
            throw new FormatException("another format");
        }

        int spins = json["spins"].Integer(2, CimMachine.MostSpins);
        var entry = new JournalEntry
        {
            Key = json["key"].Text(),
            Name = json["name"].Text(),
            Machine = json["machine"].Text(),
            Form = Form(json["form"].Text()),
            SpinCount = spins,
            State = JournalState.Done,
            TaskId = json["task_id"] is { IsNull: false } id ? id.Text() : null,
            Rows = SpinBits.Unpack(json["rows"].Base64(), spins),
            ReportedEnergies = [.. json["energies"].Items().Select(e => e.IsNull ? double.NaN : e.Number())],
        };
        return entry.Problem() is { } problem ? throw new FormatException(problem) : entry;
    }

    // By its name: numbers and lists of names are forms to Enum.Parse too.
    private static UploadForm Form(string name) => Array.IndexOf(Enum.GetNames<UploadForm>(), name) is int at and >= 0
        ? Enum.GetValues<UploadForm>()[at] : throw new FormatException("no such form");
}
