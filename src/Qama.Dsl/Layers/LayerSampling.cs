using System.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers;

/// <summary>The sampling of a layer's passes. Samplers look at every coefficient before they start; what one
/// refuses because a number is not finite is told as the layer's failure, with the sample.</summary>
internal static class LayerSampling
{
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    public static ValueTask RunAsync<T>(
        LayerWorkspace<T> workspace, ISampler sampler, SampleSet result, SamplingKey key, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            ValueTask sampling = sampler.SampleAsync(workspace.Problems, result, key, cancellationToken);
            return sampling.IsCompletedSuccessfully ? sampling : FinishAsync(sampling, workspace);
        }
        catch (ArgumentException e) when (FirstNonFinite(workspace.Problems) is int problem and >= 0)
        {
            throw NotFinite(workspace, problem / workspace.Owner.Model.ProblemsPerSample, e);
        }
    }

    private static async ValueTask FinishAsync<T>(ValueTask sampling, LayerWorkspace<T> workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            await sampling.ConfigureAwait(false);
        }
        catch (ArgumentException e) when (FirstNonFinite(workspace.Problems) is int problem and >= 0)
        {
            throw NotFinite(workspace, problem / workspace.Owner.Model.ProblemsPerSample, e);
        }
    }

    /// <summary>A problem's random numbers depend on its number among the problems of all samples.</summary>
    public static SamplingKey KeyOf<T>(LayerWorkspace<T> workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        workspace.Key with { FirstSample = workspace.Key.FirstSample * workspace.Owner.Model.ProblemsPerSample };

    private static int FirstNonFinite(AttentionProblemBatch problems)
    {
        for (int p = 0; p < problems.Count; p++)
        {
            if (!problems.IsFinite(p))
            {
                return p;
            }
        }

        return -1;
    }

    private static NotFiniteNumberException NotFinite<T>(
        LayerWorkspace<T> workspace, int sample, ArgumentException refusal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
            $"{workspace.Owner.Model.Name}: sample {sample} of the batch has a coupling or field that is NaN or infinite: "
            + "its input or the parameters are, or are too large.", refusal);
}
