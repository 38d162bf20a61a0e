using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Declarations;

/// <summary>The hard constraints of a model and the weights that suffice for them: for validation and lowering alike.</summary>
internal static class ConstraintAnalysis
{
    /// <summary>A bound for every hard constraint.</summary>
    public static IReadOnlyDictionary<HardConstraint, SufficientWeight> Bounds(ModelSpecification model, ExpressionPool pool)
    {
        HardConstraint[] constraints = [.. Constraints(model)];
        return PenaltyBounds.Of(Objective(model, pool), constraints).ToDictionary(b => b.Constraint);
    }

    /// <summary>The bound that holds for every problem of the model; null where there is none.</summary>
    public static double? Proved(ModelSpecification model, SufficientWeight bound) => bound.Proved(
        model.HasCoupling ? CoefficientBounds.Coupling(model.Coupling.Similarity, model.Coupling.Normalize, model.HeadDim) : Interval.Point(0),
        CoefficientBounds.Field(model.Field.Importance, model.Field.Normalize, model.HeadDim));

    /// <summary>All distinct hard constraints.</summary>
    public static IEnumerable<HardConstraint> Constraints(ModelSpecification model)
    {
        IEnumerable<HardConstraint> sums = model.Sparsity.Where(p => p.IsHard).Select(Cardinality);
        return (model.HasExclusion() && model.Exclusion!.Hard ? sums.Append(Exclusion(model)) : sums).Distinct();
    }

    public static HardConstraint Cardinality(SparsityPart part) => new CardinalityConstraint(part.Bound, part.Count);

    public static HardConstraint Exclusion(ModelSpecification model) =>
        new ExclusionConstraint(ModelPenalties.ExclusionTargetOf(model));

    /// <summary>The energy besides the hard constraints' penalties.</summary>
    private static SelectionObjective Objective(ModelSpecification model, ExpressionPool pool) => new(
        model.HeadCount, model.Selection.Bits, model.Geometry, model.Coupling.Weight, model.Coupling.KeepDiagonal,
        model.HasField ? model.Field.FinalWeight(model.Tokens) : 0, [.. ModelPenalties.Soft(model, pool)]);
}
