using System.Numerics;
using Qama.Problems;

namespace Qama.Layers.Gradients;

/// <summary>Blackbox differentiation (arXiv 1912.02175): (T(s) − T(s_λ))/λ, s_λ the solution of E + λ Σ s ∂L/∂s, by the sampler of the
/// forward pass.</summary>
internal sealed class BlackboxEstimator<T>(LayerWorkspace<T> workspace, GradientDescription gradient) : ShiftingEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SampleSet _shifted = new(workspace.Capacity, 1, workspace.Samples.VariableCount);

    public override int StatisticCount => 2;

    public override async ValueTask SolveAgainAsync(CancellationToken cancellationToken)
    {
        RequireFiniteSlopes();
        try
        {
            Shift.Apply(this);
            await LayerSampling.RunAsync(Workspace, Workspace.Sampler!, _shifted, OwnKey(0), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Shift.Apply(null);
        }
    }

    public override double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights) =>
        Difference(index, Workspace.Samples.State(problem), _shifted.State(problem), gradient.Lambda, weights);

    protected override void AddTo(int problem, Span<float> fields, int stride, int tokens) =>
        AddSlopes(gradient.Lambda, problem, 0, fields);
}
