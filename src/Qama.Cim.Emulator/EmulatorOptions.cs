namespace Qama.Cim.Emulator;

/// <summary>Which matrix has to consist of signed integers of the machine's width.</summary>
public enum PrecisionRule
{
    /// <summary>The Ising matrix, after conversion where a QUBO was uploaded.</summary>
    Ising = 0,

    /// <summary>What was uploaded, whichever it is.</summary>
    Uploaded = 1,

    /// <summary>None.</summary>
    None = 2,
}

/// <summary>How solutions of a QUBO are written: no documentation says.</summary>
public enum RowFormat
{
    /// <summary>Lists of 0 and 1, one per variable.</summary>
    Bits = 0,

    /// <summary>Lists of −1 and 1, the auxiliary spin last.</summary>
    Spins = 1,

    /// <summary>Lists of 1.0 and −1.0.</summary>
    Reals = 2,

    /// <summary>Texts such as "[1, -1]".</summary>
    Text = 3,
}

/// <summary>What the emulated machine is like.</summary>
public sealed record EmulatorOptions
{
    /// <summary>Port on 127.0.0.1; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Spins per machine name; others are refused.</summary>
    public IReadOnlyDictionary<string, int> Machines { get; init; } =
        new Dictionary<string, int> { ["CPQC-550"] = 550, ["CPQC-1000"] = 1000 };

    /// <summary>Width of coefficients.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Where that width is demanded.</summary>
    public PrecisionRule Rule { get; init; }

    /// <summary>Solutions per task.</summary>
    public int Rows { get; init; } = 10;

    /// <summary>How solutions are written.</summary>
    public RowFormat Format { get; init; }

    /// <summary>Time a task waits before it is computed.</summary>
    public TimeSpan QueueDelay { get; init; }

    /// <summary>Probability that a spin of a solution is read out wrong.</summary>
    public double Noise { get; init; }

    /// <summary>Tasks that may be submitted; null for any number.</summary>
    public int? Quota { get; init; }

    /// <summary>Requests that a token lasts for; null for any number.</summary>
    public int? TokenUses { get; init; }

    /// <summary>The only credentials accepted; null accepts any.</summary>
    public (string UserId, string SdkCode)? Credentials { get; init; }

    /// <summary>What computes; null for a simulated coherent Ising machine.</summary>
    public IIsingSolver? Solver { get; init; }

    /// <summary>Seed of solutions, noise and faults.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Faults to order.</summary>
    public EmulatorFaults Faults { get; init; } = new();

    /// <summary>Folder in which accepted tasks are kept, for the next emulator; null for none.</summary>
    public string? TaskFolder { get; init; }

    /// <summary>Tasks that are remembered, the newest.</summary>
    public int Remembered { get; init; } = 100_000;
}

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
