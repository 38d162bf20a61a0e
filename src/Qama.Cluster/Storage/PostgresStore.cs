using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Text;
using Npgsql;
using Qama.Cim.Journal;

namespace Qama.Cluster.Storage;

/// <summary>A journal's tables in PostgreSQL. Every owner has a number, its epoch, and the newest owner is the one.</summary>
/// <remarks>
/// A transaction that writes first locks the row of epoch 0, which is nobody's: owners write one after another. It leaves a marker
/// in its owner's row. When a connection breaks, the next one finds the marker, or knows that nothing was committed: the lock is
/// free only when the broken transaction has ended.
/// </remarks>
internal sealed class PostgresStore : IJournalStore
{
    private const int Version = 1;
    private const long Committed = -1; // in place of an epoch
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);
    private readonly NpgsqlDataSource _source;
    private readonly string _account;
    private readonly string _schema;
    private readonly TimeSpan _maxWait;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private long _epoch; // 0 before the first registration
    private bool _isUncertain; // an operation was given up that may be committed
    private volatile bool _isReplaced;

    public PostgresStore(string connectionString, string account, TimeSpan maxWait)
    {
        _source = NpgsqlDataSource.Create(connectionString);
        (_account, _schema, _maxWait) = (account, $"\"qama_machine_{account}\"", maxWait);
    }

    /// <inheritdoc/>
    public bool IsOwner => !_isReplaced;

    /// <summary>Makes the tables where they do not exist.</summary>
    /// <exception cref="CimJournalException">The database cannot be used, or has another version of them.</exception>
    public Task PrepareAsync() => RepeatAsync(isWriting: false, () =>
    {
        using DbCommand find = Command("SELECT to_regclass(@name) IS NOT NULL");
        Add(find, "@name", _schema + ".journal");
        if (!(bool)find.ExecuteScalar()!)
        {
            // Of two that begin at the same time one waits here, and then finds everything made.
            using DbCommand make = Command(
                $"""
                SELECT pg_advisory_xact_lock(hashtext('qama journal'));
                CREATE SCHEMA IF NOT EXISTS {_schema};
                CREATE TABLE IF NOT EXISTS journal (version BIGINT PRIMARY KEY);
                CREATE TABLE IF NOT EXISTS owners (
                    epoch BIGINT PRIMARY KEY, marker TEXT NOT NULL, opened_at TIMESTAMPTZ NOT NULL DEFAULT now());
                CREATE INDEX IF NOT EXISTS owners_marker ON owners (marker);
                CREATE TABLE IF NOT EXISTS tasks (
                    rowid BIGINT GENERATED ALWAYS AS IDENTITY, key TEXT PRIMARY KEY, name TEXT NOT NULL, machine TEXT NOT NULL,
                    form BIGINT NOT NULL, spins BIGINT NOT NULL, state BIGINT NOT NULL, task_id TEXT, reason TEXT NOT NULL DEFAULT '',
                    rows BYTEA, energies BYTEA, prepared_at BIGINT NOT NULL, submitted_at BIGINT, finished_at BIGINT,
                    submissions BIGINT NOT NULL DEFAULT 0);
                CREATE INDEX IF NOT EXISTS tasks_state ON tasks (state);
                CREATE TABLE IF NOT EXISTS submissions (
                    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key TEXT NOT NULL, day BIGINT NOT NULL,
                    caller TEXT NOT NULL DEFAULT '');
                CREATE INDEX IF NOT EXISTS submissions_day ON submissions (day);
                CREATE INDEX IF NOT EXISTS submissions_key ON submissions (key, id);
                INSERT INTO journal (version) SELECT {Version} WHERE NOT EXISTS (SELECT 1 FROM journal);
                INSERT INTO owners (epoch, marker) VALUES (0, '') ON CONFLICT DO NOTHING;
                """);
            make.ExecuteNonQuery();
        }

        using DbCommand version = Command("SELECT max(version) FROM journal");
        long found = (long)version.ExecuteScalar()!;
        return found == Version
            ? null
            : throw new CimJournalException($"Expected the journal of machine account {_account} in version {Version}, got version {found}.");
    });

    /// <inheritdoc/>
    public Task TransactAsync(bool isWriting, Action operations)
    {
        string marker = Guid.NewGuid().ToString("N");
        return RepeatAsync(isWriting, () =>
        {
            long epoch = isWriting ? Lock(marker) : _epoch;
            if (epoch == Committed)
            {
                return null;
            }

            operations();
            return () => (_epoch, _isUncertain) = (epoch, _isUncertain && !isWriting);
        });
    }

    /// <inheritdoc/>
    public DbCommand Command(string sql) => new NpgsqlCommand(sql, _connection, _transaction);

    /// <inheritdoc/>
    public void Add(DbCommand command, string name, object value) =>
        command.Parameters.Add(new NpgsqlParameter(name, value is string text ? Storable(text) : value));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    // Locks the journal, and registers an owner that is not. The owner's epoch once this is committed, or that it is already.
    private long Lock(string marker)
    {
        using NpgsqlBatch batch = Settings(); // on one way with them
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT epoch FROM owners WHERE epoch = 0 FOR UPDATE"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "SELECT max(epoch), coalesce((SELECT max(epoch) FROM owners WHERE marker = $1), 0) FROM owners")
        {
            Parameters = { new NpgsqlParameter { Value = marker } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE owners SET marker = $1 WHERE epoch = $2 AND epoch > 0")
        {
            Parameters = { new NpgsqlParameter { Value = marker }, new NpgsqlParameter { Value = _epoch } },
        });
        long newest;
        using (NpgsqlDataReader reader = batch.ExecuteReader())
        {
            reader.NextResult();
            reader.NextResult();
            reader.Read();
            newest = reader.GetInt64(0);
            if (reader.GetInt64(1) is long epoch and > 0)
            {
                _epoch = epoch;
                return Committed;
            }
        }

        _isReplaced = _epoch > 0 && newest != _epoch;
        if (_isReplaced || (_epoch > 0 && !_isUncertain))
        {
            return _epoch;
        }

        // An owner that gave up an operation cannot tell what it claimed: it begins anew, as another would.
        using DbCommand register = Command(
            """
            INSERT INTO owners (epoch, marker) VALUES (@epoch, @marker);
            UPDATE tasks SET state = 5,
                reason = 'the program ended while the task was being submitted, or lost the journal to another owner'
            WHERE state = 1;
            """);
        Add(register, "@epoch", newest + 1);
        Add(register, "@marker", marker);
        register.ExecuteNonQuery();
        return newest + 1;
    }

    // Runs a transaction until it is committed; then what it returned.
    private async Task RepeatAsync(bool isWriting, Func<Action?> transaction)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan pause = _firstPause;
        bool mayBeCommitted = false;
        while (true)
        {
            bool isCommitting = false;
            try
            {
                _connection ??= await _source.OpenConnectionAsync().ConfigureAwait(false);
                _transaction = _connection.BeginTransaction(IsolationLevel.ReadCommitted);
                if (!isWriting)
                {
                    using NpgsqlBatch settings = Settings();
                    settings.ExecuteNonQuery();
                }

                Action? after = transaction();
                isCommitting = isWriting;
                _transaction.Commit();
                await _transaction.DisposeAsync().ConfigureAwait(false);
                _transaction = null;
                after?.Invoke();
                return;
            }
            catch (Exception e)
            {
                // A transaction that was given up ends with its connection.
                mayBeCommitted |= isCommitting;
                bool isPassing = e is DbException && IsPassing(e);
                await CloseAsync().ConfigureAwait(false);
                if (!isPassing || Stopwatch.GetElapsedTime(start) + pause > _maxWait)
                {
                    _isUncertain |= mayBeCommitted;
                    throw e is CimJournalException ? e : Error(e, isPassing);
                }
            }

            await Task.Delay(pause).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _longestPause.Ticks));
        }
    }

    // The path is set in each transaction: a pooler between here and the server may give each another connection. Whoever is gone in
    // the middle of a transaction holds its lock for a while only. A receipt is on the disk when it is committed.
    private NpgsqlBatch Settings() => new(_connection, _transaction)
    {
        BatchCommands =
        {
            new NpgsqlBatchCommand($"SET LOCAL search_path TO {_schema}"),
            new NpgsqlBatchCommand("SET LOCAL lock_timeout = '10s'"),
            new NpgsqlBatchCommand("SET LOCAL idle_in_transaction_session_timeout = '60s'"),
            new NpgsqlBatchCommand(
                "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"),
        },
    };

    private async Task CloseAsync()
    {
        try
        {
            if (_transaction is not null)
            {
                await _transaction.DisposeAsync().ConfigureAwait(false);
            }

            if (_connection is not null)
            {
                await _connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException)
        {
            // It was broken.
        }

        (_transaction, _connection) = (null, null);
    }

    // Broken connections, restarts (class 57 but for a cancelled query), waits for locks.
    private bool IsPassing(Exception e) =>
        e is NpgsqlException { IsTransient: true }
        || e is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "57P05" or "55P03" or "40001" or "40P01" }
        || (e is NpgsqlException and not PostgresException && _connection is not { State: ConnectionState.Open });

    private CimJournalException Error(Exception e, bool isPassing)
    {
        string where = new NpgsqlConnectionStringBuilder(_source.ConnectionString) is { } c ? $"{c.Host}, database {c.Database}" : "";
        string what = isPassing
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"did not answer for {_maxWait.TotalSeconds:0.###} s")
            : "cannot be used";
        return new CimJournalException(
            $"The journal of machine account {_account} ({where}) {what} ({e.Message.TrimEnd('.')}). Nothing is submitted without a receipt.", e);
    }

    // PostgreSQL takes neither U+0000 nor half a pair. Reasons come from elsewhere.
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
