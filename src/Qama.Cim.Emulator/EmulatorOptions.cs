namespace Qama.Cim.Emulator;

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
