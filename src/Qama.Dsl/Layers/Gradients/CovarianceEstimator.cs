using System.Numerics;

namespace Qama.Layers.Gradients;

/// <summary>The Boltzmann distribution's gradient: β Cov(G, T), estimated from independent reads with divisor R − 1.</summary>
internal sealed class CovarianceEstimator<T>(LayerWorkspace<T> workspace) : GradientEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override int StatisticCount =>
        Workspace.Reads is null || Workspace.ReadTemperature is null ? 0 : Workspace.Samples.ReadCount;

    public override double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights)
    {
        Workspace.Pass.ReadWeights(Workspace.Samples.State(problem, index), weights);
        double inverseTemperature = 1 / Workspace.ReadTemperature!.Value;
        return contributions[index] * inverseTemperature;
    }
}
