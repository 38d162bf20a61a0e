namespace Qama;

/// <summary>
/// Declares the coupling: energy − Weight Σ_h Σ_{i≠j} J[h,i,j] s[h,i] s[h,j], with J the symmetrised similarity and
/// both orders of a pair counted.
/// </summary>
/// <param name="similarity">The definition of J.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CouplingAttribute(Similarity similarity) : Attribute
{
    /// <summary>The definition of J.</summary>
    public Similarity Similarity { get; } = similarity;

    /// <summary>Weight w_J in the solver's energy, positive. Default 1; 0 beside a preset removes the coupling.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>The normalisation of J after symmetrisation, over its off-diagonal, unmasked, unpadded entries. Default: none.</summary>
    public Normalization Normalize { get; set; }

    /// <summary>The form in which couplings are kept: written out, or as features of query and key. Default: whichever is faster.</summary>
    public CouplingForm Form { get; set; }

    /// <summary>What annealing keeps of features, where couplings are kept as such. Default: single precision.</summary>
    public FeaturePrecision Features { get; set; }
}
