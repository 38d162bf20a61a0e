using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>Whether a model's couplings can be kept as features of tokens, and whether they are.</summary>
internal static class FactoredCouplings
{
    /// <summary>From so many tokens on features are faster whatever their number: measured, a layer forward and backward with 30
    /// sweeps (docs/long-sequences.md).</summary>
    private const int Crossover = 256;

    /// <summary>A feature costs a layer what so many tokens cost it where couplings are written out: measured likewise, for 1 to 130.</summary>
    private const int TokensPerFeature = 4;

    /// <summary>The same where couplings are batch-normalised: Gram matrices of features are made in double.</summary>
    private const int TokensPerNormalizedFeature = 6;

    private static readonly ConditionalWeakTable<ModelSpecification, Decision> _decisions = new();

    /// <summary>Why a model's couplings must be written out, as the end of "because …"; null if they need not be.</summary>
    public static string? ObstacleOf(ModelSpecification model) => DecisionOf(model).Obstacle?.Reason;

    /// <summary>What makes a model write couplings out that has tokens enough for features; null where nothing does, where it is
    /// declared so, and where there are no couplings.</summary>
    public static FactoringObstacle? CostlyObstacleOf(ModelSpecification model) =>
        model.HasCoupling && !model.HasOwnProblems && model.Coupling.Form == CouplingForm.Auto && HasTokensEnough(model) ? DecisionOf(model).Obstacle : null;

    /// <summary>Features of a token and head; 0 where couplings must be written out.</summary>
    public static int RankOf(ModelSpecification model) =>
        DecisionOf(model) is { Obstacle: null } decision ? decision.Rank : 0;

    /// <summary>The products that J is a sum of, before it is made symmetric; of a model that factors.</summary>
    public static ImmutableArray<FeatureProduct> ProductsOf(ModelSpecification model, ExpressionPool pool) =>
        FeatureExpansion.Of(ModelTerms.Coupling(model, pool, asFeatures: true)).Products;

    /// <summary>Whether a model's couplings are kept as features.</summary>
    public static bool AreUsedBy(ModelSpecification model) => model.Coupling.Form switch
    {
        CouplingForm.Dense => false,
        CouplingForm.Factored => ObstacleOf(model) is null,
        _ => HasTokensEnough(model) && ObstacleOf(model) is null,
    };

    /// <summary>Whether annealing keeps features as bfloat16.</summary>
    public static bool AreCompactIn(ModelSpecification model) =>
        model.Coupling.Features == FeaturePrecision.BFloat16 && AreUsedBy(model) && CompactObstacleOf(model) is null;

    /// <summary>Why annealing keeps features of a model in single precision, whatever is declared; null if it need not. Only the chain of
    /// plain bits that all interact has others: the runtime's FactoredAnnealer chooses by the same.</summary>
    public static string? CompactObstacleOf(ModelSpecification model) => model switch
    {
        { Selection.Bits: > 1 } => "selection weights have several bits",
        { Sparsity.Count: > 0 } => "heads have bounds on their sums",
        { Exclusion.Hard: true } when model.HasExclusion() => "heads exclude each other by a hard constraint",
        { LongRange: not null } => "there is a long-range penalty",
        { Mask: { Pattern: MaskPattern.Window, Size: > 0 } mask } when mask.Size < model.Tokens - 1 => "pairs interact in a window only",
        { Mask: { Pattern: MaskPattern.Block, Size: > 0 } mask } when mask.Size < model.Tokens => "pairs interact in blocks only",
        _ => null,
    };

    /// <summary>The form and its reason, in words.</summary>
    public static string Describe(ModelSpecification model)
    {
        if (AreUsedBy(model))
        {
            return "factored";
        }

        string reason = model.Coupling.Form == CouplingForm.Dense ? "it is declared so"
            : ObstacleOf(model) ?? $"{model.Tokens} tokens are fewer than {FewestTokens(model)}";
        return "dense because " + reason;
    }

