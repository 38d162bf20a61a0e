using System.Collections.Generic;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>What the definitions alone say about coefficients, whatever the inputs and parameters are.</summary>
internal static class CoefficientBounds
{
    /// <summary>J[i,j], symmetrised or not (a mean of two numbers in a range is in it). Batch normalisation bounds nothing: its
    /// scale and shift are learned.</summary>
    public static Interval Coupling(Similarity similarity, Normalization normalize, int dimension)
    {
        if (normalize != Normalization.None || dimension < 1)
        {
            return Interval.Reals;
        }

        Expression definition = Similarities.Define(similarity, new ExpressionPool(dimension));
        return new Intervals(facts: new Dictionary<Expression, Interval>
        {
            [definition] = Similarities.Proved(similarity, dimension),
        }).Of(definition);
    }

    /// <summary>f[i].</summary>
    public static Interval Field(Importance importance, Normalization normalize, int dimension) =>
        importance == Importance.None ? Interval.Point(0)
        : normalize != Normalization.None || dimension < 1 ? Interval.Reals
        : new Intervals().Of(Importances.Define(importance, new ExpressionPool(dimension)));
}
