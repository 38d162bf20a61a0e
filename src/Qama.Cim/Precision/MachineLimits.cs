namespace Qama.Cim.Precision;

/// <summary>What a machine can take.</summary>
/// <param name="Name">The machine's name as its interface spells it.</param>
/// <param name="Spins">Spins, the auxiliary one included; 2 to 32,768.</param>
/// <param name="Bits">Width of a signed integer coefficient, 2 to 24.</param>
public sealed record MachineLimits(string Name, int Spins, int Bits)
{
    /// <summary>550 spins, signed 8-bit coefficients.</summary>
    public static MachineLimits Cpqc550 { get; } = new("CPQC-550", 550, 8);

    /// <summary>1,000 spins, signed 8-bit coefficients.</summary>
    public static MachineLimits Cpqc1000 { get; } = new("CPQC-1000", 1000, 8);

    /// <summary>2^(Bits − 1) − 1: what the largest coefficient is scaled to.</summary>
    public int LargestMagnitude => (1 << (Bits - 1)) - 1;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">A number is out of range, or the name is empty.</exception>
    public void Check()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 64)
        {
            throw new ArgumentException("Expected a machine name of 1 to 64 characters.", nameof(Name));
        }

        if (Spins is < 2 or > 32_768)
        {
            throw new ArgumentException($"Expected 2 to 32,768 spins, got {Spins}.", nameof(Spins));
        }

        if (Bits is < 2 or > 24)
        {
            throw new ArgumentException($"Expected coefficients of 2 to 24 bits, got {Bits}.", nameof(Bits));
        }
    }
}
