using Microsoft.Extensions.Logging;

namespace Qama.Cluster.Machine;

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
