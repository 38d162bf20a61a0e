namespace Qama.Ising.Precision;

/// <summary>What is done to a problem before its coefficients are rounded. All of it is exact: the optimum stays.</summary>
public sealed record PrecisionOptions
{
    /// <summary>Only scaling and rounding.</summary>
    public static PrecisionOptions Plain { get; } = new()
    {
        FixVariables = false, MaxFieldSpins = 1, ScaleComponents = false,
    };

    /// <summary>Decide the variables whose field dominates all their couplings, and remove them. Default true.</summary>
    public bool FixVariables { get; init; } = true;

    /// <summary>Most spins that may share a problem's fields, the auxiliary one included; 1 does not split. Default 16.</summary>
    /// <remarks>More are used only where fields exceed couplings, and only while the machine has spins left.</remarks>
    public int MaxFieldSpins { get; init; } = 16;

    /// <summary>Scale parts of a problem that do not interact by themselves. Default true.</summary>
    public bool ScaleComponents { get; init; } = true;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public void Check()
    {
        if (MaxFieldSpins is < 1 or > 256)
        {
            throw new ArgumentException($"Expected 1 to 256 field spins, got {MaxFieldSpins}.", nameof(MaxFieldSpins));
        }
    }
}
