using Microsoft.Data.Sqlite;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>
/// The record of everything that was sent: an SQLite file with a receipt for each task, committed before the task leaves, and
/// its result. One process at a time uses a journal.
/// </summary>
/// <remarks>Commits of concurrent tasks are grouped; a call completes when its own is on the disk. After disposal
/// every call throws
/// <see cref="ObjectDisposedException"/>.</remarks>
public sealed class CimJournal : IAsyncDisposable
{
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
        (SqliteConnection connection, FileStream? fileLock) = JournalFile.Open(path);
        return new CimJournal(connection, fileLock, time ?? TimeProvider.System);
    }

    /// <summary>Records a task if it is new; returns what is known of it.</summary>
    /// <exception cref="ArgumentException">A name, the key or the number of spins is out of range.</exception>
    /// <exception cref="CimJournalException">It cannot be recorded; or its line is damaged, or that of another task
    /// under its
    /// key.</exception>
    public Task<JournalEntry> PrepareAsync(MachineTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Problem() is { } problem)
        {
            throw new ArgumentException($"It is no task: {problem}.", nameof(task));
        }

        return _writer.RunAsync(() =>
        {
            if (Find(task.Key) is { } known)
            {
                return known.For(task);
            }

            Execute(
                """
                INSERT INTO tasks (key, name, machine, form, spins, state, prepared_at)
                VALUES ($key, $name, $machine, $form, $spins, 0, $now)
                """,
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
        ArgumentNullException.ThrowIfNull(key);
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
                """
                UPDATE tasks SET state = 1, task_id = NULL, reason = '', submitted_at = $now, finished_at = NULL,
                    submissions = submissions + 1
                WHERE key = $key
                """,
                ("$key", key), ("$now", Now));
            Execute("INSERT INTO submissions (key, day) VALUES ($key, $day)", ("$key", key), ("$day", Today));
            return true;
        });
    }

    /// <summary>The task certainly was not accepted: the submission costs nothing, and the task is what it was before. One that is not
    /// leaving stays as it is.</summary>
    /// <param name="key">The task.</param>
    /// <param name="reason">Why it was not accepted.</param>
    /// <param name="before">Its state before it was claimed: prepared, or failed or unknown from an earlier submission.</param>
    /// <exception cref="ArgumentException">Another state than those three.</exception>
    /// <exception cref="CimJournalException">The journal cannot be written.</exception>
    public Task ReleaseAsync(string key, string reason, JournalState before = JournalState.Prepared)
    {
        if (before is not (JournalState.Prepared or JournalState.Failed or JournalState.Unknown))
        {
            throw new ArgumentException($"Expected Prepared, Failed or Unknown, got {before}.", nameof(before));
        }

        return _writer.RunAsync(() => Execute(
            "UPDATE tasks SET state = $before, reason = $reason, submissions = submissions - 1 WHERE key = $key AND state = 1",
            ("$key", key), ("$before", (int)before), ("$reason", reason))
            && Execute("DELETE FROM submissions WHERE id = (SELECT max(id) FROM submissions WHERE key = $key)", ("$key", key)));
    }

    /// <summary>The machine accepted the task under an id.</summary>
    /// <exception cref="CimJournalException">There is no such task, or the journal cannot be written.</exception>
    public Task AcceptAsync(string key, string taskId)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _writer.RunAsync(() =>
            Update("UPDATE tasks SET state = 2, task_id = $id WHERE key = $key", ("$key", key), ("$id", taskId)));
    }

    /// <summary>The task ended with an answer.</summary>
    /// <exception cref="ArgumentException">The answer has no states, states of another length than the task's spins,
    /// or something else than
    /// −1 and 1 in them; nothing changed.</exception>
    /// <exception cref="CimJournalException">There is no such task, or the journal cannot be written.</exception>
    public Task CompleteAsync(string key, MachineAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(answer);
        return _writer.RunAsync(() =>
        {
            JournalEntry entry = Find(key) ?? throw new CimJournalException($"The journal has no such task {key}.");
            return answer.Problem(entry.SpinCount) is { } problem
                ? throw new ArgumentException($"It is no answer of {entry.Name}: {problem}.", nameof(answer))
                : Update(
                    "UPDATE tasks SET state = 3, reason = '', rows = $rows, energies = $energies, finished_at = $now WHERE key = $key",
                    ("$key", key), ("$rows", SpinBits.Pack(answer.Rows)), ("$energies", SpinBits.Pack(answer.ReportedEnergies)),
                    ("$now", Now));
        });
    }

    /// <summary>The task was refused or ended without an answer; or whether it was accepted is unknown.</summary>
    /// <exception cref="ArgumentException">Another state than those two.</exception>
    /// <exception cref="CimJournalException">There is no such task without a result, or the journal cannot be written.</exception>
    public Task EndAsync(string key, JournalState state, string reason)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(reason);
        if (state is not (JournalState.Failed or JournalState.Unknown))
        {
            throw new ArgumentException($"Expected Failed or Unknown, got {state}.", nameof(state));
        }

        return _writer.RunAsync(() => Update(
            "UPDATE tasks SET state = $state, reason = $reason, finished_at = $now WHERE key = $key AND state <> 3",
            ("$key", key), ("$state", (int)state), ("$reason", reason), ("$now", Now)));
    }

    /// <summary>What is known of a task, or null.</summary>
    /// <exception cref="CimJournalException">Its line is damaged, or the journal cannot be read.</exception>
    public Task<JournalEntry?> FindAsync(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _writer.RunAsync(() => Find(key));
    }

    /// <summary>All tasks in the order in which they were recorded; without their rows. Lines that cannot be read are
    /// <see cref="JournalState.Damaged"/>.</summary>
    /// <exception cref="CimJournalException">The journal cannot be read.</exception>
    public Task<IReadOnlyList<JournalEntry>> ListAsync() => _writer.RunAsync<IReadOnlyList<JournalEntry>>(
        () => Read(JournalRow.Select(withResult: false) + " FROM tasks ORDER BY rowid", JournalRow.Listed));

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

    internal Task<JournalEntry?> KnownAsync(MachineTask task) => _writer.RunAsync(() => Find(task.Key)?.For(task));

    /// <summary>A task whose line is whole, result included; null for others.</summary>
    internal Task<JournalEntry?> FindReadableAsync(string key) => _writer.RunAsync(
        () => Find(key, JournalRow.Listed) is { State: not JournalState.Damaged } entry ? entry : null);

    internal Task<bool> ImportAsync(JournalEntry entry) => _writer.RunAsync(() =>
        Find(entry.Key) is null && Execute(
            """
            INSERT INTO tasks (key, name, machine, form, spins, state, task_id, rows, energies, prepared_at, finished_at)
            VALUES ($key, $name, $machine, $form, $spins, 3, $id, $rows, $energies, $now, $now)
            """,
            ("$key", entry.Key), ("$name", entry.Name), ("$machine", entry.Machine), ("$form", (int)entry.Form),
            ("$spins", entry.SpinCount), ("$id", (object?)entry.TaskId ?? DBNull.Value), ("$rows", SpinBits.Pack(entry.Rows)),
            ("$energies", SpinBits.Pack(entry.ReportedEnergies)), ("$now", Now)));

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Today => Now / (24L * 3600 * 1000);

    // The key comes first.
    private bool Update(string sql, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        Execute(sql, parameters) ? true : throw new CimJournalException($"The journal has no such task {parameters[0].Value}.");

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

    private JournalEntry? Find(string key) => Find(key, JournalRow.Entry);

    private JournalEntry? Find(string key, Func<SqliteDataReader, JournalEntry> parse)
    {
        List<JournalEntry> found = Read(JournalRow.Select(withResult: true) + " FROM tasks WHERE key = $key", parse, key);
        return found.Count == 0 ? null : found[0];
    }

    private List<JournalEntry> Read(string sql, Func<SqliteDataReader, JournalEntry> parse, string? key = null)
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
            entries.Add(parse(reader));
        }

        return entries;
    }
}
