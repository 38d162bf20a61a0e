using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>A hard constraint of a model and the weight of its penalty.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="Index">Which sparsity part it is, in order; −1 for head exclusion.</param>
/// <param name="Origin">Where it was declared.</param>
/// <param name="Declared">The final weight that was declared, scale included; NaN where it was left out.</param>
/// <param name="Sufficient">What suffices.</param>
/// <param name="Proved">The bound that a weight must exceed, proved for every problem of the model; null where the
/// coefficients are unbounded, so that it is computed for each problem.</param>
internal sealed record ModelConstraint(
    HardConstraint Constraint, int Index, PartOrigin Origin, double Declared, SufficientWeight Sufficient, double? Proved)
{
    /// <summary>The weight in the energy: the declared one, else one just above the proved bound; null where it is computed
    /// for each problem.</summary>
    public double? Weight => !double.IsNaN(Declared) ? Declared
        : Proved is { } bound ? PenaltyMargin.Above(bound)
        : null;

    /// <summary>Stands for the weight where it is computed for each problem.</summary>
    public Symbol WeightSymbol => Symbol.Weight(Index < 0 ? "exclusionWeight" : "sparsityWeight" + Index);
}

/// <summary>A penalty of a model.</summary>
/// <param name="Penalty">Its definition, final weight included: a constant, or a symbol where it is computed for each problem.</param>
/// <param name="Index">Which sparsity part it is, in order; −1 for other penalties.</param>
/// <param name="Weight">The final weight; null where it is computed for each problem.</param>
/// <param name="Constraint">The hard constraint it stands for, or null.</param>
internal sealed record ModelPenalty(Penalty Penalty, int Index, double? Weight, ModelConstraint? Constraint = null);

/// <summary>The penalties of a model as definitions, and what its hard constraints need.</summary>
internal static class ModelConstraints
{
    /// <summary>Every penalty of the energy: soft ones, head exclusion if hard, then sparsity in order. Empty for a model out
    /// of range.</summary>
    public static ImmutableArray<ModelPenalty> Penalties(ModelSpecification model, ExpressionPool e)
    {
        if (!IsInRange(model))
        {
            return [];
        }

        Dictionary<int, ModelConstraint> constraints = Of(model).ToDictionary(c => c.Index);
        var penalties = ImmutableArray.CreateBuilder<ModelPenalty>();
        penalties.AddRange(SoftTerms(model, e));
        if (constraints.TryGetValue(-1, out ModelConstraint? exclusion))
        {
            penalties.Add(new ModelPenalty(ModelPenalties.Exclusion(model, Weight(exclusion)), -1, exclusion.Weight, exclusion));
        }

        for (int i = 0; i < model.Sparsity.Count; i++)
        {
            SparsityPart part = model.Sparsity[i];
            penalties.Add(constraints.TryGetValue(i, out ModelConstraint? hard)
                ? new ModelPenalty(ModelPenalties.Sparsity(model, part, Weight(hard)), i, hard.Weight, hard)
                : new ModelPenalty(ModelPenalties.Sparsity(model, part, e.Constant(part.Weight)), i, part.Weight));
        }

        return penalties.ToImmutable();

        Expression Weight(ModelConstraint constraint) =>
            constraint.Weight is { } known ? e.Constant(known) : e.Symbol(constraint.WeightSymbol);
    }

