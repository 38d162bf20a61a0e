namespace Qama.Cluster;

/// <summary>A silo or client of one version of this library asked to be part of a cluster of another one.</summary>
/// <param name="own">The version of the one that was refused.</param>
/// <param name="cluster">The cluster's.</param>
public sealed class ClusterVersionException(string own, string cluster) : Exception(
    $"This program has version {own} of Qama.Cluster, the cluster has {cluster}: install the same version everywhere. "
    + "To change a cluster's version, stop all its silos first.")
{
    /// <summary>The version of the one that was refused.</summary>
    public string OwnVersion { get; } = own;

    /// <summary>The cluster's version.</summary>
    public string OtherVersion { get; } = cluster;
}
