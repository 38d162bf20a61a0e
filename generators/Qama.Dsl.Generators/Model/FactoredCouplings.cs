using System.Linq;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>Whether a model's couplings can be kept as features of query and key, and whether they are.</summary>
internal static class FactoredCouplings
{
    /// <summary>From so many tokens on features are faster, whatever the width of a head: measured, a layer forward and backward with 30
    /// sweeps (docs/performance.md).</summary>
    public const int Crossover = 256;

    /// <summary>Why a model's couplings must be written out, as the end of "because …"; null if they need not be.</summary>
    public static string? ObstacleOf(ModelSpecification model) => model switch
    {
        { HasCoupling: false } => "there are none",
        { Coupling.Similarity: not Similarity.ScaledDotProduct } => $"{Name(model.Coupling.Similarity)} does not factor",
        _ when model.TermsOf(TermKind.Coupling).Any() => "coupling terms do not factor",
        { Coupling: { Symmetrise: false } or { KeepDiagonal: true } } => "they keep their diagonal",
        { Coupling.Normalize: not Normalization.None } => "they are batch-normalised",
        { Selection.Bits: > 1 } => "weights have several bits",
        { Exclusion.Hard: true } => "head exclusion is a hard constraint",
        { Sparsity.Count: > 0 } => "heads have bounds",
        { LongRange: not null } => "the long-range penalty is of pairs",
        _ when model.TermsOf(TermKind.Pair).Any() => "pair terms are of pairs",
        { Mask.Pattern: MaskPattern.Window or MaskPattern.Block } => "some pairs are masked",
        { Readout: not ReadoutKind.LocalEnergy } => $"ReadoutKind.{model.Readout} reads single couplings or several states",
        _ => null,
    };

    /// <summary>Whether a model's couplings are kept as features.</summary>
    public static bool AreUsedBy(ModelSpecification model) => model.Coupling.Form switch
    {
        CouplingForm.Dense => false,
        CouplingForm.Factored => ObstacleOf(model) is null,
        _ => model.Tokens >= Crossover && ObstacleOf(model) is null,
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

        string reason = ObstacleOf(model)
            ?? (model.Coupling.Form == CouplingForm.Dense ? "it is declared so" : $"{model.Tokens} tokens are fewer than {Crossover}");
        return "dense because " + reason;
    }

    private static string Name(Similarity similarity) =>
        similarity == Similarity.None ? "a sum of coupling terms" : similarity.ToString();
}
