using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>The output that a class's own terms make of a token: a program per token, and its derivatives.</summary>
internal sealed class ReadoutTermPlan
{
    /// <summary>y of the token.</summary>
    public static readonly Symbol Result = new("result", SymbolRole.Intermediate, true, Tokens.Column);

    /// <summary>What has memory of its own for every token and has a gradient.</summary>
    public static readonly ImmutableArray<Symbol> Inputs =
        [Symbol.OwnQuery, Symbol.Key, Symbol.Value, Symbol.OwnSelection, Symbol.LocalEnergy];

    private ReadoutTermPlan(Expression definition, PositionTables tables, LaneProgram output, LaneProgram? gradient, LaneProgram? slopes)
    {
        Definition = definition;
        Tables = tables;
        Output = output;
        Gradient = gradient;
        Slopes = slopes;
        OutputReads = [.. output.Reads];
        GradientReads = [.. gradient?.Reads ?? []];
        GradientWrites = [.. gradient?.Writes ?? []];
        SlopeReads = [.. slopes?.Reads ?? []];
    }

    /// <summary>y.</summary>
    public Expression Definition { get; }

    /// <summary>The same with what depends on positions alone in tables.</summary>
    public PositionTables Tables { get; }

    public LaneProgram Output { get; }

    /// <summary>From ∂L/∂y to the gradients of what y depends on; null where it depends on nothing.</summary>
    public LaneProgram? Gradient { get; }

    /// <summary>The part of <see cref="Gradient"/> that is of selection and local energy; null where y depends on neither.</summary>
    public LaneProgram? Slopes { get; }

    public IReadOnlyList<Symbol> SlopeReads { get; }

    public IReadOnlyList<Symbol> OutputReads { get; }

    public IReadOnlyList<Symbol> GradientReads { get; }

    public IReadOnlyList<Symbol> GradientWrites { get; }

    /// <summary>Whether local energies are part of it.</summary>
    public bool ReadsEnergy => OutputReads.Contains(Symbol.LocalEnergy);

    /// <summary>Whether it passes a gradient on to something.</summary>
    public bool Reaches(Symbol input) => GradientWrites.Contains(Symbol.Adjoint(input));

    /// <param name="definition">y.</param>
    /// <param name="learnables">The parameters it may use.</param>
    public static ReadoutTermPlan Lower(Expression definition, IReadOnlyList<Symbol> learnables)
    {
        ExpressionPool e = definition.Pool;
        PositionTables tables = PositionTables.Fold(definition, "readoutTable");
        Symbol[] inputs = [.. Inputs, .. learnables];
        IReadOnlyList<Expression> adjoints = Differentiation.Gradient(
            [(tables.Rest, e.Symbol(Symbol.Adjoint(Result)))], [.. inputs.Select(e.Symbol)]);
        Output[] gradients =
        [
            .. inputs.Zip(adjoints, (input, value) => new Output(value, Symbol.Adjoint(input), SinkOf(input)))
                .Where(o => !o.Value.IsConstant(0)),
        ];
        Output[] slopes = [.. gradients.Where(g =>
            g.Target == Symbol.Adjoint(Symbol.OwnSelection) || g.Target == Symbol.Adjoint(Symbol.LocalEnergy))];
        return new ReadoutTermPlan(
            definition, tables, LaneProgram.Schedule([new Output(tables.Rest, Result, Sink.Store)]),
            gradients.Length > 0 ? LaneProgram.Schedule(gradients) : null, slopes.Length > 0 ? LaneProgram.Schedule(slopes) : null);
    }

    private static Sink SinkOf(Symbol input) =>
        !Inputs.Contains(input) ? Sink.SumToLearnable : input.IsVector ? Sink.Add : Sink.Store;
}
