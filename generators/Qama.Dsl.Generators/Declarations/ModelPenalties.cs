using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Declarations;

/// <summary>The penalties that a specification means, as expressions.</summary>
internal static class ModelPenalties
{
    /// <summary>Whether heads exclude each other.</summary>
    public static bool HasExclusion(this ModelSpecification model) => model is { Exclusion: not null, HeadCount: > 1 };

    /// <summary>What exclusion counts; of single bits weights and bits are the same.</summary>
    public static ExclusionTarget ExclusionTargetOf(ModelSpecification model) =>
        model.Selection.Bits == 1 ? ExclusionTarget.Weights : model.Exclusion!.On;

    /// <summary>The written weight of exclusion, scale included; NaN where none was written.</summary>
    public static double ExclusionWeight(ModelSpecification model) =>
        model.Exclusion!.Weight * Penalty.ExclusionFactor(model.Exclusion.Scale, model.HeadCount, model.Tokens);

    public static Penalty Exclusion(ModelSpecification model, Expression weight) =>
        Penalty.HeadExclusion(weight.Pool, weight, ExclusionTargetOf(model));

    public static Penalty LongRange(ModelSpecification model, ExpressionPool pool)
    {
        LongRangePart part = model.LongRange!;
        return Penalty.LongRange(pool, part.Weight, part.Form, part.Decay, part.MinDistance, model.Geometry.LargestDistance);
    }

    public static Penalty Sparsity(ModelSpecification model, SparsityPart part, Expression weight) => Penalty.Sparsity(
        weight.Pool, weight, part.Bound, part.Count, part.Slack,
        SlackEncoding.For(part.Bound, part.Count, part.Slack, model.Tokens, model.Selection.Bits));

    /// <summary>The penalties whose weights are written.</summary>
    public static IEnumerable<Penalty> Soft(ModelSpecification model, ExpressionPool pool)
    {
        if (model.Selection.Curvature != 0)
        {
            yield return Penalty.Curvature(pool, model.Selection.Curvature);
        }

        if (model.HasExclusion() && !model.Exclusion!.Hard)
        {
            yield return Exclusion(model, pool.Constant(ExclusionWeight(model)));
        }

        if (model.LongRange is not null)
        {
            yield return LongRange(model, pool);
        }

        foreach (SparsityPart part in model.Sparsity.Where(p => !p.IsHard))
        {
            yield return Sparsity(model, part, pool.Constant(part.Weight));
        }
    }
}
