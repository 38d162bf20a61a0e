using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>What a penalty is summed over.</summary>
internal enum PenaltyDomain
{
    /// <summary>Σ_{a&lt;b} Σ_i, for s = s[a,i] and s' = s[b,i].</summary>
    HeadPairsAtToken,
}

/// <summary>A penalty on the selection: an expression of selection weights, summed over a domain.</summary>
/// <param name="Name">The word it was declared with.</param>
/// <param name="Domain">What it is summed over.</param>
/// <param name="Energy">The energy of one element of the domain, final weight included.</param>
internal sealed record Penalty(string Name, PenaltyDomain Domain, Expression Energy)
{
    /// <summary>The coefficient of s·s': the energy's mixed derivative.</summary>
    public Expression PairCoefficient
    {
        get
        {
            ExpressionPool e = Energy.Pool;
            Expression first = Differentiation.Gradient([(Energy, e.One)], [e.Symbol(Symbol.Selection)])[0];
            return Differentiation.Gradient([(first, e.One)], [e.Symbol(Symbol.OtherSelection)])[0];
        }
    }

    /// <summary>w Σ_{a&lt;b} Σ_i s[a,i] s[b,i]: heads that select the same token pay.</summary>
    public static Penalty HeadExclusion(ExpressionPool e, double weight, TermScale scale, int heads, int tokens)
    {
        double factor = scale switch
        {
            TermScale.None => 1,
            TermScale.MeanField => Math.Sqrt(2 / Math.PI) * tokens / (heads - 1),
            TermScale.Pairs => 2.0 / (heads * (heads - 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "Not a scale of head exclusion."),
        };
        return new Penalty(
            "HeadExclusion", PenaltyDomain.HeadPairsAtToken,
            weight * factor * (e.Symbol(Symbol.Selection) * e.Symbol(Symbol.OtherSelection)));
    }
}
