using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Lowering;

/// <summary>A trainable parameter of the energy or the readout.</summary>
/// <param name="Symbol">Its name in formulas.</param>
/// <param name="Name">Its name in the layer's parameters.</param>
/// <param name="Shape">Its shape: of the heads too, where each has its own.</param>
/// <param name="Initial">Its first value; NaN draws from the standard normal distribution.</param>
/// <param name="PerHead">Whether every head has its own.</param>
internal sealed record Learnable(Symbol Symbol, string Name, EquatableArray<int> Shape, double Initial, bool PerHead = false)
{
    /// <summary>Number of elements.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>Number of elements that one head sees.</summary>
    public int LengthOfHead => PerHead ? Length / Shape[0] : Length;
}

/// <summary>Everything emission needs to know about a model: shapes, terms, and which kernel computes what.</summary>
internal sealed class KernelPlan
{
    private readonly bool _alwaysTiles;

    private KernelPlan(ModelSpecification specification, ElementType elementType, bool alwaysTiles)
    {
        _alwaysTiles = alwaysTiles;
        Specification = specification;
        ElementType = elementType;
        Pool = new ExpressionPool(specification.HeadDim);
        bool asFeatures = FactoredCouplings.AreUsedBy(specification);
        CouplingDefinition = ModelTerms.Coupling(specification, Pool, asFeatures);
        FieldDefinition = ModelTerms.Field(specification, Pool);
        Learnables = [.. LearnablesOf(specification)];
        (Penalties, ConstraintWeights) = PenaltyPlanner.Plan(specification, Pool);
        if (specification.HasOwnProblems)
        {
            // Positions are those of the sequence, everything else is a problem's.
            (ImmutableArray<PlannedPenalty> own, ConstraintWeights) = PenaltyPlanner.Plan(specification.Problem, Pool);
            Penalties = [.. Penalties.Where(p => p.IsByPosition), .. own];
        }

        UsesDistance = Walk.Nodes(Penalties.Select(p => p.Penalty.Energy).Concat([CouplingDefinition, FieldDefinition]))
            .Any(n => n.Symbol == Symbol.Distance);

        Symbol[] learnables = [.. Learnables.Select(l => l.Symbol)];
        Features = asFeatures ? FeaturePlan.Lower(FactoredCouplings.ProductsOf(specification, Pool), learnables) : null;
        CouplingTables = Features?.Couplings ?? PositionTables.Fold(CouplingDefinition, "couplingTable");
        FieldTables = PositionTables.Fold(FieldDefinition, "fieldTable");
        Coupling = CouplingPlan.Lower(CouplingTables.Rest);
        CouplingGradient = CouplingGradientPlan.Lower(
            Coupling, learnables, new Definedness().IsFinite(CouplingDefinition));
        EntropyShare = specification.Readout == ReadoutKind.EntropyShare ? EntropySharePlan.Lower(Pool) : null;
        ReadoutTerms = specification.HasReadoutTerms ? ReadoutTermPlan.Lower(ModelTerms.Readout(specification, Pool), learnables) : null;
        if (HasField)
        {
            Field = LaneProgram.Schedule([new Output(FieldTables.Rest, FieldSymbol, Sink.Store)]);
            FieldGradient = TokenGradient.Lower(
                Pool, [(FieldTables.Rest, Pool.Symbol(Symbol.Adjoint(FieldSymbol)))], Symbol.Value, learnables);
        }
    }

    /// <summary>f[i].</summary>
    public static readonly Symbol FieldSymbol = new("field", SymbolRole.Intermediate, false, Tokens.Column);

    public ModelSpecification Specification { get; }

    /// <summary>What kernels compute in.</summary>
    public ElementType ElementType { get; }

    public ExpressionPool Pool { get; }

    /// <summary>J[i,j] before symmetrisation.</summary>
    public Expression CouplingDefinition { get; }

    /// <summary>f[i].</summary>
    public Expression FieldDefinition { get; }

    public ImmutableArray<Learnable> Learnables { get; }

    /// <summary>J with what depends on positions alone in tables.</summary>
    public PositionTables CouplingTables { get; }

    /// <summary>f likewise.</summary>
    public PositionTables FieldTables { get; }

    /// <summary>The penalties, in the order of their terms.</summary>
    public ImmutableArray<PlannedPenalty> Penalties { get; }

    /// <summary>Weights of hard constraints that generated code computes for each problem.</summary>
    public ImmutableArray<SufficientWeight> ConstraintWeights { get; }

    public CouplingPlan Coupling { get; }

    public CouplingGradientPlan CouplingGradient { get; }

    public LaneProgram? Field { get; }

    public LaneProgram? FieldGradient { get; }

    /// <summary>How couplings are kept as features; null where they are written out.</summary>
    public FeaturePlan? Features { get; }

    /// <summary>Whether all couplings of a sample fit an array, and what they are made of, so that there is a method that computes
    /// them.</summary>
    public bool CanWriteCouplings => (long)System.Math.Max(Specification.HeadCount, Features is null ? 1 : Coupling.Products.Length)
        * Specification.Tokens * Stride <= int.MaxValue && !IsRectangular;

