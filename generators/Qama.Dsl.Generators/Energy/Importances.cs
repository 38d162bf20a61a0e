using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>
/// The built-in importances: f[i] as expressions of the token's value vector and learned vectors.
/// A new one is its enum member and its definition here; kernel and gradient follow.
/// </summary>
internal static class Importances
{
    /// <summary>The reference's E2V: the vector that turns energies into values, learned, one for all heads.</summary>
    public static readonly Symbol EnergyToValue = new("g", SymbolRole.Learnable, true, Tokens.None);

    public static Expression Define(Importance importance, ExpressionPool e)
    {
        Expression v = e.Symbol(Symbol.Value);
        return importance switch
        {
            Importance.None => e.Zero,
            Importance.ValueProjection => e.Mean(v * e.Symbol(EnergyToValue)),
            Importance.ValueEntropy => Entropy(e, e.Clamp(v / (e.Sum(v) + Similarities.Epsilon), Similarities.Epsilon, 1)),
            Importance.ValueNorm => e.Norm(v),
            _ => throw new ArgumentOutOfRangeException(nameof(importance), importance, "No definition."),
        };
    }

    /// <summary>Entropy in bits: Σ −u log₂ u.</summary>
    private static Expression Entropy(ExpressionPool e, Expression u) => -e.Sum(u * e.Log2(u));
}
