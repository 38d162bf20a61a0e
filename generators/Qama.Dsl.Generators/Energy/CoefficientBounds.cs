using System.Collections.Generic;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>What the definitions alone say about coefficients, whatever the inputs and parameters are.</summary>
internal static class CoefficientBounds
{
    /// <summary>J[i,j], symmetrised or not (a mean of two numbers in a range is in it), or f[i]. Batch normalisation bounds
    /// nothing: its scale and shift are learned.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="normalize">What happens to it afterwards.</param>
    /// <param name="positions">The ranges of positions.</param>
    public static Interval Of(
        Expression definition, Normalization normalize = Normalization.None, IReadOnlyDictionary<Symbol, Interval>? positions = null) =>
        normalize != Normalization.None && definition.Operation != Operation.Constant
            ? Interval.Reals
            : new Intervals(positions, Similarities.Facts(definition.Pool)).Of(definition);
}
