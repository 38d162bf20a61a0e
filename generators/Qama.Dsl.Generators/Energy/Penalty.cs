using System;
using Qama.Generators.Contract;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>What a penalty is summed over.</summary>
internal enum PenaltyDomain
{
    /// <summary>Σ_{a&lt;b} Σ_i, for s = s[a,i] and s' = s[b,i].</summary>
    HeadPairsAtToken,

    /// <summary>Σ_{a&lt;b} Σ_i Σ_b, for x = x[a,i,b] and x' = x[a',i,b].</summary>
    HeadPairsAtBit,

    /// <summary>Σ_h Σ_i, for s = s[h,i].</summary>
    Tokens,

    /// <summary>Σ_h Σ_i, for s = s[h,i], and linear in it.</summary>
    TokenFields,

    /// <summary>Σ_h Σ_{i&lt;j} over interacting pairs, for s = s[h,i], s' = s[h,j] and their positions.</summary>
    TokenPairs,

    /// <summary>Σ_h, for S = Σ_i s[h,i].</summary>
    Heads,
}

/// <summary>A penalty on the selection: an expression of selection weights, summed over a domain.</summary>
/// <param name="Name">The word it was declared with.</param>
/// <param name="Domain">What it is summed over.</param>
/// <param name="Energy">The energy of one element of the domain, final weight included; slack eliminated.</param>
internal sealed record Penalty(string Name, PenaltyDomain Domain, Expression Energy)
{
    /// <summary>The energy as a quadratic polynomial with the slack z, where it has one; otherwise <see cref="Energy"/>.</summary>
    public Expression Quadratic { get; init; } = Energy;

    /// <summary>The slack z of one head in binary.</summary>
    public SlackEncoding Slack { get; init; }

    /// <summary>The coefficient of s·s' (or x·x'): the energy's mixed derivative.</summary>
    public Expression PairCoefficient
    {
        get
        {
            bool bits = Domain == PenaltyDomain.HeadPairsAtBit;
            return Derivative(Derivative(Energy, bits ? Symbol.Bit : Symbol.Selection), bits ? Symbol.OtherBit : Symbol.OtherSelection);
        }
    }

    /// <summary>The coefficient of s, for <see cref="PenaltyDomain.TokenFields"/>.</summary>
    public Expression TokenCoefficient => Derivative(Energy, Symbol.Selection);

    /// <summary>w Σ_{a&lt;b} Σ_i s[a,i] s[b,i]: heads that select the same token pay.</summary>
    public static Penalty HeadExclusion(ExpressionPool e, double weight, TermScale scale, int heads, int tokens) =>
        HeadExclusion(e, e.Constant(weight * ExclusionFactor(scale, heads, tokens)), ExclusionTarget.Weights);

    /// <summary>The same with a final weight that may be a symbol, on weights or on bits of equal rank.</summary>
    public static Penalty HeadExclusion(ExpressionPool e, Expression weight, ExclusionTarget target) => target switch
    {
        ExclusionTarget.Weights => new Penalty(
            "HeadExclusion", PenaltyDomain.HeadPairsAtToken,
            weight * (e.Symbol(Symbol.Selection) * e.Symbol(Symbol.OtherSelection))),
        ExclusionTarget.Bits => new Penalty(
            "HeadExclusion", PenaltyDomain.HeadPairsAtBit, weight * (e.Symbol(Symbol.Bit) * e.Symbol(Symbol.OtherBit))),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a target of head exclusion."),
    };

    /// <summary>What the weight of head exclusion is multiplied by; H must be 2 or more.</summary>
    public static double ExclusionFactor(TermScale scale, int heads, int tokens) => scale switch
    {
        TermScale.None => 1,
        TermScale.MeanField => Math.Sqrt(2 / Math.PI) * tokens / (heads - 1),
        TermScale.Pairs => 2.0 / ((double)heads * (heads - 1)),
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "Not a scale of head exclusion."),
    };

    /// <summary>w (S − k)² where S leaves its bound; with slack z as a polynomial: at most k, w (S − k + z)²; at least k,
    /// w (S − k − z)².</summary>
    public static Penalty Sparsity(
        ExpressionPool e, Expression weight, ConstraintKind kind, double count, SlackKind slack, SlackEncoding encoding)
    {
        SumPenaltyShape shape = SumPenaltyShape.Of(kind, slack);
        Expression sum = e.Symbol(Symbol.SelectionSum);
        Expression g = shape.Direction > 0 ? sum - count : count - sum;
        if (!shape.IsHard)
        {
            return new Penalty("Sparsity", PenaltyDomain.Heads, weight * (shape.Square * Square(g) + shape.Linear * g));
        }

        return shape.Floor < 0
            ? new Penalty("Sparsity", PenaltyDomain.Heads, weight * Square(g))
            : new Penalty("Sparsity", PenaltyDomain.Heads, weight * Square(e.Max(g, e.Zero)))
            {
                Quadratic = weight * Square(g + e.Symbol(Symbol.Slack)),
                Slack = encoding,
            };
    }

    /// <summary>± w κ(d) s s' over near or far pairs.</summary>
    /// <param name="e">Where the expression is made.</param>
    /// <param name="weight">w.</param>
    /// <param name="form">Whether near pairs pay or far pairs are rewarded.</param>
    /// <param name="decay">κ.</param>
    /// <param name="minDistance">ℓ: where far begins.</param>
    /// <param name="largestDistance">D.</param>
    public static Penalty LongRange(
        ExpressionPool e, double weight, LongRangeForm form, Decay decay, int minDistance, int largestDistance)
    {
        Expression d = e.Symbol(Symbol.Distance);
        Expression pair = e.Symbol(Symbol.Selection) * e.Symbol(Symbol.OtherSelection);
        Expression near = decay switch
        {
            Decay.Constant => e.One,
            Decay.Linear => 1 - d / Math.Max(largestDistance, 1),
            Decay.Exponential => e.Exp(-(d / minDistance)),
            _ => throw new ArgumentOutOfRangeException(nameof(decay), decay, "Not a decay."),
        };

        // The far kernels complement the near ones, apart from the constant.
        Expression far = decay == Decay.Constant ? e.One : 1 - near;
        return form switch
        {
            LongRangeForm.PenaliseNear => new Penalty(
                "LongRange", PenaltyDomain.TokenPairs, weight * (e.AtLeast(e.Constant(minDistance - 1), d) * near * pair)),
            LongRangeForm.RewardFar => new Penalty(
                "LongRange", PenaltyDomain.TokenPairs, -(weight * (e.AtLeast(d, e.Constant(minDistance)) * far * pair))),
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, "Not a form of the long-range term."),
        };
    }

    /// <summary>w s²: makes weights between 0 and 1 worth choosing.</summary>
    public static Penalty Curvature(ExpressionPool e, double weight) =>
        new("Curvature", PenaltyDomain.Tokens, weight * Square(e.Symbol(Symbol.Selection)));

    internal static Expression Derivative(Expression energy, Symbol by)
    {
        ExpressionPool e = energy.Pool;
        return Differentiation.Gradient([(energy, e.One)], [e.Symbol(by)])[0];
    }

    private static Expression Square(Expression a) => a * a;
}
