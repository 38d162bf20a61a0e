namespace Qama;

/// <summary>Declares the field: energy − Weight Σ_h Σ_i f[h,i] s[h,i].</summary>
/// <param name="importance">The definition of f.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FieldAttribute(Importance importance) : Attribute
{
    /// <summary>The definition of f.</summary>
    public Importance Importance { get; } = importance;

    /// <summary>Weight w_f in the solver's energy, positive. Default 1; 0 beside a preset removes the field.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>What the weight is multiplied by: <see cref="TermScale.None"/> (default) or <see cref="TermScale.Tokens"/>.</summary>
    public TermScale Scale { get; set; }

    /// <summary>The normalisation of f, over unpadded tokens. Default: none.</summary>
    public Normalization Normalize { get; set; }
}
