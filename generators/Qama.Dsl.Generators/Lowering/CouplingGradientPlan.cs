using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>The adjoint of a matrix product.</summary>
/// <param name="Product">The product.</param>
/// <param name="Factor">c where P̄ = c·F̄ (symmetric, nothing to compute); null where P̄ has memory of its own.</param>
internal sealed record ProductGradient(Product Product, double? Factor)
{
    /// <summary>The matrix P̄ is a multiple of, or P̄ itself.</summary>
    public Symbol Adjoint => Factor is null ? Symbol.Adjoint(Product.Symbol) : CouplingGradientPlan.CouplingGradient;

    /// <summary>Whether its transpose has to be made; <paramref name="symmetric"/>: F̄ is its own.</summary>
    public bool Transposes(bool symmetric) => Factor is null || !symmetric;
}

/// <summary>How ∂L/∂F (F: J before symmetrisation) reaches query, key and learnables.</summary>
internal sealed class CouplingGradientPlan
{
    /// <summary>∂L/∂F: given, symmetric, zero diagonal.</summary>
    public static readonly Symbol CouplingGradient = new("couplingGradient", SymbolRole.Adjoint, false, Tokens.Pair);

    private CouplingGradientPlan(
        LaneProgram? pair, ImmutableArray<ProductGradient> products, LaneProgram? query, LaneProgram? key,
        bool recomputesProducts)
    {
        Pair = pair;
        Products = products;
        Query = query;
        Key = key;
        RecomputesProducts = recomputesProducts;
    }

    /// <summary>The pointwise part, per pair; null where products are all there is.</summary>
    public LaneProgram? Pair { get; }

    public ImmutableArray<ProductGradient> Products { get; }

    /// <summary>From the slots' gradients to the query's; null where no slot depends on it.</summary>
    public LaneProgram? Query { get; }

    /// <summary>From the slots' gradients to the key's.</summary>
    public LaneProgram? Key { get; }

    /// <summary>Whether the pointwise part reads the products' values again.</summary>
    public bool RecomputesProducts { get; }

    /// <summary>Matrices over pairs that are made for some rows at a time.</summary>
    public IEnumerable<Symbol> MemoriesOfBlocks => (RecomputesProducts ? Products.Select(p => p.Product.Symbol) : [])
        .Concat(Products.Where(p => p.Factor is null).Select(p => p.Adjoint));

    public IEnumerable<LaneProgram> Programs => new[] { Pair, Query, Key }.OfType<LaneProgram>();

    /// <param name="plan">How J is computed.</param>
    /// <param name="learnables">The parameters J may use.</param>
    /// <param name="isFinite">Whether J is finite for all inputs. Otherwise pairs without gradient, such as a token with itself, are
    /// kept out: 0 · ∞ is no 0.</param>
    public static CouplingGradientPlan Lower(CouplingPlan plan, IReadOnlyList<Symbol> learnables, bool isFinite)
    {
        ExpressionPool pool = plan.Epilogue.Pool;
        Expression given = pool.Symbol(CouplingGradient);
        Expression seed = isFinite ? given : Differentiation.Guard(given);

        // Everything the epilogue reads that has a gradient of its own.
        var inputs = plan.Products.Select(p => p.Symbol).Concat(plan.Slots.Select(s => s.Symbol))
            .Concat([Symbol.Query, Symbol.Key]).Concat(learnables).ToList();
        IReadOnlyList<Expression> adjoints = Differentiation.Gradient([(plan.Epilogue, seed)], [.. inputs.Select(pool.Symbol)]);

        var products = ImmutableArray.CreateBuilder<ProductGradient>();
        var outputs = new List<Output>();
        for (int i = 0; i < inputs.Count; i++)
        {
            Symbol target = Symbol.Adjoint(inputs[i]);
            if (i < plan.Products.Length)
            {
                double? factor = FactorOf(adjoints[i]);
                products.Add(new ProductGradient(plan.Products[i], factor));
                if (factor is null)
                {
                    outputs.Add(new Output(adjoints[i], target, Sink.StorePair));
                }
            }
            else if (!adjoints[i].IsConstant(0))
            {
                outputs.Add(new Output(adjoints[i], target, inputs[i].Tokens switch
                {
                    Tokens.Row => Sink.SumToRow,
                    Tokens.Column => Sink.Add,
                    _ => Sink.SumToLearnable,
                }));
            }
        }

        // Exactly 0 where no pair takes the branch that a slot stands in.
        var guarded = new HashSet<Symbol>(plan.Slots.Select(s => s.Symbol).Where(slot => Enumerable.Range(0, inputs.Count)
            .Where(i => inputs[i] == slot || (i < plan.Products.Length && plan.Products[i].Reads(slot)))
            .All(i => adjoints[i].IsConstant(0) || adjoints[i].IsGuarded)));

        double? FactorOf(Expression adjoint) => FeatureProduct.MultipleOf(
            adjoint.Operation == Operation.Select && adjoint.Operands[0] == given ? adjoint.Operands[1] : adjoint, given);

        LaneProgram? pair = outputs.Count > 0 ? LaneProgram.Schedule(outputs) : null;
        return new CouplingGradientPlan(
            pair, products.ToImmutable(), LowerSide(plan, Tokens.Row, learnables, guarded), LowerSide(plan, Tokens.Column, learnables, guarded),
            pair is not null && plan.Products.Any(p => pair.Reads.Contains(p.Symbol)));
    }

    private static LaneProgram? LowerSide(
        CouplingPlan plan, Tokens side, IReadOnlyList<Symbol> learnables, HashSet<Symbol> guarded)
    {
        ExpressionPool pool = plan.Epilogue.Pool;
        var roots = plan.SlotsOf(side).Select(s => (s.Value, Seed(s.Symbol))).ToList();
        if (roots.Count == 0)
        {
            return null;
        }

        Symbol source = side == Tokens.Row ? Symbol.Query : Symbol.Key;
        return TokenGradient.Lower(pool, roots, source, learnables);

        Expression Seed(Symbol slot)
        {
            Expression adjoint = pool.Symbol(Symbol.Adjoint(slot));
            return guarded.Contains(slot) ? Differentiation.Guard(adjoint) : adjoint;
        }
    }
}
