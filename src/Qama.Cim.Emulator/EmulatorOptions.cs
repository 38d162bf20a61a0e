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

    /// <summary>The matrix whose coefficients must have that width.</summary>
    public PrecisionRule Rule { get; init; }

    /// <summary>Solutions per task.</summary>
    public int Rows { get; init; } = 10;

    /// <summary>The format of solutions in answers.</summary>
    public RowFormat Format { get; init; }

    /// <summary>Time a task waits before it is computed.</summary>
    public TimeSpan QueueDelay { get; init; }

    /// <summary>Probability that a spin of a solution is read out wrong.</summary>
    public double Noise { get; init; }

    /// <summary>Tasks that may wait to be computed, each with its matrix: a byte per number, four where 8 bits are not enough. Further
    /// ones are answered with HTTP 503 and Retry-After until there is room.</summary>
    public int MaxWaiting { get; init; } = 100;

    /// <summary>Tasks that may be submitted; null for any number.</summary>
    public int? Quota { get; init; }

    /// <summary>Requests that a token lasts for; null for any number. Of the tokens given out the newest 1,000 are
    /// valid.</summary>
    public int? TokenUses { get; init; }

    /// <summary>The only credentials accepted; null accepts any.</summary>
    public (string UserId, string SdkCode)? Credentials { get; init; }

    /// <summary>What computes; null for a simulated coherent Ising machine.</summary>
    public IIsingSolver? Solver { get; init; }

    /// <summary>Seed of solutions, noise and faults.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Faults to order.</summary>
    public EmulatorFaults Faults { get; init; } = new();

    /// <summary>Folder in which accepted tasks are kept, for the next emulator, which computes them anew; null for
    /// none. What is in it and is no
    /// task is left alone and told in <see cref="CimEmulator.SkippedTasks"/>.</summary>
    public string? TaskFolder { get; init; }

    /// <summary>Tasks that are remembered, the newest.</summary>
    public int Remembered { get; init; } = 100_000;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Check()
    {
        if (Rows is < 1 or > 10_000 || Bits is < 2 or > 24 || !(Noise is >= 0 and <= 1) || Port is < 0 or > 65535
            || Faults is null || !(Faults.Rate is >= 0 and <= 1) || Faults.Pause < TimeSpan.Zero)
        {
            throw new ArgumentException("Expected 1 to 10,000 rows, 2 to 24 bits, noise and fault rate in [0, 1] and a port of 0 to 65535.");
        }

        if (MaxWaiting < 1 || Remembered < 1 || Quota < 0 || TokenUses < 1 || QueueDelay < TimeSpan.Zero)
        {
            throw new ArgumentException(
                "Expected at least one task that waits, one that is remembered and one use of a token, and no negative quota or delay.");
        }

        if (Machines is null || Machines.Count == 0 || Machines.Values.Any(n => n is < 1 or > UploadedMatrix.LargestSize))
        {
            throw new ArgumentException($"Expected machines of 1 to {UploadedMatrix.LargestSize} spins.");
        }
    }
}
