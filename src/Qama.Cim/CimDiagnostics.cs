using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Qama.Cim;

/// <summary>Names for listeners of activities and metrics.</summary>
public static class CimDiagnostics
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "Qama.Cim";

    internal static readonly ActivitySource Activities = new(SourceName);

    private static readonly Meter Meter = new(SourceName);

    internal static readonly Counter<long> Submissions =
        Meter.CreateCounter<long>("qama.cim.submissions", "{task}", "Tasks that were sent to a machine.");

    internal static readonly Counter<long> Ends =
        Meter.CreateCounter<long>("qama.cim.tasks", "{task}", "Tasks that ended, by state.");

    internal static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("qama.cim.task.duration", "s", "Time from a task's submission to its end.");
}

/// <summary>What is logged.</summary>
internal static partial class CimLog
{
    [LoggerMessage(1, LogLevel.Information, "Task {Name} leaves: {Spins} spins on {Machine} over {Transport}")]
    public static partial void Leaving(this ILogger logger, string name, int spins, string machine, string transport);

    [LoggerMessage(2, LogLevel.Information, "Task {Name} is accepted, id {TaskId}")]
    public static partial void Accepted(this ILogger logger, string name, string taskId);

    [LoggerMessage(3, LogLevel.Information, "Task {Name} is done, {Rows} solutions")]
    public static partial void Done(this ILogger logger, string name, int rows);

    [LoggerMessage(4, LogLevel.Warning, "Task {Name} failed: {Reason}")]
    public static partial void Failed(this ILogger logger, string name, string reason);

    [LoggerMessage(5, LogLevel.Error, "Whether task {Name} was accepted is unknown; it is not submitted again: {Reason}")]
    public static partial void Unknown(this ILogger logger, string name, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Task {Name} is continued, id {TaskId}")]
    public static partial void Continued(this ILogger logger, string name, string taskId);

    [LoggerMessage(7, LogLevel.Warning, "Task {Name} was not accepted: {Reason}")]
    public static partial void NotAccepted(this ILogger logger, string name, string reason);
}
