using Microsoft.Data.Sqlite;

namespace Qama.Cim.Journal;

/// <summary>The file behind a journal: who may use it, and whether it is one.</summary>
/// <remarks>
/// Two locks keep others away. SQLite's own holds for the file, by whichever name it is opened; on Unix, though, a program loses
/// it when it closes any other handle of the file, having copied it for instance (fcntl). The file beside it is not touched by that.
/// </remarks>
internal static class JournalFile
{
    private const int SchemaVersion = 1;
    private const int SecondsToWait = 1; // for a lock that belongs to one program for as long as it runs
    private const int ApplicationId = 0x51434A31; // "QCJ1": another program's database is not taken for a journal

    /// <summary>Opens the database, creating it if it does not exist.</summary>
    /// <returns>The connection, and the lock that keeps other programs away; null for a database in memory.</returns>
    /// <exception cref="CimJournalException">The file is damaged, of another version, in use, or cannot be written.</exception>
    public static (SqliteConnection Connection, FileStream? Lock) Open(string path)
    {
        FileStream? fileLock = null;
        SqliteConnection? connection = null;
        try
        {
            if (path != ":memory:")
            {
                path = Path.GetFullPath(path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
                fileLock = Lock(path);
            }

            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path, Pooling = false, DefaultTimeout = SecondsToWait,
            }.ToString());
            connection.Open();
            Prepare(connection, path);
            return (connection, fileLock);
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

    /// <summary>Copies a journal into memory as it is at one moment, whoever uses it. Nothing is written beside it, and
    /// nobody is kept
    /// waiting: its files are copied while they do not change, and the copy is read.</summary>
    /// <exception cref="CimJournalException">There is no such file, it changes all the time, or it is damaged or no
    /// journal.</exception>
    public static async Task<SqliteConnection> CopyAsync(string path, CancellationToken cancellationToken)
    {
        string? folder = null;
        SqliteConnection? copy = null;
        try
        {
            path = Path.GetFullPath(path);
            if (!File.Exists(path))
            {
                throw new CimJournalException($"{path}: there is no such journal.");
            }

            path = new FileInfo(path).LinkTarget is null ? path
                : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            folder = Directory.CreateTempSubdirectory("qama-journal-").FullName;
            string file = Path.Combine(folder, "journal");
            await CopyFilesAsync(path, file, cancellationToken).ConfigureAwait(false);
            copy = new SqliteConnection("Data Source=:memory:");
            Fill(copy, file, path);
            return copy;
        }
        catch (Exception e)
        {
            copy?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new CimJournalException(e is SqliteException { SqliteErrorCode: 11 or 26 }
                    ? $"The journal {path} is damaged or not a journal ({e.Message.TrimEnd('.')})."
                    : $"The journal {path} cannot be read: {e.Message}", e);
            }

            throw;
        }
        finally
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Fill(SqliteConnection copy, string file, string path)
    {
        copy.Open();
        using (var source = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString()))
        {
            source.Open();
            source.BackupDatabase(copy);
        }

        using SqliteCommand command = copy.CreateCommand();
        Check(command, path, mayBeEmpty: false);
        AddCaller(command);
        CheckPages(command);
    }

    /// <summary>What an error of the database or the file system means for the journal.</summary>
    public static CimJournalException Error(Exception e, string path)
    {
        string what = e is SqliteException s ? s.SqliteErrorCode switch
        {
            5 or 6 => "is in use by another program, perhaps under another name",
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

    private static void Prepare(SqliteConnection connection, string path)
    {
        using SqliteCommand command = connection.CreateCommand();

        // The database is locked itself, until it is closed: whatever names the file has, and whatever becomes of the file beside it.
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE";
        command.ExecuteNonQuery();
        Check(command, path, mayBeEmpty: true);
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
        AddCaller(command);
        CheckPages(command);
    }

    private static void Check(SqliteCommand command, string path, bool mayBeEmpty)
    {
        command.CommandText = "PRAGMA user_version";
        long version = (long)command.ExecuteScalar()!;
        command.CommandText = "PRAGMA application_id";
        long application = (long)command.ExecuteScalar()!;
        command.CommandText = "SELECT count(*) FROM sqlite_master";
        bool isEmpty = (long)command.ExecuteScalar()! == 0;
        if (isEmpty && mayBeEmpty)
        {
            return;
        }

        if (isEmpty || application != ApplicationId)
        {
            throw new CimJournalException($"{path} is a database, but not a journal.");
        }

        if (version != SchemaVersion)
        {
            throw new CimJournalException(
                $"{path}: expected a journal of version {SchemaVersion}, got version {version}.");
        }
    }

    private static void CheckPages(SqliteCommand command)
    {
        command.CommandText = "PRAGMA quick_check(1)";
        if ((string?)command.ExecuteScalar() is not "ok")
        {
            throw new SqliteException("database disk image is malformed", 11);
        }
    }

    // The pages, and those that are in the file beside it until there are many: of one moment when neither has changed
    // meanwhile.
    private static async Task CopyFilesAsync(string path, string copy, CancellationToken cancellationToken)
    {
        const int Attempts = 50;
        string[] suffixes = ["", "-wal"];
        for (int attempt = 1; ; attempt++)
        {
            var before = suffixes.Select(s => State(path + s)).ToArray();
            foreach (string suffix in suffixes)
            {
                File.Delete(copy + suffix);
                if (suffix.Length == 0 || File.Exists(path + suffix))
                {
                    await CopyFileAsync(path + suffix, copy + suffix, cancellationToken).ConfigureAwait(false);
                }
            }

            if (before.SequenceEqual(suffixes.Select(s => State(path + s))))
            {
                return;
            }

            if (attempt == Attempts)
            {
                throw new IOException("it changes all the time");
            }

            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CopyFileAsync(string path, string copy, CancellationToken cancellationToken)
    {
        var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using (source.ConfigureAwait(false))
        {
            var target = new FileStream(copy, FileMode.CreateNew, FileAccess.Write);
            await using (target.ConfigureAwait(false))
            {
                await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static (bool Exists, long Length, DateTime Written) State(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (true, file.Length, file.LastWriteTimeUtc) : default;
    }

    // Who asked for a submission. Older programs neither wrote it nor mind it: the version stays.
    private static void AddCaller(SqliteCommand command)
    {
        command.CommandText = "SELECT count(*) FROM pragma_table_info('submissions') WHERE name = 'caller'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            command.CommandText = "ALTER TABLE submissions ADD COLUMN caller TEXT NOT NULL DEFAULT ''";
            command.ExecuteNonQuery();
        }
    }
}
