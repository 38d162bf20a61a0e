using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>
/// The readout of the paper's first version: y_d = −ε · (−u_d log₂ u_d) / f, of a token's local energy ε, field f and value.
/// </summary>
/// <param name="Output">Computes y, [HeadDim, tokens].</param>
/// <param name="Gradient">From ∂L/∂y to those of energy, field and value.</param>
internal sealed record EntropySharePlan(LaneProgram Output, LaneProgram Gradient)
{
    /// <summary>ε of the token.</summary>
    public static readonly Symbol Energy = new("energies", SymbolRole.Intermediate, false, Tokens.Column);

    /// <summary>f of the token.</summary>
    public static readonly Symbol Field = new("fields", SymbolRole.Intermediate, false, Tokens.Column);

    /// <summary>y of the token.</summary>
    public static readonly Symbol Result = new("result", SymbolRole.Intermediate, true, Tokens.Column);

    public static EntropySharePlan Lower(ExpressionPool e)
    {
        Expression y = -(e.Symbol(Energy) / e.Symbol(Field)) * Importances.EntropyTerms(e);
        Symbol[] inputs = [Energy, Field, Symbol.Value];
        var adjoints = Differentiation.Gradient([(y, e.Symbol(Symbol.Adjoint(Result)))], [.. inputs.Select(e.Symbol)]);
        return new EntropySharePlan(
            LaneProgram.Schedule([new Output(y, Result, Sink.Store)]),
            LaneProgram.Schedule(inputs.Zip(
                adjoints, (input, value) => new Output(value, Symbol.Adjoint(input), input == Symbol.Value ? Sink.Add : Sink.Store))));
    }
}
