using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Qama.Cluster;

/// <summary>Names for listeners of activities and metrics of a cluster. What the client of the machine does on a server has the name
/// <see cref="Qama.Cim.CimDiagnostics.SourceName"/>, what Orleans does "Microsoft.Orleans".</summary>
public static class ClusterDiagnostics
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Qama.Cluster";

    internal static readonly ActivitySource Activities = new(SourceName, ClusterNames.Version);

    internal static readonly Meter Meter = new(SourceName, ClusterNames.Version);
}
