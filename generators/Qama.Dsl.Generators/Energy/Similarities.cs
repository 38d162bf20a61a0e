using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>
/// The built-in similarities: J[i,j] before symmetrisation, as expressions of the query of token i and the key of token j.
/// A new one is its enum member and its definition here; kernel and gradient follow.
/// </summary>
internal static class Similarities
{
    public static Expression Define(Similarity similarity, ExpressionPool e)
    {
        Expression q = e.Symbol(Symbol.Query);
        Expression k = e.Symbol(Symbol.Key);
        double scale = 1 / Math.Sqrt(e.Dimension);
        return similarity switch
        {
            Similarity.ScaledDotProduct => scale * e.Dot(q, k),
            _ => throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "No definition."),
        };
    }
}
