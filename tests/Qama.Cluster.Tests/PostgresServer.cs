using System.Diagnostics;
using Npgsql;

namespace Qama.Cluster.Tests;

/// <summary>A PostgreSQL server of the tests' own, on loopback, in a folder that is deleted with it.</summary>
/// <remarks>Where the tests run as root it runs as the user "postgres", since it refuses root.</remarks>
internal sealed class PostgresServer : IDisposable
{
    private const string Account = "postgres";
    private static readonly Lazy<PostgresServer> Instance = new(() => new PostgresServer());
    private readonly string _folder = Directory.CreateTempSubdirectory("qama-postgres-").FullName;
    private readonly int _port = FreePorts.Next();
    private int _databases;

    /// <summary>Starts a server; most tests share one, those that restart it have their own.</summary>
    public PostgresServer()
    {
        if (IsRoot)
        {
            Run("chown", Account, _folder);
        }

        RunServer("initdb", "-D", Data, "-U", Account, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
        Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The folder of the server's programs, or null where there is none: Debian's, or the one on the path.</summary>
    public static string? Programs { get; } =
        new[] { "/usr/lib/postgresql" }.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal)
            .Select(d => Path.Combine(d, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl")));

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => _port;

    /// <summary>The server, started when it is first asked for.</summary>
    public static PostgresServer Shared => Instance.Value;

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A new database; its connection string.</summary>
    public string CreateDatabase()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        using var connection = new NpgsqlConnection(Connection(Account));
        connection.Open();
        using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        command.ExecuteNonQuery();
        return Connection(name);
    }

    /// <summary>Stops the server in the middle of what it does ("immediate": as a crash) or in order, and starts it again.</summary>
    public void Restart(string mode = "immediate")
    {
        RunServer("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");
        Start();
    }

    public void Dispose()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        RunServer("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string Connection(string database) =>
        $"Host=127.0.0.1;Port={_port};Username={Account};Database={database};Maximum Pool Size=20;Timeout=5;Command Timeout=20";

    private void Start() => RunServer(
        "pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"),
        "-o", $"-p {_port} -h 127.0.0.1 -k {_folder} -c max_connections=300 -c fsync=off -c shared_buffers=32MB", "start");

    private static void RunServer(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs ?? throw new InvalidOperationException("There is no PostgreSQL server."), program);
        if (IsRoot)
        {
            Run("runuser", ["-u", Account, "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;

        // The server keeps pg_ctl's output open: only its end can be waited for.
        process.WaitForExit(TimeSpan.FromMinutes(1));
        Assert.True(process.HasExited && process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} did not end with 0.");
    }
}
