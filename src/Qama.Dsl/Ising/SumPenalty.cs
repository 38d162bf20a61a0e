using System.ComponentModel;
using Qama.Contract;

namespace Qama.Ising;

/// <summary>A penalty on a head's sum S = Σ_i s[h,i]: with g = ±(S − k), weight times g² where S leaves its bound, or
/// weight times −0.96 g + 0.037 g² with <see cref="SlackKind.Unbalanced"/>.</summary>
/// <param name="Kind">The bound: <see cref="ConstraintKind.AtMost"/>, <see cref="ConstraintKind.AtLeast"/> or
/// <see cref="ConstraintKind.Exactly"/>.</param>
/// <param name="Target">k.</param>
/// <param name="Weight">The weight.</param>
/// <param name="Slack">The quadratic penalty that stands for an inequality; without a meaning for equality.</param>
/// <remarks>Unbalanced penalisation: Montañez-Barrera et al., arXiv 2211.13914.</remarks>
public readonly record struct SumPenalty(
    ConstraintKind Kind, double Target, double Weight, SlackKind Slack = SlackKind.Binary)
{
    /// <summary>The shape: the penalty for weight 1.</summary>
    internal SumPenaltyShape Shape => SumPenaltyShape.Of(Kind, Slack);

    /// <summary>The penalty for weight 1: with g = Direction·(S − <see cref="Target"/>), Linear·g + Square·max(g, Floor)². For
    /// code that computes it elsewhere.</summary>
    /// <exception cref="ArgumentException">The kind is no bound on sums.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public (double Direction, double Linear, double Square, double Floor) Parts =>
        (Shape.Direction, Shape.Linear, Shape.Square, Shape.Floor);

    /// <summary>The energy at a sum; with inequalities the energy with the best slack.</summary>
    /// <exception cref="ArgumentException">The kind is no bound on sums.</exception>
    public double Energy(double sum)
    {
        SumPenaltyShape shape = Shape;
        double g = shape.Direction * (sum - Target);
        double beyond = Math.Max(g, shape.Floor);
        return (shape.Linear * Weight * g) + (shape.Square * Weight * beyond * beyond);
    }
}
