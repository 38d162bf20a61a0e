using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Qama.Cim;

/// <summary>Names for listeners of activities and metrics.</summary>
public static class CimDiagnostics
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Qama.Cim";

    internal static readonly ActivitySource Activities = new(SourceName);

    private static readonly Meter _meter = new(SourceName);

    internal static readonly Counter<long> Submissions =
        _meter.CreateCounter<long>("qama.cim.submissions", "{task}", "Tasks that were sent to a machine.");

    internal static readonly Counter<long> Ends =
        _meter.CreateCounter<long>("qama.cim.tasks", "{task}", "Tasks that ended, by state.");

    internal static readonly Histogram<double> Duration =
        _meter.CreateHistogram<double>("qama.cim.task.duration", "s", "Time from a task's submission to its end.");
}
