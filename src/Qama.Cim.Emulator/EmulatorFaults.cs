namespace Qama.Cim.Emulator;

/// <summary>What can go wrong.</summary>
[Flags]
public enum FaultKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The token is refused and no longer valid.</summary>
    RefusedToken = 1,

    /// <summary>HTTP 500, 502 or 503 before anything is done.</summary>
    ServerError = 2,

    /// <summary>HTTP 500 after the task was accepted.</summary>
    ErrorAfterAccepting = 4,

    /// <summary>The connection ends before anything is done.</summary>
    DropBefore = 8,

    /// <summary>The connection ends without an answer after the task was accepted.</summary>
    DropAfter = 16,

    /// <summary>The answer comes in small pieces with pauses.</summary>
    SlowBody = 32,

    /// <summary>The connection ends in the middle of the answer.</summary>
    TruncatedBody = 64,

    /// <summary>The answer is no JSON.</summary>
    MalformedJson = 128,

    /// <summary>Lists of the solution have lengths that do not fit.</summary>
    WrongLengths = 256,

    /// <summary>The task ends in status 3.</summary>
    FailedTask = 512,

    /// <summary>All of them.</summary>
    All = 1023,
}

/// <summary>Faults to order.</summary>
public sealed record EmulatorFaults
{
    /// <summary>Share of requests that go wrong, 0 to 1.</summary>
    public double Rate { get; init; }

    /// <summary>What goes wrong, each kind equally often.</summary>
    public FaultKinds Kinds { get; init; } = FaultKinds.All;

    /// <summary>Pause between the pieces of a slow answer.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(20);
}
