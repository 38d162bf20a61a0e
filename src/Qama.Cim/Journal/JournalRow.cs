using System.Data.Common;
using System.Globalization;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>A line of the table of tasks.</summary>
internal static class JournalRow
{
    /// <summary>The columns in the order that <see cref="Entry"/> reads.</summary>
    public static string Select(bool withResult) =>
        "SELECT key, name, machine, form, spins, state, task_id, reason, submitted_at, finished_at, submissions"
        + (withResult ? ", rows, energies" : "");

    /// <exception cref="CimJournalException">The line is damaged.</exception>
    public static JournalEntry Entry(DbDataReader reader)
    {
        bool hasRows = reader.FieldCount > 11 && !reader.IsDBNull(11);
        try
        {
            int spins = Integer(reader, 4);
            JournalState state = Defined((JournalState)Integer(reader, 5), JournalState.Damaged);
            var entry = new JournalEntry
            {
                Key = Text(reader, 0),
                Name = Text(reader, 1),
                Machine = Text(reader, 2),
                Form = Defined((UploadForm)Integer(reader, 3)),
                SpinCount = spins is >= 1 and <= CimMachine.MostSpins ? spins : throw new FormatException($"{spins} is no number of spins"),
                State = state,
                TaskId = reader.IsDBNull(6) ? null : Text(reader, 6),
                Reason = Text(reader, 7),
                SubmittedAt = Time(reader, 8),
                FinishedAt = Time(reader, 9),
                Submissions = Integer(reader, 10),
                Rows = hasRows ? SpinBits.Unpack((byte[])reader[11], spins) : [],
                ReportedEnergies = hasRows ? SpinBits.UnpackDoubles((byte[])reader[12]) : [],
            };
            bool isWhole = state == JournalState.Done && reader.FieldCount > 11;
            return isWhole && entry.Problem() is { } problem ? throw new FormatException(problem) : entry;
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException or ArgumentException)
        {
            throw new CimJournalException(
                string.Create(CultureInfo.InvariantCulture, $"The journal's line of task {reader[0]} is damaged: {e.Message}"), e);
        }
    }

    /// <summary>The line, or what of it says that it is damaged.</summary>
    public static JournalEntry Listed(DbDataReader reader)
    {
        try
        {
            return Entry(reader);
        }
        catch (CimJournalException e)
        {
            return new JournalEntry
            {
                Key = reader[0] as string ?? "", Name = reader[1] as string ?? "", Machine = reader[2] as string ?? "",
                Form = default, SpinCount = 0, State = JournalState.Damaged, TaskId = reader[6] as string, Reason = e.Message,
            };
        }
    }

    // The database would make 0 of what is no number: a task that has not left.
    private static int Integer(DbDataReader reader, int column) =>
        reader[column] is long value ? checked((int)value) : throw new FormatException($"{reader.GetName(column)} is no integer");

    private static string Text(DbDataReader reader, int column) =>
        reader[column] as string ?? throw new FormatException($"{reader.GetName(column)} is no text");

    private static T Defined<T>(T value, T? never = null)
        where T : struct, Enum => Enum.IsDefined(value) && !value.Equals(never) ? value : throw new FormatException($"{value} is no {typeof(T).Name}");

    private static DateTimeOffset? Time(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)reader[column]);
}
