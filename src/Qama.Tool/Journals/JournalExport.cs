using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Cim.Journal;

namespace Qama.Tool.Journals;

/// <summary>Tasks of a journal as JSON and as a table for other programs.</summary>
internal static class JournalExport
{
    private static readonly string[] _columns =
    [
        "name", "key", "machine", "form", "spins", "state", "task_id", "submissions", "submitted_at", "finished_at",
            "solutions", "best_energy",
        "reason",
    ];

    /// <summary>A task; with its solutions, spins as + and −, where they were read.</summary>
    public static JsonObject Task(JournalEntry entry)
    {
        var task = new JsonObject
        {
            ["name"] = entry.Name, ["key"] = entry.Key, ["machine"] = entry.Machine, ["form"] = $"{entry.Form}",
            ["spins"] = entry.SpinCount, ["state"] = $"{entry.State}", ["taskId"] = entry.TaskId,
            ["submissions"] = entry.Submissions,
            ["submittedAt"] = Time(entry.SubmittedAt), ["finishedAt"] = Time(entry.FinishedAt),
            ["reason"] = entry.Reason,
        };
        if (entry.Rows.Count > 0)
        {
            task["solutions"] = new JsonArray([.. entry.Rows.Select((row, r) => new JsonObject
            {
                ["spins"] = Spins(row), ["energy"] = Energy(entry, r),
            })]);
        }

        return task;
    }

    /// <summary>A line for each task, separated by commas; cells with commas, quotes or line ends are quoted.</summary>
    public static IEnumerable<string> Csv(IEnumerable<JournalEntry> entries) =>
        entries.Select(Line).Prepend(string.Join(',', _columns));

    /// <summary>Spins as signs.</summary>
    public static string Spins(sbyte[] row) => string.Concat(row.Select(s => s > 0 ? '+' : '-'));

    /// <summary>A time of the world's clock.</summary>
    public static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The machine's own energy of a solution; null where it gave none.</summary>
    public static double? Energy(JournalEntry entry, int row) =>
        row < entry.ReportedEnergies.Count && double.IsFinite(entry.ReportedEnergies[row])
            ? entry.ReportedEnergies[row] : null;

    private static string Line(JournalEntry entry)
    {
        double? best = entry.Rows.Select((_, r) => Energy(entry, r)).Min();
        string?[] cells =
        [
            entry.Name, entry.Key, entry.Machine, $"{entry.Form}", Number(entry.SpinCount), $"{entry.State}",
                entry.TaskId,
            Number(entry.Submissions), Time(entry.SubmittedAt), Time(entry.FinishedAt), Number(entry.Rows.Count),
            best?.ToString("R", CultureInfo.InvariantCulture), entry.Reason,
        ];
        return string.Join(',', cells.Select(c => Quoted(c ?? "")));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
