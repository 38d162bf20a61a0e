using System.Globalization;
using Microsoft.Data.Sqlite;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>
/// The record of everything that was sent: an SQLite file with a receipt for each task, committed before the task leaves, and
/// its result. One process at a time uses a journal.
/// </summary>
/// <remarks>Commits of concurrent tasks are grouped; a call completes when its own is on the disk.</remarks>
public sealed class CimJournal : IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private const int ApplicationId = 0x51434A31; // "QCJ1": another program's database is not taken for a journal
    private readonly SqliteConnection _connection;
    private readonly FileStream? _lock;
    private readonly JournalWriter _writer;
    private readonly TimeProvider _time;

    private CimJournal(SqliteConnection connection, FileStream? fileLock, TimeProvider time)
    {
        (_connection, _lock, _time) = (connection, fileLock, time);
        _writer = new JournalWriter(connection);
    }

    /// <summary>Opens a journal, creating it if it does not exist. Tasks that were leaving when the last program ended become
    /// <see cref="JournalState.Unknown"/>.</summary>
    /// <param name="path">The file; ":memory:" for one that is not kept.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <exception cref="CimJournalException">The file is damaged, of another version, in use, or cannot be written.</exception>
    public static CimJournal Open(string path, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FileStream? fileLock = null;
        SqliteConnection? connection = null;
        try
        {
            if (path != ":memory:")
            {
                path = Path.GetFullPath(path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                fileLock = Lock(path);
            }

            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            Prepare(connection);
            return new CimJournal(connection, fileLock, time ?? TimeProvider.System);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw Error(e, path);
            }

            throw;
        }
    }

    /// <summary>Records a task if it is new; returns what is known of it.</summary>
    /// <exception cref="CimJournalException">It cannot be recorded.</exception>
    public Task<JournalEntry> PrepareAsync(MachineTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _writer.RunAsync(() =>
        {
            if (Find(task.Key) is { } known)
            {
                return known;
            }

            Execute(
                "INSERT INTO tasks (key, name, machine, form, spins, state, prepared_at) VALUES ($key, $name, $machine, $form, $spins, 0, $now)",
                ("$key", task.Key), ("$name", task.Name), ("$machine", task.Machine), ("$form", (int)task.Form),
                ("$spins", task.SpinCount), ("$now", Now));
            return Find(task.Key)!;
        });
    }

    /// <summary>Commits the receipt of a task that is about to leave.</summary>
    /// <param name="key">The task.</param>
    /// <param name="again">States, besides prepared, from which it may leave.</param>
    /// <param name="perDay">Most submissions of a day (UTC), or null.</param>
    /// <returns>False if it may not leave in its present state.</returns>
    /// <exception cref="CimBudgetException">The day's limit is reached; nothing changed.</exception>
    /// <exception cref="CimJournalException">The receipt cannot be written: the task must not leave.</exception>
    public Task<bool> ClaimAsync(string key, IReadOnlyCollection<JournalState> again, int? perDay)
    {
        ArgumentNullException.ThrowIfNull(again);
        return _writer.RunAsync(() =>
        {
            JournalEntry entry = Find(key) ?? throw new CimJournalException($"The journal has no task {key}.");
            if (entry.State != JournalState.Prepared && !again.Contains(entry.State))
            {
                return false;
            }

            if (perDay is int most && SubmittedOnOrAfter(Today) >= most)
            {
                throw new CimBudgetException($"The limit of {most} tasks a day is reached. Nothing was submitted.");
            }

            Execute(
                "UPDATE tasks SET state = 1, task_id = NULL, reason = '', submitted_at = $now, finished_at = NULL, submissions = submissions + 1 WHERE key = $key",
                ("$key", key), ("$now", Now));
            Execute("INSERT INTO submissions (key, day) VALUES ($key, $day)", ("$key", key), ("$day", Today));
            return true;
        });
    }

    /// <summary>The task certainly was not accepted: it is prepared again and costs nothing.</summary>
    public Task ReleaseAsync(string key, string reason) => _writer.RunAsync(() =>
    {
        Execute(
            "UPDATE tasks SET state = 0, reason = $reason, submissions = submissions - 1 WHERE key = $key AND state = 1",
            ("$key", key), ("$reason", reason));
        Execute(
            "DELETE FROM submissions WHERE id = (SELECT max(id) FROM submissions WHERE key = $key)", ("$key", key));
        return true;
    });

    /// <summary>The machine accepted the task under an id.</summary>
    public Task AcceptAsync(string key, string taskId) => _writer.RunAsync(() =>
        Execute("UPDATE tasks SET state = 2, task_id = $id WHERE key = $key", ("$key", key), ("$id", taskId)));

    /// <summary>The task ended with an answer.</summary>
    public Task CompleteAsync(string key, MachineAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return _writer.RunAsync(() => Execute(
            "UPDATE tasks SET state = 3, reason = '', rows = $rows, energies = $energies, finished_at = $now WHERE key = $key",
            ("$key", key), ("$rows", SpinBits.Pack(answer.Rows)), ("$energies", SpinBits.Pack(answer.ReportedEnergies)),
            ("$now", Now)));
    }

    /// <summary>The task was refused or ended without an answer; or whether it was accepted is unknown.</summary>
    public Task EndAsync(string key, JournalState state, string reason)
    {
        if (state is not (JournalState.Failed or JournalState.Unknown))
        {
            throw new ArgumentException($"Expected Failed or Unknown, got {state}.", nameof(state));
        }

        return _writer.RunAsync(() => Execute(
            "UPDATE tasks SET state = $state, reason = $reason, finished_at = $now WHERE key = $key",
            ("$key", key), ("$state", (int)state), ("$reason", reason), ("$now", Now)));
    }

    /// <summary>What is known of a task, or null.</summary>
    public Task<JournalEntry?> FindAsync(string key) => _writer.RunAsync(() => Find(key));

    /// <summary>All tasks in the order in which they were recorded; without their rows.</summary>
    public Task<IReadOnlyList<JournalEntry>> ListAsync() => _writer.RunAsync<IReadOnlyList<JournalEntry>>(() => Read(Columns(rows: false) + " FROM tasks ORDER BY rowid"));

    /// <summary>Submissions of today (UTC) and, should the clock have been set back, of later days.</summary>
    public Task<int> SubmittedTodayAsync() => _writer.RunAsync(() => SubmittedOnOrAfter(Today));

    /// <summary>Closes the file when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        if (_lock is not null)
        {
            await _lock.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>For tests: what a full disk is like.</summary>
    internal Task RefuseFurtherPagesAsync() => _writer.RunAsync(() => Execute("PRAGMA max_page_count = 1"));

    internal Task<bool> ImportAsync(JournalEntry entry) => _writer.RunAsync(() =>
        Find(entry.Key) is null && Execute(
            "INSERT INTO tasks (key, name, machine, form, spins, state, task_id, rows, energies, prepared_at, finished_at) VALUES ($key, $name, $machine, $form, $spins, 3, $id, $rows, $energies, $now, $now)",
            ("$key", entry.Key), ("$name", entry.Name), ("$machine", entry.Machine), ("$form", (int)entry.Form),
            ("$spins", entry.SpinCount), ("$id", (object?)entry.TaskId ?? DBNull.Value), ("$rows", SpinBits.Pack(entry.Rows)),
            ("$energies", SpinBits.Pack(entry.ReportedEnergies)), ("$now", Now)));

    internal static CimJournalException Error(Exception e, string path)
    {
        string what = e is SqliteException s ? s.SqliteErrorCode switch
        {
            11 or 26 => "is damaged or not a journal",
            8 or 14 => "cannot be written",
            10 => "cannot be written (input/output error)",
            13 => "cannot be written: the disk is full",
            _ => "cannot be used",
        }
        : "cannot be used";
        return new CimJournalException(
            $"The journal {path} {what} ({e.Message.TrimEnd('.')}). Nothing is submitted without a receipt.", e);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Today => Now / (24L * 3600 * 1000);

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path + ".lock") && e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new CimJournalException($"The journal {path} is in use by another program ({e.Message}).", e);
        }
    }

    private static void Prepare(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        long version = (long)command.ExecuteScalar()!;
        command.CommandText = "PRAGMA application_id";
        long application = (long)command.ExecuteScalar()!;
        command.CommandText = "SELECT count(*) FROM sqlite_master";
        bool isEmpty = (long)command.ExecuteScalar()! == 0;
        if (!isEmpty && application != ApplicationId)
        {
            throw new CimJournalException("The file is a database, but not a journal.");
        }

        if (!isEmpty && version != SchemaVersion)
        {
            throw new CimJournalException($"Expected a journal of version {SchemaVersion}, got version {version}.");
        }

        command.CommandText = $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            BEGIN IMMEDIATE;
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {SchemaVersion};
            CREATE TABLE IF NOT EXISTS tasks (
                key TEXT PRIMARY KEY, name TEXT NOT NULL, machine TEXT NOT NULL, form INTEGER NOT NULL, spins INTEGER NOT NULL,
                state INTEGER NOT NULL, task_id TEXT, reason TEXT NOT NULL DEFAULT '', rows BLOB, energies BLOB,
                prepared_at INTEGER NOT NULL, submitted_at INTEGER, finished_at INTEGER, submissions INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE IF NOT EXISTS submissions (id INTEGER PRIMARY KEY, key TEXT NOT NULL, day INTEGER NOT NULL);
            CREATE INDEX IF NOT EXISTS submissions_of_day ON submissions (day);
            CREATE INDEX IF NOT EXISTS submissions_of_task ON submissions (key);
            UPDATE tasks SET state = 5, reason = 'the program ended while the task was being submitted' WHERE state = 1;
            COMMIT;
            """;
        command.ExecuteNonQuery();
        command.CommandText = "PRAGMA quick_check(1)";
        if ((string?)command.ExecuteScalar() is not "ok")
        {
            throw new SqliteException("database disk image is malformed", 11);
        }
    }

    private bool Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = _writer.Command(sql);
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery() > 0;
    }

    private int SubmittedOnOrAfter(long day)
    {
        using SqliteCommand command = _writer.Command("SELECT count(*) FROM submissions WHERE day >= $day");
        command.Parameters.AddWithValue("$day", day);
        return (int)(long)command.ExecuteScalar()!;
    }

    private JournalEntry? Find(string key)
    {
        List<JournalEntry> found = Read(Columns(rows: true) + " FROM tasks WHERE key = $key", key);
        return found.Count == 0 ? null : found[0];
    }

    private static string Columns(bool rows) =>
        "SELECT key, name, machine, form, spins, state, task_id, reason, submitted_at, finished_at, submissions"
        + (rows ? ", rows, energies" : "");

    private List<JournalEntry> Read(string sql, string? key = null)
    {
        using SqliteCommand command = _writer.Command(sql);
        if (key is not null)
        {
            command.Parameters.AddWithValue("$key", key);
        }

        using SqliteDataReader reader = command.ExecuteReader();
        var entries = new List<JournalEntry>();
        while (reader.Read())
        {
            entries.Add(Entry(reader));
        }

        return entries;
    }

    private static JournalEntry Entry(SqliteDataReader reader)
    {
        int spins = reader.GetInt32(4);
        bool hasRows = reader.FieldCount > 11 && !reader.IsDBNull(11);
        try
        {
            return new JournalEntry
            {
                Key = reader.GetString(0),
                Name = reader.GetString(1),
                Machine = reader.GetString(2),
                Form = (UploadForm)reader.GetInt32(3),
                SpinCount = spins,
                State = (JournalState)reader.GetInt32(5),
                TaskId = reader.IsDBNull(6) ? null : reader.GetString(6),
                Reason = reader.GetString(7),
                SubmittedAt = Time(reader, 8),
                FinishedAt = Time(reader, 9),
                Submissions = reader.GetInt32(10),
                Rows = hasRows ? SpinBits.Unpack((byte[])reader[11], spins) : [],
                ReportedEnergies = hasRows ? SpinBits.UnpackDoubles((byte[])reader[12]) : [],
            };
        }
        catch (Exception e) when (e is FormatException or InvalidCastException)
        {
            throw new CimJournalException(
                string.Create(CultureInfo.InvariantCulture, $"The journal's line of task {reader[0]} is damaged: {e.Message}"), e);
        }
    }

    private static DateTimeOffset? Time(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
