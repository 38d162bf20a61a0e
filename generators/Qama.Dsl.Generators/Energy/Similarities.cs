using System;
using System.Collections.Generic;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>
/// The built-in similarities: J[i,j] before symmetrisation, as expressions of the query of token i and the key of token j.
/// A new one is its enum member and its definition here; kernel and gradient follow.
/// </summary>
internal static class Similarities
{
    /// <summary>ε of the authors' code: keeps denominators and logarithms away from 0.</summary>
    public const double Epsilon = 1e-6;

    /// <param name="similarity">Which.</param>
    /// <param name="e">Where expressions are made.</param>
    /// <param name="asFeatures">Whether the definition must be a sum of products of features: of the cosine, ε is then inside the norms.</param>
    public static Expression Define(Similarity similarity, ExpressionPool e, bool asFeatures = false)
    {
        Expression q = e.Symbol(Symbol.Query);
        Expression k = e.Symbol(Symbol.Key);
        double scale = 1 / Math.Sqrt(e.Dimension);
        return similarity switch
        {
            Similarity.ScaledDotProduct => scale * e.Dot(q, k),
            Similarity.Cosine when asFeatures => e.Dot(q, k) / (Positive(e.Dot(q, q)) * Positive(e.Dot(k, k))),
            Similarity.Cosine => e.Dot(q, k) / (e.Norm(q) * e.Norm(k) + Epsilon),

            // −‖q − k‖² written out, so that the pair's part is a matrix product.
            Similarity.NegativeSquaredDistance => scale * (2 * e.Dot(q, k) - e.Dot(q, q) - e.Dot(k, k)),
            Similarity.None => e.Zero,
            Similarity.JensenShannon => JensenShannon(e, e.Softmax(q), e.Softmax(k)),
            _ => throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "No definition."),
        };

        // At most ε more than the norm.
        Expression Positive(Expression squares) => e.Sqrt(squares + (Epsilon * Epsilon));
    }

    /// <summary>What is known about a definition beyond what interval arithmetic finds by itself.</summary>
    public static Interval Proved(Similarity similarity, int dimension) => similarity switch
    {
        // Above: p/(m + ε) ≤ 2 and Σp = 1. Below: log(x + ε) ≥ log x, the divergence itself is not negative, and by
        // concavity ½ Σ p log(1 + ε/m) + ½ Σ r log(1 + ε/m) = Σ m log(1 + ε/m) ≤ log(1 + Dε).
        Similarity.JensenShannon => new Interval(
            -Math.Log(1 + (dimension * Epsilon)) / Math.Log(2), Math.Log(2 + Epsilon) / Math.Log(2)),
        _ => Interval.Reals,
    };

    /// <summary>What is known about the built-in definitions in a pool, wherever they stand.</summary>
    public static IReadOnlyDictionary<Expression, Interval> Facts(ExpressionPool e) => new Dictionary<Expression, Interval>
    {
        [Define(Similarity.JensenShannon, e)] = Proved(Similarity.JensenShannon, e.Dimension),
    };

    private static Expression JensenShannon(ExpressionPool e, Expression p, Expression r)
    {
        Expression middle = 0.5 * (p + r) + Epsilon;
        return 0.5 * e.Sum(p * e.Log2(p / middle + Epsilon)) + 0.5 * e.Sum(r * e.Log2(r / middle + Epsilon));
    }
}
