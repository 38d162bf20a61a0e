using System.Net;

namespace Qama.Cluster;

/// <summary>What a process of a cluster needs to know: which cluster, where its members are recorded, its own address.</summary>
public sealed record ClusterSettings
{
    /// <summary>The environment variable with the connection string of PostgreSQL.</summary>
    public const string PostgresVariable = "QAMA_CLUSTER_POSTGRES";

    private const int MostLetters = 50;

    /// <summary>The cluster: processes of the same name and store find each other. 1 to 50 letters, digits or '-'. Default "qama".</summary>
    public string Name { get; init; } = "qama";

    /// <summary>Connection string of PostgreSQL (Npgsql's), which keeps membership and state; null for a cluster on this computer
    /// that keeps both in the memory of its first silo.</summary>
    public string? Postgres { get; init; }

    /// <summary>TCP port for other silos; 1 to 65,535. Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>TCP port for clients; 1 to 65,535. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>The address under which others reach this process; null for this computer's own (127.0.0.1 without PostgreSQL).</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Port of the first silo on this computer, for further silos of a cluster in memory; null for the first silo itself.
    /// PostgreSQL needs none.</summary>
    public int? FirstSiloPort { get; init; }

    /// <summary>Time after which a silo that gives no sign of life is asked again; after three of them it counts as dead and its work
    /// goes to others. Between 100 ms and 1 minute. Default 2 s.</summary>
    public TimeSpan ProbeTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether membership and state are in PostgreSQL.</summary>
    public bool IsPersistent => Postgres is not null;

    /// <summary>These settings with the connection string of <see cref="PostgresVariable"/>, where it is set and they have none.</summary>
    public ClusterSettings WithEnvironment() => Postgres is null && Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } found
        ? this with { Postgres = found } : this;

    /// <summary>Without the connection string, which may hold a password.</summary>
    public override string ToString() =>
        $"cluster {Name}, {(IsPersistent ? "PostgreSQL" : "in memory")}, silo port {SiloPort}, gateway port {GatewayPort}";

    /// <summary>Throws unless everything is in range.</summary>
    /// <exception cref="ArgumentException">A setting is not; the message names it.</exception>
    internal void Check()
    {
        if (Name is not { Length: >= 1 and <= MostLetters } || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException($"Expected a cluster name of 1 to {MostLetters} letters, digits or '-', got '{Name}'.", nameof(Name));
        }

        CheckPort(SiloPort, nameof(SiloPort));
        CheckPort(GatewayPort, nameof(GatewayPort));
        CheckPort(FirstSiloPort ?? 1, nameof(FirstSiloPort));
        if (ProbeTime < TimeSpan.FromMilliseconds(100) || ProbeTime > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentException($"Expected a time between 100 ms and 1 minute, got {ProbeTime}.", nameof(ProbeTime));
        }

        if (IsPersistent && FirstSiloPort is not null)
        {
            throw new ArgumentException("Expected no first silo's port beside PostgreSQL, which knows all silos.", nameof(FirstSiloPort));
        }
    }

    private static void CheckPort(int port, string name)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException($"Expected a port in 1..{IPEndPoint.MaxPort}, got {port}.", name);
        }
    }
}
