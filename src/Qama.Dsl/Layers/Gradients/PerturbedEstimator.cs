using System.Numerics;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Gradients;

/// <summary>
/// Perturb-and-MAP (Berthet et al., arXiv 2002.08676) with the target distribution of implicit maximum likelihood (arXiv 2106.01798):
/// the output is the mean over samples m of y(s_m), s_m the solution with noise σ ε_m on the rewards of weights; the gradient is the mean
/// of (T(s_m) − T(s'_m))/λ, s'_m the solution with the same noise and rewards less λ ∂L/∂s.
/// </summary>
internal sealed class PerturbedEstimator<T>(LayerWorkspace<T> workspace, GradientDescription gradient) : ShiftingEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long Noise = 1, Forward = 2, Target = 3; // purposes of random numbers

    private readonly SampleSet _one = new(workspace.Capacity, 1, workspace.Samples.VariableCount);
    private readonly SampleSet _targets = new(workspace.Capacity, gradient.Samples, workspace.Samples.VariableCount);
    private int _sample;
    private bool _isTarget;

    public override int StatisticCount => 2 * gradient.Samples;

    public override async ValueTask SolveAsync(ISampler sampler, CancellationToken cancellationToken)
    {
        SampleSet samples = Workspace.Samples;
        _isTarget = false;
        if (sampler is FixedSampler given)
        {
            // It has the reads of a pass, whatever the problems are; which noise a read belongs to is its place.
            await base.SolveAsync(sampler, cancellationToken).ConfigureAwait(false);
            given.CopyTo(samples, Workspace.Count);
        }
        else
        {
            await SolveAllAsync(sampler, samples, Forward, cancellationToken).ConfigureAwait(false);
        }

        for (int p = 0; p < Workspace.Count; p++)
        {
            for (int m = 0; m < samples.ReadCount; m++)
            {
                samples.Energy(p, m) = Workspace.Problems.Energy(p, samples.State(p, m)); // without the noise
            }
        }
    }

    public override async ValueTask SolveAgainAsync(CancellationToken cancellationToken)
    {
        RequireFiniteSlopes();
        _isTarget = true;
        await SolveAllAsync(Workspace.Sampler!, _targets, Target, cancellationToken).ConfigureAwait(false);
    }

    public override double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights) => Difference(
        index % 2, Workspace.Samples.State(problem, index / 2), _targets.State(problem, index / 2),
        gradient.Lambda * gradient.Samples, weights);

    protected override void AddTo(int problem, Span<float> fields, int stride, int tokens)
    {
        RandomStream random = OwnKey(Noise).Stream(problem, _sample);
        for (int head = 0; head < fields.Length; head += stride)
        {
            for (int i = 0; i < tokens; i++)
            {
                fields[head + i] += InFields(gradient.Sigma * NoiseSource.Next(gradient.Noise, gradient.NoiseCount, ref random));
            }
        }

        if (_isTarget)
        {
            AddSlopes(gradient.Lambda, problem, _sample, fields);
        }
    }

    private async ValueTask SolveAllAsync(ISampler sampler, SampleSet result, long purpose, CancellationToken cancellationToken)
    {
        result.SamplingTime = TimeSpan.Zero;
        try
        {
            for (_sample = 0; _sample < result.ReadCount; _sample++)
            {
                Shift.Apply(this);
                await LayerSampling.RunAsync(Workspace, sampler, _one, OwnKey(purpose + (4L * _sample)), cancellationToken)
                    .ConfigureAwait(false);
                for (int p = 0; p < Workspace.Count; p++)
                {
                    _one.State(p).CopyTo(result.State(p, _sample));
                }

                result.SamplingTime += _one.SamplingTime;
            }

            result.Provenance = _one.Provenance;
        }
        finally
        {
            Shift.Apply(null);
        }
    }
}
