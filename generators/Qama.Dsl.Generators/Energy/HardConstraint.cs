using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>Something every optimum must fulfil; written into the energy as a penalty that is 0 exactly where it holds.</summary>
/// <param name="Kind">What it demands.</param>
/// <param name="Count">The bound of every head's sum, a multiple of the weight step; 0 for exclusion.</param>
internal sealed record HardConstraint(ConstraintKind Kind, double Count = 0)
{
    /// <summary>Whether heads exclude each other.</summary>
    public bool IsExclusion => Kind is ConstraintKind.ExclusiveTokens or ConstraintKind.ExclusiveBits;

    /// <summary>Whether the empty selection violates it.</summary>
    public bool NeedsSelection => Kind is ConstraintKind.AtLeast or ConstraintKind.Exactly && Count > 0;

    /// <summary>Whether the full selection may violate it.</summary>
    public bool Limits => Kind is ConstraintKind.AtMost or ConstraintKind.Exactly;

    public static HardConstraint Exclusion(ExclusionTarget target) =>
        new(target == ExclusionTarget.Bits ? ConstraintKind.ExclusiveBits : ConstraintKind.ExclusiveTokens);
}
