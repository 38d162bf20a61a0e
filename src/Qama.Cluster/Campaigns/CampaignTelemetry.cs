using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Qama.Cluster.Campaigns;

/// <summary>What campaigns tell whoever collects it.</summary>
internal static class CampaignTelemetry
{
    private static readonly Meter _meter = new("Qama.Cluster", ClusterNames.Version);

    public static ActivitySource Source { get; } = new("Qama.Cluster", ClusterNames.Version);

    /// <summary>Attempts that ended on this worker, by outcome.</summary>
    public static Counter<long> Runs { get; } = _meter.CreateCounter<long>("qama.campaign.runs", "{run}", "Attempts that ended on this worker.");

    /// <summary>Attempts that were lost with their worker, as coordinators on this server saw it.</summary>
    public static Counter<long> Losses { get; } =
        _meter.CreateCounter<long>("qama.campaign.losses", "{run}", "Attempts that were lost with their worker.");

    /// <summary>Results that were stored by coordinators on this server.</summary>
    public static Counter<long> Results { get; } =
        _meter.CreateCounter<long>("qama.campaign.results", "{result}", "Results that were stored.");
}