    /// <summary>The hard constraints: head exclusion first, then sparsity in order. Empty for a model out of range.</summary>
    public static ImmutableArray<ModelConstraint> Of(ModelSpecification model)
    {
        if (!IsInRange(model))
        {
            return [];
        }

        var parts = new List<(HardConstraint Constraint, int Index, PartOrigin Origin, double Declared)>();
        if (model.HasExclusion() && model.Exclusion!.Hard)
        {
            parts.Add((
                HardConstraint.Exclusion(ModelPenalties.ExclusionTargetOf(model)), -1, model.Exclusion.Origin,
                ModelPenalties.ExclusionWeight(model)));
        }

        for (int i = 0; i < model.Sparsity.Count; i++)
        {
            SparsityPart part = model.Sparsity[i];
            if (part.IsHard)
            {
                parts.Add((new HardConstraint(part.Bound, part.Count), i, part.Origin, part.Weight));
            }
        }

        if (parts.Count == 0)
        {
            return [];
        }

        Interval coupling = ModelBounds.Coupling(model);
        Interval field = ModelBounds.Field(model);
        ImmutableArray<SufficientWeight> bounds = PenaltyBounds.Of(Objective(model), [.. parts.Select(p => p.Constraint)]);
        return [.. parts.Zip(bounds, (part, bound) => new ModelConstraint(
            part.Constraint, part.Index, part.Origin, part.Declared, bound, bound.Proved(coupling, field)))];
    }

    /// <summary>The energy without the penalties of hard constraints.</summary>
    public static SelectionObjective Objective(ModelSpecification model) => new(
        model.HeadCount, model.Selection.Bits, model.Geometry, model.HasCoupling ? model.Coupling.Weight : 0, model.Coupling.KeepDiagonal,
        model.HasField ? model.Field.FinalWeight(model.Tokens) : 0,
        [.. Soft(model, new ExpressionPool(Math.Max(1, model.HeadDim)))]);

    /// <summary>The penalties whose weights were chosen, without those on a head's sum.</summary>
    private static IEnumerable<ModelPenalty> SoftTerms(ModelSpecification model, ExpressionPool e)
    {
        if (model.Selection.Curvature != 0)
        {
            yield return new ModelPenalty(Penalty.Curvature(e, model.Selection.Curvature), -1, model.Selection.Curvature);
        }

        if (model.HasExclusion() && !model.Exclusion!.Hard)
        {
            double weight = ModelPenalties.ExclusionWeight(model);
            yield return new ModelPenalty(ModelPenalties.Exclusion(model, e.Constant(weight)), -1, weight);
        }

        if (model.LongRange is { } range)
        {
            yield return new ModelPenalty(ModelPenalties.LongRange(model, e), -1, range.Weight);
        }

        foreach ((Penalty penalty, double weight) in ModelTerms.Penalties(model, e))
        {
            yield return new ModelPenalty(penalty, -1, weight);
        }
    }

    private static IEnumerable<Penalty> Soft(ModelSpecification model, ExpressionPool e) =>
        SoftTerms(model, e).Select(t => t.Penalty).Concat(
            model.Sparsity.Where(p => !p.IsHard).Select(p => ModelPenalties.Sparsity(model, p, e.Constant(p.Weight))));

    /// <summary>Whether the numbers make sense together: validation speaks about those that do not.</summary>
    private static bool IsInRange(ModelSpecification model) =>
        model is { Tokens: >= 1 and <= 1 << 20, HeadCount: >= 1 and <= 1 << 16, HeadDim: >= 1, Selection.Bits: >= 1 and <= 16 }
        && model.Grid is not ({ Rows: < 1 } or { Columns: < 1 })
        && model.Exclusion is not { Scale: not (TermScale.None or TermScale.MeanField or TermScale.Pairs) }
        && model.LongRange is not { MinDistance: < 1 }
        && AreDefined(model.Coupling.Similarity, model.Field.Importance, model.Mask.Pattern)
        && (model.Exclusion is null || AreDefined(model.Exclusion.On))
        && (model.LongRange is null || AreDefined(model.LongRange.Form, model.LongRange.Decay))
        && model.Sparsity.All(s => AreDefined(s.Slack) && !double.IsNaN(s.Count))
        && model.LearnedCoupling is not { Weight: double.NaN }
        && model.Terms.All(t => !double.IsNaN(t.Weight));

    private static bool AreDefined(params Enum[] words) => words.All(w => Enum.IsDefined(w.GetType(), w));
}
