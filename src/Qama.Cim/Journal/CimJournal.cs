using System.Collections.Concurrent;
using System.Data.Common;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>
/// The record of everything that was sent, with a receipt for each task, committed before the task leaves, and its result: an SQLite
/// file, which one process at a time uses, or a database of which one owner at a time claims tasks.
/// </summary>
/// <remarks>Commits of concurrent tasks are grouped; a call completes when its own is on the disk. After disposal
/// every call throws
/// <see cref="ObjectDisposedException"/>.</remarks>
public sealed class CimJournal : IAsyncDisposable
{
    private readonly IJournalStore _store;
    private readonly JournalWriter _writer;
    private readonly TimeProvider _time;

    // Claims of this journal whose outcome is not recorded: the number of the submission. Another owner may have claimed since.
    private readonly ConcurrentDictionary<string, long> _claims = new(StringComparer.Ordinal);

    internal CimJournal(IJournalStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _writer = new JournalWriter(store);
    }

    /// <summary>Opens a journal, creating it if it does not exist. Tasks that were leaving when the last program ended become
    /// <see cref="JournalState.Unknown"/>.</summary>
    /// <param name="path">The file; ":memory:" for one that is not kept.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <exception cref="CimJournalException">The file is damaged, of another version, in use, or cannot be written.</exception>
    public static CimJournal Open(string path, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new CimJournal(new SqliteStore(path), time ?? TimeProvider.System);
    }

