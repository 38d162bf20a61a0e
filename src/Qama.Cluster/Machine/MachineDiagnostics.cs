using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Qama.Cluster.Machine;

/// <summary>Names for listeners of activities and metrics of machine accounts. What the client of the machine does on a server has
/// the name <see cref="Qama.Cim.CimDiagnostics.SourceName"/>.</summary>
public static class MachineDiagnostics
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Qama.Cluster.Machine";

    internal static readonly ActivitySource Activities = new(SourceName);

    private static readonly Meter _meter = new(SourceName);

    internal static readonly UpDownCounter<long> Queued =
        _meter.CreateUpDownCounter<long>("qama.machine.queued", "{request}", "Requests that wait, by account.");

    internal static readonly UpDownCounter<long> Running =
        _meter.CreateUpDownCounter<long>("qama.machine.running", "{task}", "Tasks at the machine, by account.");

    internal static readonly Counter<long> Submissions =
        _meter.CreateCounter<long>("qama.machine.submissions", "{task}", "Tasks that left for the machine, by account and caller.");

    internal static readonly Histogram<double> Wait =
        _meter.CreateHistogram<double>("qama.machine.wait", "s", "Time in the queue, by account.");
}

/// <summary>What is logged.</summary>
internal static partial class MachineLog
{
    [LoggerMessage(1, LogLevel.Information, "This silo owns machine account {Account} now")]
    public static partial void Opened(ILogger logger, string account);

    [LoggerMessage(2, LogLevel.Warning, "Another owner has taken machine account {Account} over")]
    public static partial void Replaced(ILogger logger, string account);

    [LoggerMessage(3, LogLevel.Warning, "Machine account {Account} cannot be owned here: {Reason}")]
    public static partial void NotOpened(ILogger logger, string account, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Tasks of machine account {Account} could not be looked at: {Reason}")]
    public static partial void LookFailed(ILogger logger, string account, string reason);

    [LoggerMessage(5, LogLevel.Information, "Caller {Caller} gives no sign of life: task {Name} leaves the queue")]
    public static partial void CallerGone(ILogger logger, string caller, string name);

    [LoggerMessage(6, LogLevel.Information, "Task {Name} has no result at present: {Kind}")]
    public static partial void Failed(ILogger logger, string name, string kind);
}
