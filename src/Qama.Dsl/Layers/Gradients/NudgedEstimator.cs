using System.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Gradients;

/// <summary>
/// Equilibrium propagation with two nudged phases (arXiv 2305.18321, 2510.12934): (T(s₋) − T(s₊))/2β, s± found from the selection of the
/// forward pass in E ± β Σ s ∂L/∂s: by a descent, or where reads are drawn at a temperature by a chain at that one.
/// </summary>
/// <remarks>With reads, the slope of the loss is the mean over them. Both phases use the same random numbers, so that they differ by the
/// nudge alone.</remarks>
internal sealed class NudgedEstimator<T>(LayerWorkspace<T> workspace, GradientDescription gradient) : ShiftingEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SampleSet _with = PhaseOf(workspace);
    private readonly SampleSet _against = PhaseOf(workspace);
    private readonly SearchRun _run = new();
    private readonly NudgedSearch _search = new();
    private double _amount;

    public override int StatisticCount => 2 * Workspace.Samples.ReadCount;

    public override ValueTask SolveAgainAsync(CancellationToken cancellationToken)
    {
        RequireFiniteSlopes();
        for (int p = 0; p < Workspace.Count; p++)
        {
            TakeMean(p);
        }

        try
        {
            RunPhase(gradient.Beta, _with, cancellationToken);
            RunPhase(-gradient.Beta, _against, cancellationToken);
        }
        finally
        {
            Shift.Apply(null);
        }

        return default;
    }

    public override double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights) => Difference(
        index % 2, _against.State(problem, index / 2), _with.State(problem, index / 2),
        2 * gradient.Beta * Workspace.Samples.ReadCount, weights);

    protected override void AddTo(int problem, Span<float> fields, int stride, int tokens) => AddSlopes(_amount, problem, 0, fields);

    private void RunPhase(double amount, SampleSet phase, CancellationToken cancellationToken)
    {
        _amount = amount;
        Shift.Apply(this);
        for (int p = 0; p < Workspace.Count; p++)
        {
            for (int r = 0; r < phase.ReadCount; r++)
            {
                Workspace.Samples.State(p, r).CopyTo(phase.State(p, r));
            }
        }

        // With a temperature nothing is sorted: a read stays beside its counterpart.
        phase.Temperature = _search.Temperature = Workspace.ReadTemperature;
        _run.Run(
            _search, Workspace.Problems, phase, OwnKey(0), new SearchOptions(1, Workspace.Threads, null), cancellationToken);
    }

    // Into the first read's place.
    private void TakeMean(int problem)
    {
        int reads = Workspace.Samples.ReadCount;
        Span<T> mean = Slope(problem, 0);
        for (int r = 1; r < reads; r++)
        {
            ReadOnlySpan<T> slopes = Slope(problem, r);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += slopes[i];
            }
        }

        for (int i = 0; i < mean.Length && reads > 1; i++)
        {
            mean[i] /= T.CreateTruncating(reads);
        }
    }

    private static SampleSet PhaseOf(LayerWorkspace<T> workspace) =>
        new(workspace.Capacity, workspace.Samples.ReadCount, workspace.Samples.VariableCount);
}
