using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Declarations;
using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Lowering;

/// <summary>A trainable parameter of the energy or the readout.</summary>
/// <param name="Symbol">Its name in formulas.</param>
/// <param name="Name">Its name in the layer's parameters.</param>
/// <param name="Length">Number of elements.</param>
/// <param name="Initial">Its first value; NaN draws from the standard normal distribution.</param>
internal sealed record Learnable(Symbol Symbol, string Name, int Length, double Initial);

/// <summary>Everything emission needs to know about a model: shapes, terms, and which kernel computes what.</summary>
internal sealed class KernelPlan
{
    private KernelPlan(ModelSpecification specification, ElementType elementType)
    {
        Specification = specification;
        ElementType = elementType;
        Pool = new ExpressionPool(specification.HeadDim);
        CouplingDefinition = Similarities.Define(specification.Coupling.Similarity, Pool);
        FieldDefinition = Importances.Define(specification.Field.Importance, Pool);
        Learnables = [new Learnable(Importances.EnergyToValue, "EnergyToValue", specification.HeadDim, double.NaN)];
        Penalties = [.. LowerPenalties()];

        Symbol[] learnables = [.. Learnables.Select(l => l.Symbol)];
        Coupling = CouplingPlan.Lower(CouplingDefinition);
        CouplingGradient = CouplingGradientPlan.Lower(Coupling, learnables);
        if (HasField)
        {
            Field = LaneProgram.Schedule([new Output(FieldDefinition, FieldSymbol, Sink.Store)]);
            FieldGradient = TokenGradient.Lower(
                Pool, [(FieldDefinition, Pool.Symbol(Symbol.Adjoint(FieldSymbol)))], Symbol.Value, learnables);
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

    public ImmutableArray<Penalty> Penalties { get; }

    public CouplingPlan Coupling { get; }

    public CouplingGradientPlan CouplingGradient { get; }

    public LaneProgram? Field { get; }

    public LaneProgram? FieldGradient { get; }

    public bool HasField => Specification.Field.Importance != Importance.None;

    /// <summary>w_J of the solver's energy.</summary>
    public double CouplingWeight => Specification.Coupling.Weight;

    /// <summary>w_f of the solver's energy, scale included.</summary>
    public double FieldWeight => Specification.Field.FinalWeight(Specification.Tokens);

    /// <summary>Bits B of a selection weight.</summary>
    public int SelectionBits { get; } = 1;

    public int VariableCount => Specification.HeadCount * Specification.Tokens * SelectionBits;

    /// <summary>Variables, and the auxiliary spin that carries the Ising fields every coupling of bits brings with it.</summary>
    public int SpinCount => VariableCount + 1;

    /// <summary>Row length of padded rows of tokens.</summary>
    public int Stride => (Specification.Tokens + 15) / 16 * 16;

    public static KernelPlan Lower(ModelSpecification specification, ElementType elementType) => new(specification, elementType);

    public Learnable Learnable(Symbol symbol) => Learnables.First(l => l.Symbol == symbol);

    private IEnumerable<Penalty> LowerPenalties()
    {
        if (Specification is { Exclusion: { } exclusion, HeadCount: > 1 })
        {
            yield return Penalty.HeadExclusion(Pool, exclusion.Weight, exclusion.Scale, Specification.HeadCount, Specification.Tokens);
        }
    }
}
