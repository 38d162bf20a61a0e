using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>From the gradients of values per token back to the token's vector and to the learnables.</summary>
internal static class TokenGradient
{
    /// <summary>The program, or null where nothing depends on anything.</summary>
    /// <param name="pool">Where expressions are made.</param>
    /// <param name="roots">Values per token with their gradients.</param>
    /// <param name="source">Query, key or value.</param>
    /// <param name="learnables">Parameters the values may use.</param>
    public static LaneProgram? Lower(
        ExpressionPool pool, IReadOnlyList<(Expression Value, Expression Gradient)> roots, Symbol source,
        IReadOnlyList<Symbol> learnables)
    {
        List<Symbol> inputs = [source, .. learnables];
        IReadOnlyList<Expression> adjoints = Differentiation.Gradient(roots, [.. inputs.Select(pool.Symbol)]);
        var outputs = inputs.Zip(adjoints, (input, value) =>
                new Output(value, Symbol.Adjoint(input), input == source ? Sink.Add : Sink.SumToLearnable))
            .Where(o => !o.Value.IsConstant(0)).ToList();
        return outputs.Count > 0 ? LaneProgram.Schedule(outputs) : null;
    }
}
