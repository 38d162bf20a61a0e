using System.Numerics;

namespace Qama.Layers.Gradients;

/// <summary>
/// Identity with projection (arXiv 2205.15213): with costs ω = ∂E/∂s, ∂L/∂ω = −P ∂L/∂s, chained to the coefficients with s held: the
/// derivative of T along g = P ∂L/∂s. T has no degree above two, so that derivative is (T(s + c g) − T(s − c g))/2c for any c.
/// </summary>
/// <remarks>P takes the mean over a head's present tokens out where the head's sum is bound exactly: no solution depends on what is added
/// to all costs.</remarks>
internal sealed class IdentityEstimator<T>(LayerWorkspace<T> workspace) : SlopeEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _projects = workspace.Owner.Model.Constraints.Any(c => c.Kind == ConstraintKind.Exactly);

    public override int StatisticCount => 2;

    public override ValueTask SolveAgainAsync(CancellationToken cancellationToken)
    {
        RequireFiniteSlopes();
        for (int p = 0; p < Workspace.Count && _projects; p++)
        {
            Span<T> slopes = Slope(p, 0);
            int stride = slopes.Length / Workspace.Owner.Model.HeadCount;
            for (int h = 0; h < Workspace.Owner.Model.HeadCount; h++)
            {
                TakeMeanOut(slopes.Slice(h * stride, Workspace.TokenCounts[p]));
            }
        }

        return default;
    }

    public override double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights)
    {
        ReadOnlySpan<T> slopes = Slope(problem, 0);
        double largest = 0;
        foreach (T slope in slopes)
        {
            largest = Math.Max(largest, Math.Abs(double.CreateTruncating(slope)));
        }

        if (largest == 0)
        {
            return 0;
        }

        // A step as large as s itself: neither is lost beside the other.
        double step = (index == 0 ? 1 : -1) / largest;
        Workspace.Pass.ReadWeights(Workspace.Samples.State(problem), weights);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] += T.CreateTruncating(step * double.CreateTruncating(slopes[i]));
        }

        return 0.5 / step;
    }

    private static void TakeMeanOut(Span<T> values)
    {
        double mean = 0;
        foreach (T value in values)
        {
            mean += double.CreateTruncating(value) / values.Length;
        }

        foreach (ref T value in values)
        {
            value -= T.CreateTruncating(mean);
        }
    }
}
