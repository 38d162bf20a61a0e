// Compiled twice: into the runtime and into the generator.
#if QAMA_GENERATOR
namespace Qama.Generators.Contract;

using System;
using Qama.Generators.Vocabulary;
#else
namespace Qama.Contract;
#endif

/// <summary>The penalty on a head's sum S for weight 1: with g = Direction·(S − k), Linear·g + Square·max(g,
/// Floor)².</summary>
/// <param name="Direction">1 where g grows with S, otherwise −1.</param>
/// <param name="Linear">The factor of g.</param>
/// <param name="Square">The factor of the square.</param>
/// <param name="Floor">0 where a slack variable takes up what is allowed; −∞ where nothing does.</param>
internal readonly record struct SumPenaltyShape(double Direction, double Linear, double Square, double Floor)
{
    // λ₁ and λ₂ of −λ₁ g + λ₂ g² (Montañez-Barrera et al., arXiv 2211.13914).
    private const double UnbalancedLinear = 0.96;
    private const double UnbalancedSquare = 0.037;

    /// <summary>Whether only sums that fulfil the constraint cost nothing.</summary>
    public bool IsHard => Linear == 0;

    /// <summary>The shape of a bound on sums.</summary>
    /// <param name="kind">The bound.</param>
    /// <param name="slack">How an inequality becomes quadratic.</param>
    /// <exception cref="ArgumentException">Another kind of constraint, or no kind of slack.</exception>
    public static SumPenaltyShape Of(ConstraintKind kind, SlackKind slack) => (kind, slack) switch
    {
        (ConstraintKind.Exactly, _) => new(1, 0, 1, double.NegativeInfinity),
        (ConstraintKind.AtMost, SlackKind.Binary) => new(1, 0, 1, 0),
        (ConstraintKind.AtLeast, SlackKind.Binary) => new(-1, 0, 1, 0),
        (ConstraintKind.AtMost, SlackKind.Unbalanced) => Unbalanced(-1),
        (ConstraintKind.AtLeast, SlackKind.Unbalanced) => Unbalanced(1),
        _ => throw new ArgumentException($"Expected a bound on sums, got {kind} with {slack} slack."),
    };

    // g is what is left to the bound, so it grows where the penalty of the hard constraint falls.
    private static SumPenaltyShape Unbalanced(double direction) =>
        new(direction, -UnbalancedLinear, UnbalancedSquare, double.NegativeInfinity);
}
