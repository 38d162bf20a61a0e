using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>
/// Whether a function of a query, a key, positions and learnables is a finite sum of products of features, Σ_r A_r(i) B_r(j), and which:
/// sums, differences and products of such sums, quotients by products, sums over dimensions of products of vectors.
/// </summary>
/// <remarks>Of two sums over dimensions the product is not expanded, nor is one of positions: (i − j)² would be a difference of large
/// numbers.</remarks>
internal sealed class FeatureExpansion
{
    /// <summary>Products of sums are multiplied out up to so many features, or four times the dimensions.</summary>
    private const int MostExpanded = 16;

    /// <summary>More products than this are not worth their code.</summary>
    public const int MostTerms = 64;

    private readonly ExpressionPool _pool;
    private readonly Definedness _definedness = new();
    private readonly Dictionary<Expression, Terms> _done = [];

    private FeatureExpansion(ExpressionPool pool) => _pool = pool;

    /// <summary>The products, or why there are none, as what the function does: "applies MathF.Tanh to a number of a pair".</summary>
    /// <param name="function">A number per pair.</param>
    public static (ImmutableArray<FeatureProduct> Products, string? Obstacle) Of(Expression function)
    {
        var expansion = new FeatureExpansion(function.Pool);
        Terms terms = Walk.Fold(function, expansion._done, Parts, expansion.Expand);
        return terms.Obstacle is null ? (expansion.Merge(terms.All), null) : ([], terms.Obstacle);
    }

    /// <summary>What a node's expansion is made of.</summary>
    private static ImmutableArray<Expression> Parts(Expression node) => node.Tokens == Tokens.Pair ? node.Operands : [];

    private Terms Expand(Expression node)
    {
        if (node.Tokens != Tokens.Pair)
        {
            // Lanes hold floats.
            return node is { IsPositional: false, Operation: Operation.Literal, Literal.Type: not NumberType.Single }
                ? Terms.None("computes in other types than float")
                : new Terms([new Term(1, node.Tokens == Tokens.Column ? _pool.One : node, node.Tokens == Tokens.Column ? node : _pool.One, false)]);
        }

        Terms[] operands = [.. node.Operands.Select(o => _done[o])];
        return OperationOf(node) switch
        {
            Operation.Negate => operands[0].Times(-1),
            Operation.Add => Join(operands[0], operands[1]),
            Operation.Subtract => Join(operands[0], operands[1].Times(-1)),
            Operation.Multiply => Multiply(operands[0], operands[1], node.IsPositional),
            Operation.Divide => Divide(operands[0], operands[1]),
            Operation.Detach => Map(operands[0], t => t with { Row = _pool.Detach(t.Row), Column = _pool.Detach(t.Column) }),
            Operation.Sum => Map(operands[0], Summed),
            Operation.Select when node.Operands[0].Tokens != Tokens.Pair => Choose(node.Operands[0], operands[1], operands[2]),
            _ => Terms.None(FeatureObstacles.Describe(node, [.. operands.Select(o => o.Obstacle)])),
        };
    }

    /// <summary>What a node computes as real numbers, where C# computes it in single precision.</summary>
    private static Operation OperationOf(Expression node) => node switch
    {
        { Operation: not Operation.Literal } => node.Operation,
        { Literal.Type: not NumberType.Single } => Operation.Literal,
        _ => node.Literal!.Kind switch
        {
            TermOperation.Negate => Operation.Negate,
            TermOperation.Add => Operation.Add,
            TermOperation.Subtract => Operation.Subtract,
            TermOperation.Multiply => Operation.Multiply,
            TermOperation.Divide => Operation.Divide,
            _ => Operation.Literal,
        },
    };

    private static Terms Join(Terms a, Terms b) =>
        a.Obstacle is not null ? a : b.Obstacle is not null ? b
        : a.All.Count + b.All.Count > MostTerms ? Terms.None($"is a sum of more than {MostTerms} products")
        : new Terms([.. a.All, .. b.All]);

    private static Terms Map(Terms terms, Func<Term, Term> change) =>
        terms.Obstacle is null ? new Terms([.. terms.All.Select(change)]) : terms;

    /// <summary>The sum over dimensions of a product of vectors, or of one vector with numbers.</summary>
    private Term Summed(Term term) => (term.Row.IsVector, term.Column.IsVector) switch
    {
        (true, true) => term with { IsSum = true },
        (true, false) => term with { Row = _pool.Sum(term.Row) },
        _ => term with { Column = _pool.Sum(term.Column) },
    };

