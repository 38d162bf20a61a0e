using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Qama.Generators.Declarations;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>A penalty, and where its weight comes from.</summary>
/// <param name="Penalty">The penalty.</param>
/// <param name="Weight">Its final weight; null where it is computed for each problem.</param>
/// <param name="ComputedIndex">Its place among the computed weights, or −1.</param>
internal sealed record PlannedPenalty(Penalty Penalty, double? Weight, int ComputedIndex)
{
    /// <summary>The constraint, for penalties on a head's sum.</summary>
    public SparsityPart? Sparsity { get; init; }

    /// <summary>Its number among the penalties on a head's sum.</summary>
    public int SparsityIndex { get; init; }

    /// <summary>First slack bit, counted from the first variable.</summary>
    public long FirstSlack { get; init; }
}

/// <summary>Makes the penalties of a model: soft ones first, since the weights of hard ones must outdo them.</summary>
internal static class PenaltyPlanner
{
    public static (ImmutableArray<PlannedPenalty> Penalties, ImmutableArray<SufficientWeight> Computed) Plan(
        ModelSpecification model, ExpressionPool pool)
    {
        var penalties = ImmutableArray.CreateBuilder<PlannedPenalty>();
        var computed = ImmutableArray.CreateBuilder<SufficientWeight>();
        IReadOnlyDictionary<HardConstraint, SufficientWeight> bounds = ConstraintAnalysis.Bounds(model, pool);

        if (model.Selection.Curvature != 0)
        {
            penalties.Add(new PlannedPenalty(Penalty.Curvature(pool, model.Selection.Curvature), model.Selection.Curvature, -1));
        }

        if (model.HasExclusion())
        {
            double given = ModelPenalties.ExclusionWeight(model);
            (double? weight, int index) = model.Exclusion!.Hard ? Hard(ConstraintAnalysis.Exclusion(model), given) : (given, -1);
            penalties.Add(new PlannedPenalty(ModelPenalties.Exclusion(model, Weight(weight, "HeadExclusionWeight")), weight, index));
        }

        if (model.LongRange is not null)
        {
            penalties.Add(new PlannedPenalty(ModelPenalties.LongRange(model, pool), model.LongRange.Weight, -1));
        }

        long slack = model.Spins.Variables;
        for (int i = 0; i < model.Sparsity.Count; i++)
        {
            SparsityPart part = model.Sparsity[i];
            (double? weight, int index) = part.IsHard ? Hard(ConstraintAnalysis.Cardinality(part), part.Weight) : (part.Weight, -1);
            string name = "SparsityWeight" + (i == 0 ? "" : (i + 1).ToString(CultureInfo.InvariantCulture));
            penalties.Add(new PlannedPenalty(ModelPenalties.Sparsity(model, part, Weight(weight, name)), weight, index)
            {
                Sparsity = part,
                SparsityIndex = i,
                FirstSlack = slack,
            });
            slack += model.Spins.Slack[i];
        }

        return (penalties.ToImmutable(), computed.ToImmutable());

        // The written weight, else the proved one, else one to compute.
        (double? Weight, int Index) Hard(HardConstraint constraint, double given)
        {
            if (!double.IsNaN(given))
            {
                return (given, -1);
            }

            if (ConstraintAnalysis.Proved(model, bounds[constraint]) is { } proved)
            {
                return (SufficientWeight.Above(proved), -1);
            }

            computed.Add(bounds[constraint]);
            return (null, computed.Count - 1);
        }

        Expression Weight(double? weight, string name) =>
            weight is { } number ? pool.Constant(number) : pool.Symbol(Symbol.Weight(name));
    }
}
