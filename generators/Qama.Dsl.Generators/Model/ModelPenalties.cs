using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>Single penalties that a specification means, as definitions.</summary>
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
}
