using System.Globalization;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>One penalty's part of the code that handles energies.</summary>
internal abstract class TermWriter(PlannedPenalty planned)
{
    protected PlannedPenalty Planned { get; } = planned;

    /// <summary>The word it was declared with.</summary>
    public string Name => Planned.Penalty.Name;

    /// <summary>Its energy as mathematics.</summary>
    public abstract string Formula { get; }

    /// <summary>Name of the constant that holds its final weight; see <see cref="Weight"/>.</summary>
    public virtual string WeightName => Name + "Weight";

    /// <summary>Its final weight; null where it is computed for each problem.</summary>
    public double? Weight => Planned.Weight;

    /// <summary>Its weight in code that has <c>penaltyWeights</c> at hand.</summary>
    public string WeightText => Weight is null
        ? "penaltyWeights[" + Planned.ComputedIndex.ToString(CultureInfo.InvariantCulture) + "]"
        : WeightName;

    /// <summary>Members that the other methods use.</summary>
    public virtual void WriteMembers(SourceWriter writer)
    {
    }

    /// <summary>Adds it to <c>weights</c>, a form over selection weights.</summary>
    public abstract void WriteAssembly(SourceWriter writer);

    /// <summary>Adds it to <c>energy</c>, for a <c>state</c>.</summary>
    public abstract void WriteEnergy(SourceWriter writer);

    /// <summary>Adds ∂E/∂s to the row <c>slope</c> of head <c>h</c>, given its <c>selection</c> and the sums over heads of all bits,
    /// <c>columns</c>.</summary>
    public abstract void WriteSlope(SourceWriter writer);

    /// <summary>Adds ∂E/∂x to the row <c>bits</c> of head <c>h</c>, where the term is one of bits.</summary>
    public virtual void WriteBitSlope(SourceWriter writer)
    {
    }
}
