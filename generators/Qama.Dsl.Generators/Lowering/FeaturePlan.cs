using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>A feature of a token, or a vector of HeadDim of them.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="Value">Its definition in terms of the token's query or key.</param>
/// <param name="First">Its first row among the features of its side.</param>
internal sealed record Feature(Symbol Symbol, Expression Value, int First);

/// <summary>How couplings are kept as features of tokens: J[i,j] = Σ_r A[r,i] B[r,j] before it is made symmetric.</summary>
internal sealed class FeaturePlan
{
    private FeaturePlan(int rank, double? factorOfInputs, PositionTables couplings)
    {
        Rank = rank;
        FactorOfInputs = factorOfInputs;
        Couplings = couplings;
    }

    /// <summary>Features of a token and head.</summary>
    public int Rank { get; }

    /// <summary>c where J[i,j] = c q_i·k_j and features are query and key themselves; null where they are computed.</summary>
    public double? FactorOfInputs { get; }

    /// <summary>c of J[i,j] = c Σ_r A[r,i] B[r,j].</summary>
    public double Factor => FactorOfInputs ?? 1;

    /// <summary>Whether features are computed.</summary>
    public bool AreComputed => FactorOfInputs is null;

    /// <summary>J as the sum of products of features; all tables are of single tokens.</summary>
    public PositionTables Couplings { get; }

    /// <summary>A and B, in order; empty where nothing is computed.</summary>
    public ImmutableArray<Feature> Rows { get; private init; } = [];

    public ImmutableArray<Feature> Columns { get; private init; } = [];

    /// <summary>Compute A from the query, and B from the key.</summary>
    public LaneProgram? RowProgram { get; private init; }

    public LaneProgram? ColumnProgram { get; private init; }

    /// <summary>From the gradients of A to those of query and learnables, and from those of B; null where nothing depends on them.</summary>
    public LaneProgram? RowGradient { get; private init; }

    public LaneProgram? ColumnGradient { get; private init; }

    /// <summary>Programs that compute features.</summary>
    public IEnumerable<LaneProgram> Programs => new[] { RowProgram, ColumnProgram }.OfType<LaneProgram>();

    /// <summary>Programs of gradients.</summary>
    public IEnumerable<LaneProgram> Gradients => new[] { RowGradient, ColumnGradient }.OfType<LaneProgram>();

    /// <param name="products">The products that J is a sum of.</param>
    /// <param name="learnables">The parameters they may use.</param>
    public static FeaturePlan Lower(ImmutableArray<FeatureProduct> products, IReadOnlyList<Symbol> learnables)
    {
        int rank = products.Sum(p => p.Rank);
        PositionTables[] folded = PositionTables.Fold([.. products.SelectMany(p => new[] { p.Row, p.Column })], "couplingTable");
        FeatureProduct[] parts = [.. products.Select((_, p) => new FeatureProduct(folded[2 * p].Rest, folded[(2 * p) + 1].Rest))];
        var couplings = new PositionTables(parts.Select(p => p.Value).Aggregate((a, b) => a + b), folded[0].Tables);
        if (products.Length == 1 && products[0].FactorOfInputs is { } factor)
        {
            return new FeaturePlan(rank, factor, couplings);
        }

        ImmutableArray<Feature> rows = FeaturesOf([.. parts.Select(p => p.Row)], "rowFeature", Tokens.Row);
        ImmutableArray<Feature> columns = FeaturesOf([.. parts.Select(p => p.Column)], "columnFeature", Tokens.Column);
        return new FeaturePlan(rank, null, couplings)
        {
            Rows = rows,
            Columns = columns,
            RowProgram = Compute(rows),
            ColumnProgram = Compute(columns),
            RowGradient = Differentiate(rows, Symbol.Query, learnables),
            ColumnGradient = Differentiate(columns, Symbol.Key, learnables),
        };
    }

    private static ImmutableArray<Feature> FeaturesOf(Expression[] values, string name, Tokens side)
    {
        var features = ImmutableArray.CreateBuilder<Feature>();
        int first = 0;
        foreach (Expression value in values)
        {
            features.Add(new Feature(
                new Symbol(name + features.Count, SymbolRole.Intermediate, value.IsVector, side), value, first));
            first += value.IsVector ? value.Pool.Dimension : 1;
        }

        return features.ToImmutable();
    }

    private static LaneProgram Compute(ImmutableArray<Feature> features) =>
        LaneProgram.Schedule(features.Select(f => new Output(f.Value, f.Symbol, Sink.Store)));

    /// <summary>Where a derivative may be infinite, tokens without a gradient are kept out: 0 · ∞ is no 0.</summary>
    private static LaneProgram? Differentiate(ImmutableArray<Feature> features, Symbol source, IReadOnlyList<Symbol> learnables)
    {
        var definedness = new Definedness();
        ExpressionPool pool = features[0].Value.Pool;
        return TokenGradient.Lower(pool, [.. features.Select(f => (f.Value, Seed(f)))], source, learnables);

        Expression Seed(Feature feature)
        {
            Expression adjoint = pool.Symbol(Symbol.Adjoint(feature.Symbol));
            return definedness.IsFinite(feature.Value) ? adjoint : Differentiation.Guard(adjoint);
        }
    }
}
