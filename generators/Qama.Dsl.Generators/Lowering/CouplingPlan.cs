using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>A value per token that is computed once and read by every pair.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="Value">Its definition in terms of the token's query or key.</param>
internal sealed record Slot(Symbol Symbol, Expression Value);

/// <summary>P[i,j] = Σ_d A[d,i] B[d,j], a matrix product.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="Row">A: the query or a slot of it.</param>
/// <param name="Column">B: the key or a slot of it.</param>
internal sealed record Product(Symbol Symbol, Symbol Row, Symbol Column)
{
    public bool Reads(Symbol memory) => Row == memory || Column == memory;
}

/// <summary>
/// How J is computed for a head: what depends on one token alone, matrix products, and the pointwise rest of a pair (the
/// epilogue), which may still hold sums over dimensions that factor no further.
/// </summary>
internal sealed class CouplingPlan
{
    /// <summary>J[i,j] before symmetrisation.</summary>
    public static readonly Symbol Coupling = new("couplings", SymbolRole.Intermediate, false, Tokens.Pair);

    private readonly LaneProgram? _rowSlots;
    private readonly LaneProgram? _columnSlots;

    private CouplingPlan(ImmutableArray<Slot> slots, ImmutableArray<Product> products, Expression epilogue)
    {
        Slots = slots;
        Products = products;
        Epilogue = epilogue;
        _rowSlots = ScheduleSlots(Tokens.Row);
        _columnSlots = ScheduleSlots(Tokens.Column);
        PairProgram = ScaleOfOnlyProduct is null ? LaneProgram.Schedule([new Output(epilogue, Coupling, Sink.StorePair)]) : null;
    }

    /// <summary>In order of need.</summary>
    public ImmutableArray<Slot> Slots { get; }

    public ImmutableArray<Product> Products { get; }

    /// <summary>J[i,j] before symmetrisation, of slots, products, positions and learnables.</summary>
    public Expression Epilogue { get; }

    /// <summary>c where the epilogue is c times the only product, else null: then nothing pointwise is left to do.</summary>
    public double? ScaleOfOnlyProduct
    {
        get
        {
            if (Products.Length != 1)
            {
                return null;
            }

            Expression product = Epilogue.Pool.Symbol(Products[0].Symbol);
            return FeatureProduct.MultipleOf(Epilogue, product);
        }
    }

    /// <summary>Computes the slots of one side from the query or the key; null where there are none.</summary>
    public LaneProgram? SlotProgram(Tokens side) => side == Tokens.Row ? _rowSlots : _columnSlots;

    /// <summary>Computes the pointwise rest of every pair; null where the only product is all there is.</summary>
    public LaneProgram? PairProgram { get; }

    /// <summary>The programs there are.</summary>
    public IEnumerable<LaneProgram> Programs =>
        new[] { SlotProgram(Tokens.Row), SlotProgram(Tokens.Column), PairProgram }.OfType<LaneProgram>();

    /// <summary>Symbols that computing J reads.</summary>
    public IEnumerable<Symbol> Reads =>
        Programs.SelectMany(p => p.Reads)
            .Concat(Products.SelectMany(p => new[] { p.Row, p.Column })).Distinct();

    public IEnumerable<Slot> SlotsOf(Tokens side) => Slots.Where(s => s.Symbol.Tokens == side);

    private LaneProgram? ScheduleSlots(Tokens side) =>
        SlotsOf(side).Any() ? LaneProgram.Schedule(SlotsOf(side).Select(s => new Output(s.Value, s.Symbol, Sink.Store))) : null;

    public static CouplingPlan Lower(Expression coupling) => new Splitter(coupling.Pool).Split(coupling);

    /// <summary>Sorts the nodes of a pair expression by the tokens they depend on.</summary>
    private sealed class Splitter(ExpressionPool pool)
    {
        private readonly Dictionary<Expression, Expression> _done = [];
        private readonly Dictionary<Expression, Expression?> _productOf = [];
        private readonly Dictionary<Expression, (Expression Row, Expression Column)> _sides = [];
        private readonly ImmutableArray<Slot>.Builder _slots = ImmutableArray.CreateBuilder<Slot>();
        private readonly ImmutableArray<Product>.Builder _products = ImmutableArray.CreateBuilder<Product>();
        private readonly Definedness _definedness = new();
        private HashSet<Expression> _conditional = [];

