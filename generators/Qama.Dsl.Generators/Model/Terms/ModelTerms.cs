using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model.Terms;

/// <summary>A learnable of a user term.</summary>
/// <param name="Symbol">Its name in formulas.</param>
/// <param name="Name">Its name among the layer's parameters: method and parameter.</param>
/// <param name="IsVector">Whether it has HeadDim numbers, else one.</param>
/// <param name="PerHead">Whether every head has its own.</param>
/// <param name="Initial">First value of every number; NaN draws from the standard normal distribution.</param>
internal sealed record TermLearnable(Symbol Symbol, string Name, bool IsVector, bool PerHead, double Initial);

/// <summary>The user terms of a model as expressions.</summary>
internal static class ModelTerms
{
    /// <summary>Positions of the model's tokens.</summary>
    public static Positions PositionsOf(ModelSpecification model) => new(model.Geometry, model.HeadCount);

    /// <summary>J[i,j] before symmetrisation: the similarity, the coupling terms and what is learned.</summary>
    /// <param name="model">The model.</param>
    /// <param name="e">Where expressions are made.</param>
    /// <param name="asFeatures">Whether it is to be a sum of products of features.</param>
    public static Expression Coupling(ModelSpecification model, ExpressionPool e, bool asFeatures = false)
    {
        if (!model.HasCoupling)
        {
            return e.Zero;
        }

        Expression ofData = Sum(model, TermKind.Coupling, Similarities.Define(model.Coupling.Similarity, e, asFeatures));
        return model.LearnedCoupling is { } learned && model.Select.Scope != SelectionScope.Query ? ofData + learned.Weight * e.Symbol(Symbol.LearnedCoupling) : ofData;
    }

    /// <summary>f[i]: the importance and the field terms.</summary>
    public static Expression Field(ModelSpecification model, ExpressionPool e) =>
        Sum(model, TermKind.Field, Importances.Define(model.Field.Importance, e));

    /// <summary>The penalties that are user terms, final weight included, in source order.</summary>
    public static IEnumerable<(Penalty Penalty, double Weight)> Penalties(ModelSpecification model, ExpressionPool e)
    {
        foreach (DeclaredTerm term in model.Terms.Where(t => t.Kind is TermKind.Pair or TermKind.Token))
        {
            Expression energy = term.Weight * Build(model, term, e) * e.Symbol(Symbol.Selection);
            yield return (term.Kind == TermKind.Pair
                ? new Penalty(term.Name, PenaltyDomain.TokenPairs, energy * e.Symbol(Symbol.OtherSelection))
                : new Penalty(term.Name, PenaltyDomain.TokenFields, energy), term.Weight);
        }
    }

    /// <summary>y[i] of a token by the readout terms: a number times the learned vector, a vector as it is.</summary>
    public static Expression Readout(ModelSpecification model, ExpressionPool e) => model.TermsOf(TermKind.Readout).Aggregate(
        e.Zero, (sum, term) => sum + term.Weight * (term.ReturnsVector
            ? Build(model, term, e) : Build(model, term, e) * e.Symbol(Importances.EnergyToValue)));

    /// <summary>The learnables of all coupling, field and readout terms, in source order.</summary>
    public static ImmutableArray<TermLearnable> Learnables(ModelSpecification model)
    {
        HashSet<string> shared = SharedNames(model);
        return
        [
            .. model.Terms.Where(t => t.Kind is not (TermKind.Pair or TermKind.Token))
                .SelectMany(t => t.Parameters.Where(p => p.IsLearnable).Select(p => Learnable(t, p, shared))),
        ];
    }

    /// <summary>The value of one term.</summary>
    public static Expression Build(ModelSpecification model, DeclaredTerm term, ExpressionPool e) =>
        term.Code.Build(e, Inputs(model, term, e));

    /// <summary>What the inputs of a term's code stand for.</summary>
    public static Expression[] Inputs(ModelSpecification model, DeclaredTerm term, ExpressionPool e)
    {
        Positions positions = PositionsOf(model);
        HashSet<string> shared = SharedNames(model);
        return [.. term.Inputs.Select(input => input.Source switch
        {
            TermSource.Query => e.Symbol(term.Kind == TermKind.Readout ? Symbol.OwnQuery : Symbol.Query),
            TermSource.Selected => e.Symbol(Symbol.OwnSelection),
            TermSource.Energy => e.Symbol(Symbol.LocalEnergy),
            TermSource.Key => e.Symbol(Symbol.Key),
            TermSource.Value => e.Symbol(Symbol.Value),
            TermSource.First => e.Symbol(Symbol.First),
            TermSource.Second => e.Symbol(Symbol.Second),
            TermSource.Distance => e.Symbol(Symbol.Distance),
            TermSource.RowDifference => positions.RowDifference(e),
            TermSource.ColumnDifference => positions.ColumnDifference(e),
            TermSource.Index => e.Symbol(Symbol.Index),
            TermSource.GridRow => positions.Row(e),
            TermSource.GridColumn => positions.Column(e),
            TermSource.Head => e.Symbol(Symbol.Head),

            // A penalty has no gradient: its learnables stay what they are at first.
            TermSource.Learnable when term.Kind is TermKind.Pair or TermKind.Token =>
                e.Constant(term.Parameters[input.Parameter].Initial),
            TermSource.Learnable => e.Symbol(Learnable(term, term.Parameters[input.Parameter], shared).Symbol),
            _ => throw new InvalidOperationException($"Unknown source {input.Source}."),
        })];
    }

    /// <summary>A learnable's name among the layer's parameters.</summary>
    public static string NameOf(DeclaredTerm term, TermParameter parameter) =>
        term.Name + "." + DeclaredAttribute.Capitalised(parameter.Name);

    /// <summary>Names that several learnables have.</summary>
    private static HashSet<string> SharedNames(ModelSpecification model) =>
    [
        .. model.Terms.SelectMany(t => t.Parameters).Where(p => p.IsLearnable)
            .GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => g.Key),
    ];

    private static TermLearnable Learnable(DeclaredTerm term, TermParameter parameter, HashSet<string> shared)
    {
        // The parameter's own name where no other term and no importance has one of that name.
        bool unique = !shared.Contains(parameter.Name) && parameter.Name != Importances.EnergyToValue.Name;
        bool vector = parameter.Kind == TermParameterKind.LearnableVector;
        return new TermLearnable(
            new Symbol(unique ? parameter.Name : term.Name + "." + parameter.Name, SymbolRole.Learnable, vector, Tokens.None),
            NameOf(term, parameter), vector, parameter.PerHead, parameter.Initial);
    }

    private static Expression Sum(ModelSpecification model, TermKind kind, Expression first) =>
        model.TermsOf(kind).Aggregate(first, (sum, term) => sum + term.Weight * Build(model, term, sum.Pool));
}
