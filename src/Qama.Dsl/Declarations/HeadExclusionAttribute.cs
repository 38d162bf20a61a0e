namespace Qama;

/// <summary>
/// Declares the penalty that keeps heads different: energy + Weight Σ_{a&lt;b} Σ_i s[a,i] s[b,i] over pairs of heads.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HeadExclusionAttribute : Attribute
{
    /// <summary>Weight of the penalty. Required; 0 beside a preset removes the preset's penalty.</summary>
    public double Weight { get; set; } = double.NaN;

    /// <summary>What the weight is multiplied by: None, MeanField or Pairs.</summary>
    public TermScale Scale { get; set; }
}
