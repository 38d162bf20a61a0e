using System;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>
/// The shape of one problem of a layer whose selections are not one for a head: a model of its own, of the candidate tokens of the
/// problem. Its couplings and fields are whatever the layer makes them, all weights and penalties by position included; bounds on sums,
/// exclusion between heads and curvature are the layer's.
/// </summary>
internal static class ProblemShape
{
    public static ModelSpecification Of(ModelSpecification layer) => !layer.HasOwnProblems ? layer : new ModelSpecification(
        TypeOf(layer.Type), Preset.None, TokensOf(layer), layer.EmbeddingDim, layer.HeadCount, layer.HeadDim,
        new CouplingPart(Similarity.ScaledDotProduct, HasPairs(layer) ? 1 : 0) { Form = CouplingForm.Dense, Origin = layer.Coupling.Origin },
        new FieldPart(Importance.ValueProjection, 1, TermScale.None) { Origin = layer.Field.Origin },
        layer.Exclusion, ReadoutKind.LocalEnergy, layer.Inputs)
    {
        IsProblem = true,
        Selection = layer.Selection,
        Sparsity = SparsityOf(layer),
        ExclusionTokens = layer.Select is { Scope: SelectionScope.Causal, Memory: > 0 } ? layer.Select.Block : 0,
        Target = layer.Target,
    };

    /// <summary>The declared bounds; and no more tokens stay than a memory holds.</summary>
    private static EquatableArray<SparsityPart> SparsityOf(ModelSpecification layer) => layer.Select switch
    {
        { Scope: SelectionScope.Causal, Memory: > 0 and var memory } when !layer.Sparsity.Any(s => s.IsHard
            && s.Bound is ConstraintKind.AtMost or ConstraintKind.Exactly && s.Count <= memory) =>
            [.. layer.Sparsity, new SparsityPart(ConstraintKind.AtMost, memory, double.NaN, SlackKind.Binary)],
        _ => layer.Sparsity,
    };

    /// <summary>Candidate tokens of a problem.</summary>
    public static int TokensOf(ModelSpecification layer) => layer.Select switch
    {
        { Scope: SelectionScope.Query } => layer.Queries.Candidates,
        { Scope: SelectionScope.Causal } select => (int)Math.Min(int.MaxValue, (long)select.Block + select.Memory),
        _ => layer.Tokens,
    };

    /// <summary>Whether candidates have couplings with each other.</summary>
    public static bool HasPairs(ModelSpecification layer) =>
        layer.Select.Scope == SelectionScope.Causal || layer.LongRange is not null
        || (layer.LearnedCoupling is not null && layer.Coupling.Weight != 0) || layer.TermsOf(Terms.TermKind.Pair).Any();

    private static TypeIdentity TypeOf(TypeIdentity layer) => new(
        layer.Namespace, [.. layer.ContainingTypes, "partial class " + layer.Name], GeneratedNames.SelectionProblem,
        layer.FullName + "." + GeneratedNames.SelectionProblem);
}