    /// <summary>Whether kernels work on the tokens of one of a sample's problems, whose positions they are told.</summary>
    public bool IsCausal => Specification.Select.Scope == SelectionScope.Causal;

    /// <summary>Whether the rows of pairs are of other tokens than the columns: kernels are told how many.</summary>
    public bool IsRectangular => IsCausal || Specification.HasOwnKeys;

    /// <summary>Tokens that kernels work on at a time.</summary>
    public int KernelTokens => Specification.KernelTokens;

    public bool HasField => Specification.HasField;

    /// <summary>Whether some pairs are masked out of the energy.</summary>
    public bool HasPairMask => Specification.Select.Scope != SelectionScope.Query && Specification.Mask.Pattern is MaskPattern.Window or MaskPattern.Block;

    /// <summary>Largest |i − j| of pairs that interact; 0 where distance does not matter.</summary>
    public int Window => Specification.Mask.Pattern == MaskPattern.Window ? Specification.Mask.Size : 0;

    /// <summary>Tokens of a block whose pairs interact; 0 where there are none.</summary>
    public int Block => Specification.Mask.Pattern == MaskPattern.Block ? Specification.Mask.Size : 0;

    /// <summary>Whether a token's pair with itself has a part in something.</summary>
    public bool IncludesSelf => Specification.Readout == ReadoutKind.SelectedAttention || Specification.Coupling.KeepDiagonal;

    /// <summary>Whether the distance of two tokens is part of some term.</summary>
    public bool UsesDistance { get; }

    /// <summary>Whether ∂L/∂F is symmetric with zero diagonal: where J is symmetric and all the gradient there is passes it.</summary>
    public bool HasSymmetricGradient => Specification.Coupling.Symmetrise && Specification.Readout != ReadoutKind.SelectedAttention && !IsCausal;

    /// <summary>The entropy readout, where the model has it.</summary>
    public EntropySharePlan? EntropyShare { get; }

    /// <summary>The output of the class's own terms; null where a readout of the runtime makes it.</summary>
    public ReadoutTermPlan? ReadoutTerms { get; }

    /// <summary>w_J of the solver's energy.</summary>
    public double CouplingWeight => Specification.Coupling.Weight;

    /// <summary>w_f of the solver's energy, scale included.</summary>
    public double FieldWeight => Specification.Field.FinalWeight(Specification.ProblemTokens);

    /// <summary>Bits B of a selection weight.</summary>
    public int SelectionBits => Specification.Selection.Bits;

    public long VariableCount => Specification.Spins.Variables;

    public long SlackCount => Specification.Spins.SlackCount;

    public long SpinCount => Specification.Spins.Total;

    /// <summary>Row length of padded rows of tokens.</summary>
    public int Stride => RowLayout.Stride(KernelTokens);

    /// <param name="specification">The model.</param>
    /// <param name="elementType">What kernels compute in.</param>
    /// <param name="alwaysTiles">Whether programs over pairs work on tiles wherever tokens are few enough, not only where that is
    /// faster.</param>
    public static KernelPlan Lower(ModelSpecification specification, ElementType elementType, bool alwaysTiles = false) =>
        new(specification, elementType, alwaysTiles);

    /// <summary>Rows of pairs that a vector holds in a program over pairs.</summary>
    public int TileRows(LaneProgram program) => IsRectangular ? 1 : _alwaysTiles
        ? PairTiles.Largest(Specification.Tokens, ElementType.Lanes)
        : PairTiles.Rows(program, Specification.Tokens, Specification.HeadDim, ElementType.Lanes);

    /// <summary>Whether the vector g is a parameter: it makes values of energies, and the field of a projection.</summary>
    private bool UsesEnergyToValue =>
        (Specification.HasReadoutTerms
            ? Specification.TermsOf(TermKind.Readout).Any(t => !t.ReturnsVector)
            : Specification.Readout is ReadoutKind.LocalEnergy or ReadoutKind.Expectation)
        || Specification.Field.Importance == Importance.ValueProjection;

    private IEnumerable<Learnable> LearnablesOf(ModelSpecification model)
    {
        if (UsesEnergyToValue)
        {
            yield return new Learnable(Importances.EnergyToValue, "EnergyToValue", [model.HeadDim], double.NaN);
        }

        foreach (TermLearnable learnable in ModelTerms.Learnables(model))
        {
            yield return new Learnable(
                learnable.Symbol, learnable.Name,
                (learnable.PerHead, learnable.IsVector) switch
                {
                    (true, true) => [model.HeadCount, model.HeadDim],
                    (true, false) => [model.HeadCount],
                    (false, true) => [model.HeadDim],
                    _ => [1],
                },
                learnable.Initial, learnable.PerHead);
        }
    }

    public Learnable Learnable(Symbol symbol) => Learnables.First(l => l.Symbol == symbol);
}
