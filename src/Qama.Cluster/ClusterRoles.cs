namespace Qama.Cluster;

/// <summary>What a silo does.</summary>
[Flags]
public enum ClusterRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Owns machine accounts, coordinates trainings and campaigns.</summary>
    Server = 1,

    /// <summary>Computes. It never learns a machine's credentials.</summary>
    Worker = 2,

    /// <summary>Both: the embedded cluster of one process.</summary>
    Both = Server | Worker,
}