        public CouplingPlan Split(Expression coupling)
        {
            Expression expanded = Distribution.Expand(coupling);
            _conditional = Definedness.Conditional(expanded);
            Expression epilogue = Visit(expanded);
            return new CouplingPlan(_slots.ToImmutable(), _products.ToImmutable(), epilogue);
        }

        private Expression Visit(Expression node) => Walk.Fold(node, _done, Parts, Rewrite);

        /// <summary>What a node's rewriting is made of.</summary>
        private ImmutableArray<Expression> Parts(Expression node) => node switch
        {
            { Tokens: Tokens.Row or Tokens.Column } when IsHoisted(node) => [],
            { Operation: Operation.Sum } when ProductOf(node) is not null => [],
            _ => node.Operands,
        };

        private Expression Rewrite(Expression node) => node switch
        {
            { Operation: Operation.Symbol or Operation.Constant } => node,
            { Tokens: Tokens.Row or Tokens.Column } when IsHoisted(node) => Hoist(node),
            { Operation: Operation.Sum } when ProductOf(node) is { } product => product,
            _ => pool.Rebuild(node, [.. node.Operands.Select(o => _done[o])]),
        };

        /// <summary>A multiple of something already per token is as cheap as reading it.</summary>
        private static bool IsHoisted(Expression node) => LaneParts.Fits(node) && node.Operation != Operation.Negate
            && !(node.Operation == Operation.Multiply && node.Operands[0].Operation == Operation.Constant);

        private Expression Hoist(Expression node)
        {
            string side = node.Tokens == Tokens.Row ? "query" : "key";
            var symbol = new Symbol($"{side}Slot{_slots.Count}", SymbolRole.Intermediate, node.IsVector, node.Tokens);
            _slots.Add(new Slot(symbol, node));
            return pool.Symbol(symbol);
        }

        private Expression? ProductOf(Expression sum)
        {
            if (!_productOf.TryGetValue(sum, out Expression? product))
            {
                product = Factor(sum);
                _productOf.Add(sum, product);
            }

            return product;
        }

        /// <summary>The sum over dimensions of row factors times column factors, as a matrix product.</summary>
        private Expression? Factor(Expression sum)
        {
            Expression[] factors = [.. Walk.Nodes([sum.Operands[0]], Factors).Where(f => Factors(f).IsEmpty)];

            // In a product of matrices nothing keeps the infinities of a pair that takes another branch from the gradients of
            // others: 0 · ∞ is no 0.
            if (factors.Any(f => f.Tokens is not (Tokens.Row or Tokens.Column or Tokens.None))
                || (_conditional.Contains(sum) && !factors.All(_definedness.IsFinite)))
            {
                return null;
            }

            Walk.Fold(sum.Operands[0], _sides, Factors, SidesOf);
            (Expression row, Expression column) = _sides[sum.Operands[0]];
            if (!row.IsVector || !column.IsVector)
            {
                return null;
            }

            Expression a = Visit(row);
            Expression b = Visit(column);
            if (a.Operation != Operation.Symbol || b.Operation != Operation.Symbol)
            {
                return null;
            }

            var symbol = new Symbol($"product{_products.Count}", SymbolRole.Intermediate, false, Tokens.Pair);
            _products.Add(new Product(symbol, a.Symbol!, b.Symbol!));
            return pool.Symbol(symbol);
        }

        private static ImmutableArray<Expression> Factors(Expression node) =>
            node.Operation == Operation.Multiply && node.Tokens == Tokens.Pair ? node.Operands : [];

        /// <summary>A product as that of row factors times that of column factors; what depends on no token (a learned vector)
        /// goes with the row.</summary>
        private (Expression Row, Expression Column) SidesOf(Expression node)
        {
            ImmutableArray<Expression> factors = Factors(node);
            if (factors.IsEmpty)
            {
                return node.Tokens == Tokens.Column ? (pool.One, node) : (node, pool.One);
            }

            (Expression firstRow, Expression firstColumn) = _sides[factors[0]];
            (Expression secondRow, Expression secondColumn) = _sides[factors[1]];
            return (firstRow * secondRow, firstColumn * secondColumn);
        }
    }
}
