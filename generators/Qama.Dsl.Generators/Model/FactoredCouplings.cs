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

    /// <summary>A feature costs annealing what so many tokens cost it where couplings are written out.</summary>
    private const int TokensPerFeature = 4;

    private static readonly ConditionalWeakTable<ModelSpecification, Decision> _decisions = new();

    /// <summary>Why a model's couplings must be written out, as the end of "because …"; null if they need not be.</summary>
    public static string? ObstacleOf(ModelSpecification model) => DecisionOf(model).Obstacle;

    /// <summary>Features of a token and head; 0 where couplings must be written out.</summary>
    public static int RankOf(ModelSpecification model) => DecisionOf(model).Rank;

    /// <summary>The products that J is a sum of, before it is made symmetric; of a model that factors.</summary>
    public static ImmutableArray<FeatureProduct> ProductsOf(ModelSpecification model, ExpressionPool pool) =>
        FeatureExpansion.Of(ModelTerms.Coupling(model, pool, asFeatures: true)).Products;

    /// <summary>Whether a model's couplings are kept as features.</summary>
    public static bool AreUsedBy(ModelSpecification model) => model.Coupling.Form switch
    {
        CouplingForm.Dense => false,
        CouplingForm.Factored => ObstacleOf(model) is null,
        _ => ObstacleOf(model) is null && model.Tokens >= FewestTokens(model),
    };

    /// <summary>Whether annealing keeps features as bfloat16.</summary>
    public static bool AreCompactIn(ModelSpecification model) =>
        model.Coupling.Features == FeaturePrecision.BFloat16 && AreUsedBy(model);

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

    /// <summary>From so many tokens on a model that factors is faster on features.</summary>
    private static long FewestTokens(ModelSpecification model) => Math.Max(Crossover, (long)TokensPerFeature * RankOf(model));

    private static Decision DecisionOf(ModelSpecification model) => _decisions.GetValue(model, Decide);

    private static Decision Decide(ModelSpecification model)
    {
        if (ObstacleOfStructure(model) is { } obstacle)
        {
            return new Decision(obstacle, 0);
        }

        var pool = new ExpressionPool(model.HeadDim);
        if (FeatureExpansion.Of(Similarities.Define(model.Coupling.Similarity, pool, asFeatures: true)).Obstacle is not null)
        {
            return new Decision($"{model.Coupling.Similarity} does not factor", 0);
        }

        if (model.TermsOf(TermKind.Coupling).Skip(FeatureExpansion.MostTerms).Any())
        {
            return new Decision($"there are more than {FeatureExpansion.MostTerms} coupling terms", 0);
        }

        foreach (DeclaredTerm term in model.TermsOf(TermKind.Coupling))
        {
            if (FeatureExpansion.Of(ModelTerms.Build(model, term, pool)).Obstacle is { } reason)
            {
                return new Decision($"the coupling term {term.Name} {reason}", 0);
            }
        }

        (ImmutableArray<FeatureProduct> products, string? sum) = FeatureExpansion.Of(ModelTerms.Coupling(model, pool, asFeatures: true));
        return sum is not null ? new Decision($"the sum of its terms {sum}", 0)
            : products.IsEmpty ? new Decision("they are all 0", 0)
            : new Decision(null, (int)Math.Min(int.MaxValue, products.Sum(p => (long)p.Rank)));
    }

    private static string? ObstacleOfStructure(ModelSpecification model)
    {
        bool isMasked = model.Mask.Pattern is MaskPattern.Window or MaskPattern.Block;
        return model switch
        {
            { HasCoupling: false } => "there are none",
            { Coupling.Similarity: < Similarity.ScaledDotProduct or > Similarity.None } => $"{model.Coupling.Similarity} does not factor",
            { Coupling: { Symmetrise: false } or { KeepDiagonal: true } } => "they keep their diagonal",
            _ when model.TermsOf(TermKind.Pair).Any() => $"the pair term {model.TermsOf(TermKind.Pair).First().Name} is of pairs",
            { Grid: not null, Mask.Pattern: MaskPattern.Window } => "the window is one on a grid",
            { Grid: not null, LongRange: not null } => "the long-range penalty is by distances on a grid",
            { Coupling.Normalize: not Normalization.None } when isMasked => "they are batch-normalised over pairs that are not masked",
            _ => null,
        };
    }

    private sealed record Decision(string? Obstacle, int Rank);
}
