namespace Qama;

/// <summary>
/// Declares the penalty that keeps heads different: energy + Weight Σ_{a&lt;b} Σ_i s[a,i] s[b,i] over pairs of heads.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HeadExclusionAttribute : Attribute
{
    /// <summary>Weight of the penalty, positive. Required unless <see cref="Hard"/>, where leaving it out takes a weight that
    /// is proved or computed to suffice; 0 beside a preset removes the preset's penalty.</summary>
    public double Weight { get; set; } = double.NaN;

    /// <summary>What the weight is multiplied by: None (default), MeanField or Pairs.</summary>
    public TermScale Scale { get; set; }

    /// <summary>What is multiplied: selection weights (default) or bits of equal rank.</summary>
    public ExclusionTarget On { get; set; }

    /// <summary>Whether no two heads may share a token in any optimum. Default false: sharing costs, but may happen.</summary>
    public bool Hard { get; set; }
}
