namespace Qama;

/// <summary>
/// Declares a preference for distant pairs: energy + Weight Σ_h Σ_{i&lt;j, d&lt;MinDistance} κ(d) s[h,i] s[h,j], or
/// − Weight Σ_h Σ_{i&lt;j, d≥MinDistance} κ(d) s[h,i] s[h,j], with d = d(i, j) on the line or the <see cref="GridAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LongRangeAttribute : Attribute
{
    /// <summary>Distance from which a pair counts as far. Required; 2 or more to penalise near pairs, at most the largest
    /// distance to reward far ones.</summary>
    public int MinDistance { get; set; }

    /// <summary>Weight of the term, positive. Required.</summary>
    public double Weight { get; set; } = double.NaN;

    /// <summary>Whether near pairs pay (default) or far pairs are rewarded.</summary>
    public LongRangeForm Form { get; set; }

    /// <summary>The dependence of κ on the distance. Default: constant.</summary>
    public Decay Decay { get; set; }
}