    private Terms Multiply(Terms a, Terms b, bool isPositional)
    {
        if (a.Obstacle is not null || b.Obstacle is not null)
        {
            return a.Obstacle is not null ? a : b;
        }

        if (a.All.Count > 1 && b.All.Count > 1)
        {
            double rank = a.All.Sum(RankOf) * b.All.Sum(RankOf), most = Math.Max(MostExpanded, 4.0 * _pool.Dimension);
            if (isPositional || rank > most)
            {
                return Terms.None(isPositional
                    ? "multiplies sums of positions of two tokens" : $"multiplies sums that come to {rank} features, more than {most}");
            }
        }

        if (a.All.Count * b.All.Count > MostTerms)
        {
            return Terms.None($"is a sum of more than {MostTerms} products");
        }

        var products = new List<Term>();
        foreach (Term x in a.All)
        {
            foreach (Term y in b.All)
            {
                if ((x.IsSum && (y.IsSum || y.IsVector)) || (y.IsSum && x.IsVector))
                {
                    return Terms.None("multiplies a dot product by another one or by a vector");
                }

                products.Add(new Term(
                    x.Factor * y.Factor, x.Row * y.Row, x.Column * y.Column, x.IsSum || y.IsSum));
            }
        }

        return new Terms(products);
    }

    private static Terms Divide(Terms a, Terms b)
    {
        if (a.Obstacle is not null || b.Obstacle is not null)
        {
            return a.Obstacle is not null ? a : b;
        }

        Term divisor = b.All[0];
        return b.All.Count > 1 || divisor.IsSum || (divisor.IsVector && a.All.Any(t => t.IsSum))
            ? Terms.None("divides by more than a product of numbers of two tokens")
            : Map(a, t => new Term(t.Factor / divisor.Factor, t.Row / divisor.Row, t.Column / divisor.Column, t.IsSum));
    }

    // What is not chosen must be finite: nothing else is 0 times it.
    private Terms Choose(Expression condition, Terms a, Terms b)
    {
        if (a.Obstacle is not null || b.Obstacle is not null)
        {
            return a.Obstacle is not null ? a : b;
        }

        if (a.All.Concat(b.All).Any(t => !_definedness.IsFinite(t.Row) || !_definedness.IsFinite(t.Column)))
        {
            return Terms.None("chooses what may be infinite where it is not chosen");
        }

        bool ofRow = condition.Tokens != Tokens.Column;
        return Join(Map(a, t => Where(t, x => _pool.Select(condition, x, _pool.Zero))), Map(b, t => Where(t, x => _pool.Select(condition, _pool.Zero, x))));

        Term Where(Term term, Func<Expression, Expression> chosen) =>
            ofRow ? term with { Row = chosen(term.Row) } : term with { Column = chosen(term.Column) };
    }

    private double RankOf(Term term) => term.IsSum ? _pool.Dimension : 1;

    /// <summary>Terms that share a side are one.</summary>
    private ImmutableArray<FeatureProduct> Merge(IReadOnlyList<Term> terms)
    {
        IEnumerable<Term> different = terms.Select(Stripped).GroupBy(t => t with { Factor = 0 })
            .Select(same => same.Key with { Factor = same.Sum(t => t.Factor) }).Where(t => t.Factor != 0);
        List<Term> all = Grouped([.. different], t => t.Column, (t, row) => t with { Row = row }, t => t.Row);
        all = Grouped([.. all.Select(Stripped)], t => t.Row, (t, column) => t with { Column = column }, t => t.Column);
        return [.. all.Where(t => t.Factor != 0 && !t.Row.IsConstant(0) && !t.Column.IsConstant(0))
            .Select(t => new FeatureProduct(t.Factor * t.Row, t.Column))];
    }

    private static List<Term> Grouped(
        List<Term> terms, Func<Term, Expression> shared, Func<Term, Expression, Term> with, Func<Term, Expression> other) =>
        [.. terms.GroupBy(t => (shared(t), t.IsSum)).Select(group => group.Count() == 1
            ? group.First()
            : with(group.First(), group.Select(t => t.Factor * other(t)).Aggregate((a, b) => a + b)) with { Factor = 1 })];

    /// <summary>Constants are not part of what terms share.</summary>
    private Term Stripped(Term term)
    {
        (double a, Expression row) = Constant(term.Row);
        (double b, Expression column) = Constant(term.Column);
        return term with { Factor = term.Factor * a * b, Row = row, Column = column };
    }

    private (double Factor, Expression Variable) Constant(Expression e) => e.Operation switch
    {
        Operation.Constant => (e.Value, _pool.One),
        Operation.Negate => (-1, e.Operands[0]),
        Operation.Multiply when e.Operands[0].Operation == Operation.Constant => (e.Operands[0].Value, e.Operands[1]),
        _ => (1, e),
    };

    /// <summary>c A_i B_j, element by element where they are vectors; <paramref name="IsSum"/>: Σ_d of that.</summary>
    private sealed record Term(double Factor, Expression Row, Expression Column, bool IsSum)
    {
        /// <summary>Whether it has a value per dimension.</summary>
        public bool IsVector => !IsSum && (Row.IsVector || Column.IsVector);
    }

    /// <summary>A sum of terms, or why there is none.</summary>
    private sealed record Terms(IReadOnlyList<Term> All, string? Obstacle = null)
    {
        public static Terms None(string obstacle) => new([], obstacle);

        public Terms Times(double factor) => Obstacle is null ? new Terms([.. All.Select(t => t with { Factor = factor * t.Factor })]) : this;
    }
}
