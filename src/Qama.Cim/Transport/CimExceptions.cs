namespace Qama.Cim.Transport;

/// <summary>Something went wrong between here and the machine.</summary>
public class CimException : Exception
{
    /// <summary>Creates it without a message.</summary>
    public CimException()
    {
    }

    /// <summary>Creates it.</summary>
    public CimException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a cause.</summary>
    public CimException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The time that the machine asked to wait before the next request (Retry-After); null if it did not. Where this is
    /// more than the transport's limit, nothing was tried again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>A task certainly was not accepted, for a reason that may pass.</summary>
public sealed class CimNotAcceptedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The machine refused a task: it was not accepted and will not be.</summary>
public sealed class CimRefusedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The address or the credentials are wrong: the task was not accepted, and trying again is of no use.</summary>
public sealed class CimConfigurationException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>Whether a task was accepted cannot be known.</summary>
public sealed class CimOutcomeUnknownException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>An answer of the machine is damaged or not what its interface promises.</summary>
public sealed class CimAnswerException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The answer did not come; the task goes on and is continued the next time.</summary>
public sealed class CimNotFinishedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The machine does not know a task that it once accepted: it was deleted, or has expired. Where no answer
/// will come any more, the task is given up in the journal.</summary>
public sealed class CimTaskNotFoundException(string message, Exception? cause = null) : CimException(message, cause);
