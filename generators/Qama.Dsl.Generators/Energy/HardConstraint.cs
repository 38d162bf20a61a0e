using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>Something every optimum must fulfil; written into the energy as a penalty that is 0 exactly where it holds.</summary>
internal abstract record HardConstraint;

/// <summary>A bound on every head's sum S, a multiple of the weight step.</summary>
internal sealed record CardinalityConstraint(SparsityBound Bound, double Count) : HardConstraint
{
    /// <summary>Whether the empty selection violates it.</summary>
    public bool NeedsSelection => Bound != SparsityBound.AtMost && Count > 0;

    public bool Limits => Bound != SparsityBound.AtLeast;
}

/// <summary>No token is selected by two heads (or no bit of it).</summary>
internal sealed record ExclusionConstraint(ExclusionTarget Target) : HardConstraint;
