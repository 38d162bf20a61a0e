using System.Globalization;
using Microsoft.Data.Sqlite;
using Qama.Cim.Packing;

namespace Qama.Cim.Journal;

/// <summary>A line of the table of tasks.</summary>
internal static class JournalRow
{
    /// <summary>The columns in the order that <see cref="Entry"/> reads.</summary>
    public static string Select(bool withResult) =>
        "SELECT key, name, machine, form, spins, state, task_id, reason, submitted_at, finished_at, submissions"
        + (withResult ? ", rows, energies" : "");

    /// <exception cref="CimJournalException">The line is damaged.</exception>
    public static JournalEntry Entry(SqliteDataReader reader)
    {
        bool hasRows = reader.FieldCount > 11 && !reader.IsDBNull(11);
        try
        {
            int spins = reader.GetInt32(4);
            return new JournalEntry
            {
                Key = reader.GetString(0),
                Name = reader.GetString(1),
                Machine = reader.GetString(2),
                Form = Defined((UploadForm)reader.GetInt32(3)),
                SpinCount = spins,
                State = Defined((JournalState)reader.GetInt32(5)),
                TaskId = reader.IsDBNull(6) ? null : reader.GetString(6),
                Reason = reader.GetString(7),
                SubmittedAt = Time(reader, 8),
                FinishedAt = Time(reader, 9),
                Submissions = reader.GetInt32(10),
                Rows = hasRows ? SpinBits.Unpack((byte[])reader[11], spins) : [],
                ReportedEnergies = hasRows ? SpinBits.UnpackDoubles((byte[])reader[12]) : [],
            };
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new CimJournalException(
                string.Create(CultureInfo.InvariantCulture, $"The journal's line of task {reader[0]} is damaged: {e.Message}"), e);
        }
    }

    private static T Defined<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new FormatException($"{value} is no {typeof(T).Name}");

    private static DateTimeOffset? Time(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
