using Microsoft.Extensions.Logging;

namespace Qama.Cim;

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

    [LoggerMessage(8, LogLevel.Warning, "The progress observer threw an exception at task {Name}; the task is not affected")]
    public static partial void WatcherFailed(this ILogger logger, Exception exception, string name);
}
