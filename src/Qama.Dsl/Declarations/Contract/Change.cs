// Compiled twice: into the runtime and into the generator.
#if QAMA_GENERATOR
namespace Qama.Generators.Contract;

using System;
#else
namespace Qama.Contract;
#endif

/// <summary>A kind of change of a selection that takes part in repairing a violated constraint.</summary>
public enum ChangeKind
{
    /// <summary>One weight of one head is lowered.</summary>
    Lower = 0,

    /// <summary>One weight of one head is raised.</summary>
    Raise = 1,

    /// <summary>The whole selection is replaced by one that fulfils all constraints.</summary>
    Replace = 2,
}

/// <summary>
/// A change of a selection, and the most that the energy besides hard penalties rises by it: Constant + Step·slope,
/// where slope is
/// <list type="bullet">
/// <item>Lower: w_J min(Σ_j a⁺[i,j], Mass·max_j a⁺[i,j]) + (2 − Step) w_J J⁺[i,i] + w_f f⁺[i], of a token i;</item>
/// <item>Raise: that with negative parts, a⁻ = max(0, −a);</item>
/// <item>Replace: Σ_h (w_J Σ_{i&lt;j} |a[i,j]| + w_J Σ_i |J[i,i]| + w_f Σ_i |f[i]|);</item>
/// </list>
/// with a[i,j] = J[i,j] + J[j,i] over interacting pairs i ≠ j, and J[i,i] only where the model keeps the diagonal. The
/// largest slope of all heads and tokens suffices; <see cref="Choices"/> makes it sharper. Derivation:
/// docs/mathematics.md, "Penalty weights".
/// </summary>
/// <param name="Kind">What is changed.</param>
/// <param name="Step">By how much a weight changes; 1 for Replace.</param>
/// <param name="Mass">The largest sum of the other weights of the head.</param>
/// <param name="Constant">The part of the soft penalties.</param>
/// <param name="Choices">The change can choose among this many tokens of the head at least, so the head's Choices-th
/// largest slope suffices; where a sample has n &lt; N tokens, Raise has N − n choices fewer. A head with fewer tokens
/// than choices cannot violate the constraint.</param>
public readonly record struct Change(ChangeKind Kind, double Step, double Mass, double Constant, int Choices)
{
    /// <summary>The most that a coefficient between two numbers resists the change: what it may lose of a
    /// reward.</summary>
    internal double Resistance(double low, double high) => Kind switch
    {
        ChangeKind.Lower => Math.Max(0, high),
        ChangeKind.Raise => Math.Max(0, -low),
        _ => Math.Max(Math.Abs(low), Math.Abs(high)),
    };
}

/// <summary>How far the weight of a constraint's penalty stays from what is proved to suffice.</summary>
internal static class PenaltyMargin
{
    private const double Relative = 1.0 / 1024; // beyond the rounding of float32 sums

    /// <summary>A weight strictly above a bound; 1 where any positive weight suffices.</summary>
    public static double Above(double bound) => bound > 0 ? bound * (1 + Relative) : 1;
}
