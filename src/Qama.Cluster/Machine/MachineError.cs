using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>An exception of the machine's client on its way from the owner to a caller.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.error")]
internal sealed record MachineError([property: Id(0)] MachineErrorKind Kind, [property: Id(1)] string Message, [property: Id(2)] TimeSpan? RetryAfter)
{
    /// <summary>Of an exception that is not of the machine's client only the type is told: what its text holds is not known.</summary>
    public static MachineError Of(Exception e) => e is CimException cim
        ? new MachineError(Kinds(cim), cim.Message, cim.RetryAfter)
        : new MachineError(MachineErrorKind.Other, $"{e.GetType().Name} at the owner of the machine's account.", null);

    /// <summary>The exception again.</summary>
    public CimException ToException() => Kind switch
    {
        MachineErrorKind.Budget => new CimBudgetException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.Configuration => new CimConfigurationException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.NotAccepted => new CimNotAcceptedException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.Refused => new CimRefusedException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.OutcomeUnknown => new CimOutcomeUnknownException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.Answer => new CimAnswerException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.NotFinished => new CimNotFinishedException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.TaskNotFound => new CimTaskNotFoundException(Message) { RetryAfter = RetryAfter },
        MachineErrorKind.Journal => new CimJournalException(Message) { RetryAfter = RetryAfter },
        _ => new CimException(Message) { RetryAfter = RetryAfter },
    };

    private static MachineErrorKind Kinds(CimException e) => e switch
    {
        CimBudgetException => MachineErrorKind.Budget,
        CimConfigurationException => MachineErrorKind.Configuration,
        CimNotAcceptedException => MachineErrorKind.NotAccepted,
        CimRefusedException => MachineErrorKind.Refused,
        CimOutcomeUnknownException => MachineErrorKind.OutcomeUnknown,
        CimAnswerException => MachineErrorKind.Answer,
        CimNotFinishedException => MachineErrorKind.NotFinished,
        CimTaskNotFoundException => MachineErrorKind.TaskNotFound,
        CimJournalException => MachineErrorKind.Journal,
        _ => MachineErrorKind.Other,
    };
}

/// <summary>Which exception it is.</summary>
internal enum MachineErrorKind
{
    Other = 0,
    Budget = 1,
    Configuration = 2,
    NotAccepted = 3,
    Refused = 4,
    OutcomeUnknown = 5,
    Answer = 6,
    NotFinished = 7,
    TaskNotFound = 8,
    Journal = 9,
}
