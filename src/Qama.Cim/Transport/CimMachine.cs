using Qama.Ising;

namespace Qama.Cim.Transport;

/// <summary>A machine that tasks are sent to.</summary>
/// <param name="Name">The machine's name as its interface spells it, at most 64 characters.</param>
/// <param name="Limits">What it takes: 2 to 8,192 spins, the auxiliary one included, and coefficients of 2 to 16 bits.</param>
public sealed record CimMachine(string Name, MachineLimits Limits)
{
    internal const int MostSpins = 8192;
    private const int MostBits = 16; // a QUBO's diagonal, 4 · spins · 2^(bits − 1), stays an int

    /// <summary>550 spins, signed 8-bit coefficients.</summary>
    public static CimMachine Cpqc550 { get; } = new("CPQC-550", MachineLimits.Cpqc550);

    /// <summary>1,000 spins, signed 8-bit coefficients.</summary>
    public static CimMachine Cpqc1000 { get; } = new("CPQC-1000", MachineLimits.Cpqc1000);

    /// <summary>Throws unless name and limits are in range.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or the name is empty or too long.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 64)
        {
            throw new ArgumentException("Expected a machine name of 1 to 64 characters.", nameof(Name));
        }

        ArgumentNullException.ThrowIfNull(Limits);
        if (Limits is not { Spins: >= 2 and <= MostSpins, Bits: >= 2 and <= MostBits })
        {
            throw new ArgumentException(
                $"Expected 2 to {MostSpins} spins and 2 to {MostBits} bits, got {Limits.Spins} and {Limits.Bits}.", nameof(Limits));
        }
    }
}
