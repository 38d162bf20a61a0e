namespace Qama.Generators.Energy;

/// <summary>What a sparsity constraint says about a head's sum S = Σ_i s[h,i].</summary>
internal enum SparsityBound
{
    /// <summary>S ≤ k.</summary>
    AtMost,

    /// <summary>S ≥ k.</summary>
    AtLeast,

    /// <summary>S = k.</summary>
    Exactly,
}
