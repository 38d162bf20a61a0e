namespace Qama;

/// <summary>
/// Declares how much every head selects: a bound on Σ_i s[h,i]. Hard unless <see cref="SlackKind.Unbalanced"/>. May be
/// repeated: one attribute for each bound.
/// </summary>
/// <remarks>Bounds are multiples of the weight step 1/(2^Bits − 1), from 0 to Tokens.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class SparsityAttribute : Attribute
{
    /// <summary>Upper bound k: Σ_i s[h,i] ≤ k. Default: not given.</summary>
    public double AtMost { get; set; } = double.NaN;

    /// <summary>Lower bound k: Σ_i s[h,i] ≥ k. Default: not given.</summary>
    public double AtLeast { get; set; } = double.NaN;

    /// <summary>Exact value k: Σ_i s[h,i] = k. Default: not given.</summary>
    public double Exactly { get; set; } = double.NaN;

    /// <summary>Weight of the penalty, positive. Left out: a weight that is proved or computed to suffice. Required with
    /// <see cref="SlackKind.Unbalanced"/>.</summary>
    public double Weight { get; set; } = double.NaN;

    /// <summary>The quadratic form of an inequality. Default: binary slack variables.</summary>
    public SlackKind Slack { get; set; }
}
