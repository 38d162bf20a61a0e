using System.Diagnostics.Metrics;

namespace Qama.Cluster.Campaigns;

/// <summary>Metrics of campaigns.</summary>
internal static class CampaignMetrics
{
    /// <summary>Attempts that ended on this worker, by outcome.</summary>
    public static Counter<long> Runs { get; } =
        ClusterDiagnostics.Meter.CreateCounter<long>("qama.campaign.runs", "{run}", "Attempts that ended on this worker.");

    /// <summary>Attempts that were lost with their worker, as coordinators on this server saw it.</summary>
    public static Counter<long> Losses { get; } =
        ClusterDiagnostics.Meter.CreateCounter<long>("qama.campaign.losses", "{run}", "Attempts that were lost with their worker.");

    /// <summary>Results that were stored by coordinators on this server.</summary>
    public static Counter<long> Results { get; } =
        ClusterDiagnostics.Meter.CreateCounter<long>("qama.campaign.results", "{result}", "Results that were stored.");
}