    // Most models have few tokens: nothing of them is expanded while their author types.
    private static bool HasTokensEnough(ModelSpecification model) => model.Tokens >= Crossover && model.Tokens >= FewestTokens(model);

    /// <summary>From so many tokens on a model that factors is faster on features.</summary>
    private static long FewestTokens(ModelSpecification model) => Math.Max(
        Crossover,
        DecisionOf(model).Rank * (model.Coupling.Normalize == Normalization.None ? TokensPerFeature : (long)TokensPerNormalizedFeature));

    private static Decision DecisionOf(ModelSpecification model) => _decisions.GetValue(model, Decide);

    private static Decision Decide(ModelSpecification model)
    {
        (ImmutableArray<FeatureProduct> products, FactoringObstacle? obstacle) = Expand(model);
        int rank = products.IsEmpty ? model.HeadDim : (int)Math.Min(int.MaxValue, products.Sum(p => (long)p.Rank));
        return new Decision(ObstacleOfStructure(model) ?? obstacle, rank);
    }

    private static (ImmutableArray<FeatureProduct> Products, FactoringObstacle? Obstacle) Expand(ModelSpecification model)
    {
        var pool = new ExpressionPool(model.HeadDim);
        if (model.Coupling.Similarity is < Similarity.ScaledDotProduct or > Similarity.None
            || FeatureExpansion.Of(Similarities.Define(model.Coupling.Similarity, pool, asFeatures: true)).Obstacle is not null)
        {
            return ([], new($"{model.Coupling.Similarity} does not factor", model.Coupling.Origin, "Similarity"));
        }

        if (model.TermsOf(TermKind.Coupling).Skip(FeatureExpansion.MostTerms).Any())
        {
            return ([], new($"there are more than {FeatureExpansion.MostTerms} coupling terms"));
        }

        foreach (DeclaredTerm term in model.TermsOf(TermKind.Coupling))
        {
            if (FeatureExpansion.Of(ModelTerms.Build(model, term, pool)).Obstacle is { } reason)
            {
                return ([], new($"the coupling term {term.Name} {reason}", term));
            }
        }

        (ImmutableArray<FeatureProduct> products, string? sum) =
            FeatureExpansion.Of(ModelTerms.Coupling(model, pool, asFeatures: true));
        return (products, sum is not null ? new FactoringObstacle($"the sum of its terms {sum}")
            : products.IsEmpty ? new FactoringObstacle("they are all 0") : null);
    }

    private static FactoringObstacle? ObstacleOfStructure(ModelSpecification model)
    {
        MaskPart mask = model.Mask;
        return model switch
        {
            { HasOwnProblems: true } => new("its problems are smaller than its sequence", model.Select.Origin, "Per"),
            { HasCoupling: false } => new("there are none"),
            { Coupling: { Symmetrise: false } or { KeepDiagonal: true } } => new("they keep their diagonal", model.Coupling.Origin),
            { LearnedCoupling: { } learned } => new("the learned coupling is of pairs", learned.Origin),
            _ when model.TermsOf(TermKind.Pair).FirstOrDefault() is { } term => new($"the pair term {term.Name} is of pairs", term),
            { Grid: not null, Mask.Pattern: MaskPattern.Window } => new("the window is one on a grid", mask.Origin, "Pattern"),
            { Grid: not null, LongRange: { } longRange } => new("the long-range penalty is by distances on a grid", longRange.Origin),
            { Coupling.Normalize: not Normalization.None, Mask.Pattern: MaskPattern.Window or MaskPattern.Block } =>
                new("they are batch-normalised over pairs that are not masked", mask.Origin, "Pattern"),
            _ => null,
        };
    }

    /// <param name="Obstacle">What makes couplings be written out.</param>
    /// <param name="Rank">Features of a token and head; where they cannot be told, those of a dot product.</param>
    private sealed record Decision(FactoringObstacle? Obstacle, int Rank);
}
