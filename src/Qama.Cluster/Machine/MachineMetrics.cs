using System.Diagnostics.Metrics;

namespace Qama.Cluster.Machine;

/// <summary>Metrics of machine accounts.</summary>
internal static class MachineMetrics
{
    public static readonly UpDownCounter<long> Queued =
        ClusterDiagnostics.Meter.CreateUpDownCounter<long>("qama.machine.queued", "{request}", "Requests that wait, by account.");

    public static readonly UpDownCounter<long> Running =
        ClusterDiagnostics.Meter.CreateUpDownCounter<long>("qama.machine.running", "{task}", "Tasks at the machine, by account.");

    public static readonly Counter<long> Submissions =
        ClusterDiagnostics.Meter.CreateCounter<long>("qama.machine.submissions", "{task}", "Tasks that left for the machine, by account and caller.");

    public static readonly Histogram<double> Wait =
        ClusterDiagnostics.Meter.CreateHistogram<double>("qama.machine.wait", "s", "Time in the queue, by account.");
}
