using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Lowering;

/// <summary>
/// How a coefficient is computed of tensors that hold all tokens of all heads: what depends on one token, matrix products, and the
/// rest; which operations are defined for all inputs.
/// </summary>
internal sealed class TensorPlan
{
    private readonly Dictionary<Symbol, Interval> _ranges = [];
    private readonly Definedness _definedness;

    private TensorPlan(
        KernelPlan plan, PositionTables tables, ImmutableArray<Slot> slots, ImmutableArray<Product> products, Expression result)
    {
        Tables = tables;
        Slots = slots;
        Products = products;
        Result = result;
        _definedness = new Definedness(_ranges);
        ExpressionPool pool = result.Pool;
        var positions = new Intervals(ModelTerms.PositionsOf(plan.Specification).Ranges(plan.IncludesSelf));
        foreach (PositionTable table in tables.Tables)
        {
            _ranges[table.Symbol] = positions.Of(table.Value);
        }

        foreach (Slot slot in slots)
        {
            _definedness.Assume(pool.Symbol(slot.Symbol), IsFinite(slot.Value));
            _ranges[slot.Symbol] = _definedness.BoundsOf(slot.Value);
        }

        foreach (Product product in products)
        {
            _definedness.Assume(pool.Symbol(product.Symbol), IsFinite(product));
        }
    }

    /// <summary>Values per token, in order of need.</summary>
    public ImmutableArray<Slot> Slots { get; }

    /// <summary>Matrix products.</summary>
    public ImmutableArray<Product> Products { get; }

    /// <summary>The coefficient, of slots, products, inputs and tables.</summary>
    public Expression Result { get; }

    /// <summary>The tables it reads.</summary>
    public PositionTables Tables { get; }

    /// <summary>Whether some part has a number for every pair and dimension: too many to have them all at once.</summary>
    public bool HasVectorsOfPairs => Walk.Nodes([Result]).Any(n => n.IsVector && n.Tokens == Tokens.Pair);

    /// <summary>The plan of couplings.</summary>
    public static TensorPlan OfCouplings(KernelPlan plan) =>
        new(plan, plan.CouplingTables, plan.Coupling.Slots, plan.Coupling.Products, plan.Coupling.Epilogue);

    /// <summary>The plan of fields.</summary>
    public static TensorPlan OfFields(KernelPlan plan) => new(plan, plan.FieldTables, [], [], plan.FieldTables.Rest);

    /// <summary>The plan of a readout's terms.</summary>
    public static TensorPlan OfReadout(KernelPlan plan) =>
        new(plan, plan.ReadoutTerms!.Tables, [], [], plan.ReadoutTerms.Tables.Rest);

    /// <summary>Whether a node is a finite number whatever the inputs are, and its derivatives are.</summary>
    public bool IsFinite(Expression node) => _definedness.IsFinite(node);

    /// <summary>The same of both factors of a product.</summary>
    public bool IsFinite(Product product) => IsFinite(SymbolOf(product.Row)) && IsFinite(SymbolOf(product.Column));

    /// <summary>Whether a node is greater than 0 whatever the inputs are.</summary>
    public bool IsPositive(Expression node) => IsFinite(node) && _definedness.BoundsOf(node).Low > 0;

    private Expression SymbolOf(Symbol symbol) => Result.Pool.Symbol(symbol);
}
