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
            Importance.ValueEntropy => e.Sum(EntropyTerms(e)),
            Importance.ValueNorm => e.Norm(v),
            _ => throw new ArgumentOutOfRangeException(nameof(importance), importance, "No definition."),
        };
    }

    /// <summary>What each dimension contributes to the entropy in bits of a value vector: −u log₂ u, a vector.</summary>
    public static Expression EntropyTerms(ExpressionPool e)
    {
        Expression v = e.Symbol(Symbol.Value);
        Expression u = e.Clamp(v / (e.Sum(v) + Similarities.Epsilon), Similarities.Epsilon, 1);
        return -(u * e.Log2(u));
    }
}