    /// <summary>A copy of a journal as it is now, to be read: also while another program uses it, which is not kept
    /// waiting. The file stays
    /// as it is, and what would write into the copy is an error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <remarks>Not of a journal that this program itself has open: on Unix it would lose its lock on the
    /// file.</remarks>
    /// <exception cref="CimJournalException">There is no such file, or it is damaged, of another version or no
    /// journal.</exception>
    public static async Task<CimJournal> OpenSnapshotAsync(
        string path, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new CimJournal(
            new SqliteStore(await JournalFile.CopyAsync(path, cancellationToken).ConfigureAwait(false)),
                time ?? TimeProvider.System);
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

        return _writer.WriteAsync(() =>
        {
            if (Find(task.Key) is { } known)
            {
                return known.For(task);
            }

            CheckOwner();
            Execute(
                """
                INSERT INTO tasks (key, name, machine, form, spins, state, prepared_at)
                VALUES (@key, @name, @machine, @form, @spins, 0, @now)
                """,
                ("@key", task.Key), ("@name", task.Name), ("@machine", task.Machine), ("@form", (int)task.Form),
                ("@spins", task.SpinCount), ("@now", Now));
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
        return ClaimAsync(key, again, new SubmissionLimits(perDay));
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

        return _writer.WriteAsync(() =>
        {
            bool isMine = CheckOutcome(key);
            return Execute(
                $"""
                UPDATE tasks SET state = @before, reason = @reason, submissions = submissions - 1
                WHERE key = @key AND (state = 1 {(isMine ? "OR (state = 5 AND finished_at IS NULL)" : "")})
                """,
                ("@key", key), ("@before", (int)before), ("@reason", reason))
                && Execute("DELETE FROM submissions WHERE id = (SELECT max(id) FROM submissions WHERE key = @key)", ("@key", key));
        });
    }

    /// <summary>The machine accepted the task under an id.</summary>
    /// <exception cref="CimJournalException">There is no such task without a result, or the journal cannot be written.</exception>
    public Task AcceptAsync(string key, string taskId)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _writer.WriteAsync(() =>
        {
            CheckOutcome(key);
            return Update(
                "UPDATE tasks SET state = 2, task_id = @id, reason = '', finished_at = NULL WHERE key = @key AND state <> 3",
                ("@key", key), ("@id", taskId));
        });
    }

    /// <summary>The task ended with an answer. One that has an answer keeps it.</summary>
    /// <exception cref="ArgumentException">The answer has no states, states of another length than the task's spins,
    /// or something else than
    /// −1 and 1 in them; nothing changed.</exception>
    /// <exception cref="CimJournalException">There is no such task, or the journal cannot be written.</exception>
    public Task CompleteAsync(string key, MachineAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(answer);
        return _writer.WriteAsync(() =>
        {
            JournalEntry entry = Find(key) ?? throw new CimJournalException($"The journal has no such task {key}.");
            if (answer.Problem(entry.SpinCount) is { } problem)
            {
                throw new ArgumentException($"It is no answer of {entry.Name}: {problem}.", nameof(answer));
            }

            CheckOutcome(key);
            return Execute(
                """
                UPDATE tasks SET state = 3, reason = '', rows = @rows, energies = @energies, finished_at = @now
                WHERE key = @key AND state <> 3
                """,
                ("@key", key), ("@rows", SpinBits.Pack(answer.Rows)), ("@energies", SpinBits.Pack(answer.ReportedEnergies)), ("@now", Now));
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

        return _writer.WriteAsync(() =>
        {
            CheckOutcome(key);
            return Update(
                "UPDATE tasks SET state = @state, reason = @reason, finished_at = @now WHERE key = @key AND state <> 3",
                ("@key", key), ("@state", (int)state), ("@reason", reason), ("@now", Now));
        });
    }

    /// <summary>What is known of a task, or null.</summary>
    /// <exception cref="CimJournalException">Its line is damaged, or the journal cannot be read.</exception>
    public Task<JournalEntry?> FindAsync(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _writer.ReadAsync(() => Find(key));
    }

    /// <summary>All tasks in the order in which they were recorded; without their rows. Lines that cannot be read are
    /// <see cref="JournalState.Damaged"/>.</summary>
    /// <exception cref="CimJournalException">The journal cannot be read.</exception>
    public Task<IReadOnlyList<JournalEntry>> ListAsync() => _writer.ReadAsync<IReadOnlyList<JournalEntry>>(
        () => Read(JournalRow.Select(withResult: false) + " FROM tasks ORDER BY rowid", JournalRow.Listed));

    /// <summary>Submissions of today (UTC) and, should the clock have been set back, of later days.</summary>
    public Task<int> SubmittedTodayAsync() => _writer.ReadAsync(() => SubmittedOnOrAfter(Today));

    /// <summary>Puts the tasks of another journal into this one with their states, results and submissions, which count toward
    /// limits here too; tasks it knows stay as they are. The other is not to be used for sampling any more: what it has prepared or
    /// running is this one's now.</summary>
    /// <param name="other">The other journal, for instance a file.</param>
    /// <returns>The number of tasks that were new. Damaged lines are left out.</returns>
    /// <exception cref="CimJournalException">A task of the other is just being submitted (nothing was imported), or one of the two
    /// cannot be used; what is imported by then stays, and to import again goes on.</exception>
    public async Task<int> ImportAsync(CimJournal other)
    {
        ArgumentNullException.ThrowIfNull(other);
        const int AtATime = 256;
        IReadOnlyList<JournalEntry> listed = await other.ListAsync().ConfigureAwait(false);
        if (listed.FirstOrDefault(e => e.State == JournalState.Submitted) is { } leaving)
        {
            throw new CimJournalException($"The other journal's task {leaving.Name} is being submitted. Import it when nobody uses it.");
        }

        int count = 0;
        foreach (JournalEntry[] part in listed.Where(e => e.State != JournalState.Damaged).Chunk(AtATime))
        {
            var whole = await Task.WhenAll(part.Select(e => other.WithSubmissionsAsync(e.Key))).ConfigureAwait(false);
            bool[] added = await Task.WhenAll(whole.OfType<(JournalEntry, List<(long, string)>)>().Select(
                w => _writer.WriteAsync(() => Insert(w.Item1, w.Item2)))).ConfigureAwait(false);
            count += added.Count(a => a);
        }

        return count;
    }

    /// <summary>Closes the file when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For tests: what a full disk is like.</summary>
    internal Task RefuseFurtherPagesAsync() => _writer.WriteAsync(() => Execute("PRAGMA max_page_count = 1"));

    internal Task<JournalEntry?> KnownAsync(MachineTask task) => _writer.ReadAsync(() => Find(task.Key)?.For(task));

    /// <summary>A task whose line is whole, result included; null for others.</summary>
    internal Task<JournalEntry?> FindReadableAsync(string key) => _writer.ReadAsync(
        () => Find(key, JournalRow.Listed) is { State: not JournalState.Damaged } entry ? entry : null);

    private Task<(JournalEntry, List<(long, string)>)?> WithSubmissionsAsync(string key) =>
        _writer.ReadAsync<(JournalEntry, List<(long, string)>)?>(() =>
            Find(key, JournalRow.Listed) is { State: not JournalState.Damaged } entry
                ? (entry, Read("SELECT day, caller FROM submissions WHERE key = @key ORDER BY id", r => (r.GetInt64(0), r.GetString(1)), ("@key", key)))
                : null);

    /// <summary>Whether another owner has taken the journal over, as far as is known here.</summary>
    internal bool IsReplaced => !_store.IsOwner;

    /// <summary>The entry of a recording; its answer came from elsewhere.</summary>
    internal Task<bool> ImportAsync(JournalEntry entry) => _writer.WriteAsync(() =>
        Insert(entry with { State = JournalState.Done, FinishedAt = _time.GetUtcNow() }, []));

    /// <summary>Commits the receipt of a task that is about to leave, for a caller and within limits.</summary>
    internal async Task<bool> ClaimAsync(string key, IReadOnlyCollection<JournalState> again, SubmissionLimits limits)
    {
        long? claim = await _writer.WriteAsync<long?>(() =>
        {
            JournalEntry entry = Find(key) ?? throw new CimJournalException($"The journal has no task {key}.");
            if (entry.State != JournalState.Prepared && !again.Contains(entry.State))
            {
                return null;
            }

            CheckOwner();
            if (limits.PerDay is int most && SubmittedOnOrAfter(Today) >= most)
            {
                throw new CimBudgetException($"The limit of {Tasks(most)} a day is reached. Nothing was submitted.");
            }

            if (limits.PerCaller is int each && SubmittedOnOrAfter(Today, limits.Caller) >= each)
            {
                throw new CimBudgetException($"The limit of {Tasks(each)} a day for {limits.Caller} is reached. Nothing was submitted.");
            }

            Execute(
                """
                UPDATE tasks SET state = 1, task_id = NULL, reason = '', submitted_at = @now, finished_at = NULL,
                    submissions = submissions + 1
                WHERE key = @key
                """,
                ("@key", key), ("@now", Now));
            return Submit(key, Today, limits.Caller);
        }).ConfigureAwait(false);
        if (claim is long id)
        {
            _claims[key] = id;
        }

        return claim is not null;
    }

    /// <summary>All tasks in a state; without their rows.</summary>
    internal Task<IReadOnlyList<JournalEntry>> ListInAsync(JournalState state) => _writer.ReadAsync<IReadOnlyList<JournalEntry>>(() => Read(
        JournalRow.Select(withResult: false) + " FROM tasks WHERE state = @state ORDER BY rowid", JournalRow.Listed, ("@state", (int)state)));

    /// <summary>Submissions of today, as <see cref="SubmittedTodayAsync"/>, by who asked for them.</summary>
    internal Task<IReadOnlyDictionary<string, int>> SubmittedTodayByCallerAsync() => _writer.ReadAsync<IReadOnlyDictionary<string, int>>(() =>
    {
        return Read("SELECT caller, count(*) FROM submissions WHERE day >= @day GROUP BY caller",
            r => (Caller: r.GetString(0), Count: (int)r.GetInt64(1)), ("@day", Today)).ToDictionary(c => c.Caller, c => c.Count, StringComparer.Ordinal);
    });

    /// <summary>Submissions by day (UTC) and by who asked for them, in this order.</summary>
    internal Task<IReadOnlyList<(DateOnly Day, string Caller, int Count)>> SubmissionsByDayAsync() =>
        _writer.ReadAsync<IReadOnlyList<(DateOnly, string, int)>>(() => Read(
            "SELECT day, caller, count(*) FROM submissions GROUP BY day, caller ORDER BY day, caller",
            r => (DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(r.GetInt64(0))), r.GetString(1),
                (int)r.GetInt64(2))));

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Today => Now / (24L * 3600 * 1000);

    // The key comes first.
    private bool Update(string sql, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        Execute(sql, parameters) ? true : throw new CimJournalException($"The journal has no such task {parameters[0].Value}.");

    private bool Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using DbCommand command = Command(sql, parameters);
        return command.ExecuteNonQuery() > 0;
    }

    private DbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        DbCommand command = _store.Command(sql);
        foreach ((string name, object value) in parameters)
        {
            _store.Add(command, name, value);
        }

        return command;
    }

    private static string Tasks(int count) => count == 1 ? "1 task" : $"{count} tasks";

    // Whoever has lost the journal to another starts nothing...
    private void CheckOwner()
    {
        if (!_store.IsOwner)
        {
            throw new CimJournalException("Another owner has taken the journal over. Nothing is submitted without a receipt.");
        }
    }

    // ...and records what became of its own claims, unless the task has been claimed since. True for such a claim.
    private bool CheckOutcome(string key)
    {
        bool isMine = _claims.TryGetValue(key, out long claim) && claim == Number(
            "SELECT coalesce(max(id), 0) FROM submissions WHERE key = @key", ("@key", key));
        if (!isMine)
        {
            CheckOwner();
        }

        return isMine;
    }

    private long Number(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using DbCommand command = Command(sql, parameters);
        return (long)command.ExecuteScalar()!;
    }

    private long Submit(string key, long day, string caller) => Number(
        "INSERT INTO submissions (key, day, caller) VALUES (@key, @day, @caller) RETURNING id",
        ("@key", key), ("@day", day), ("@caller", caller));

    // False for a task that is known.
    private bool Insert(JournalEntry entry, IReadOnlyList<(long Day, string Caller)> submissions)
    {
        if (Find(entry.Key) is not null)
        {
            return false;
        }

        CheckOwner();
        bool hasResult = entry.Rows.Count > 0;
        Execute(
            """
            INSERT INTO tasks (key, name, machine, form, spins, state, task_id, reason, rows, energies, prepared_at, submitted_at,
                finished_at, submissions)
            VALUES (@key, @name, @machine, @form, @spins, @state, @id, @reason, @rows, @energies, @now, @submitted, @finished, @count)
            """,
            ("@key", entry.Key), ("@name", entry.Name), ("@machine", entry.Machine), ("@form", (int)entry.Form),
            ("@spins", entry.SpinCount), ("@state", (int)entry.State), ("@id", OrNull(entry.TaskId)), ("@reason", entry.Reason),
            ("@rows", OrNull(hasResult ? SpinBits.Pack(entry.Rows) : null)),
            ("@energies", OrNull(hasResult ? SpinBits.Pack(entry.ReportedEnergies) : null)), ("@now", Now),
            ("@submitted", OrNull(entry.SubmittedAt?.ToUnixTimeMilliseconds())),
            ("@finished", OrNull(entry.FinishedAt?.ToUnixTimeMilliseconds())), ("@count", entry.Submissions));
        foreach ((long day, string caller) in submissions)
        {
            Submit(entry.Key, day, caller);
        }

        return true;
    }

    private static object OrNull(object? value) => value ?? DBNull.Value;

    private int SubmittedOnOrAfter(long day) => (int)Number("SELECT count(*) FROM submissions WHERE day >= @day", ("@day", day));

    private int SubmittedOnOrAfter(long day, string caller) => (int)Number(
        "SELECT count(*) FROM submissions WHERE day >= @day AND caller = @caller", ("@day", day), ("@caller", caller));

    private JournalEntry? Find(string key) => Find(key, JournalRow.Entry);

    private JournalEntry? Find(string key, Func<DbDataReader, JournalEntry> parse)
    {
        List<JournalEntry> found = Read(JournalRow.Select(withResult: true) + " FROM tasks WHERE key = @key", parse, ("@key", key));
        return found.Count == 0 ? null : found[0];
    }

    private List<T> Read<T>(string sql, Func<DbDataReader, T> parse, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using DbCommand command = Command(sql, parameters);
        using DbDataReader reader = command.ExecuteReader();
        var entries = new List<T>();
        while (reader.Read())
        {
            entries.Add(parse(reader));
        }

        return entries;
    }
}
