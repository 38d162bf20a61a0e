namespace Qama.Generators.Tests.Language;

/// <summary>A bound on every head's sum of weights.</summary>
/// <param name="Kind">AtMost, AtLeast or Exactly.</param>
/// <param name="Count">k.</param>
/// <param name="Weight">The weight; NaN for a sufficient one.</param>
/// <param name="Unbalanced">Whether it is a soft penalty without slack.</param>
internal sealed record Bound(string Kind, double Count, double Weight, bool Unbalanced)
{
    /// <summary>How far a sum is from the bound; 0 where it is kept.</summary>
    public double Violation(double sum) => Kind switch
    {
        "AtMost" => Math.Max(0, sum - Count),
        "AtLeast" => Math.Max(0, Count - sum),
        _ => sum - Count,
    };

    /// <summary>The energy of a sum per unit of weight; of inequalities with the best slack.</summary>
    public double Penalty(double sum)
    {
        double g = Kind == "AtMost" ? Count - sum : sum - Count;
        return Unbalanced ? (-0.96 * g) + (0.037 * g * g) : Violation(sum) * Violation(sum);
    }
}
