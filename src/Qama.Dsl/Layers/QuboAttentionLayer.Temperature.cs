using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers;

/// <content>The temperature that reads are drawn at.</content>
public abstract partial class QuboAttentionLayer<T>
{
    private TemperatureSource _temperatureFrom;

    /// <summary>The source of the temperature of an expectation's reads. Initially
    /// <see cref="ModelDescriptor.TemperatureFrom"/>. Without effect where the model draws reads at no temperature.</summary>
    /// <remarks>
    /// With <see cref="TemperatureSource.Estimated"/> every sampler is accepted. One that can is asked for the
    /// declared temperature, others for
    /// the lowest energies they find; the gradient's path through the distribution takes the temperature estimated
    /// from all reads of
    /// the pass's batch, which then depends on how a batch is split. Where no number can be estimated (every read a
    /// local minimum), that
    /// path is left out: as the temperature goes to 0 it does too.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a source.</exception>
    public TemperatureSource TemperatureFrom
    {
        get => _temperatureFrom;
        set => _temperatureFrom = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected Declared or Estimated.");
    }

    /// <summary>The temperature at which the reads of the last forward pass look as if they were drawn, by whatever
    /// sampler, in units of
    /// the model's energy.</summary>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <exception cref="ArgumentException">The workspace belongs to another layer.</exception>
    /// <exception cref="InvalidOperationException">The workspace holds no forward pass that has ended.</exception>
    /// <remarks>The batch's samples are problems of one temperature: <see
    /// cref="ProblemBatch.EstimateTemperature"/>.</remarks>
    public TemperatureEstimate EstimateTemperature(LayerWorkspace<T> workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        RequireOwner(workspace);
        if (!workspace.CanRunBackward)
        {
            throw new InvalidOperationException("There are no reads to estimate a temperature from: call Forward first.");
        }

        return workspace.TemperatureEstimator.Estimate(workspace.Problems, workspace.Samples, workspace.Threads);
    }

    private bool IsEstimated => Model.Temperature is not null && TemperatureFrom == TemperatureSource.Estimated;

    // What a sampler is asked for in a model that reads an expectation.
    private void AskForTemperature(LayerWorkspace<T> workspace, ISampler sampler)
    {
        workspace.TemperatureSource = TemperatureFrom;
        if (Model.Temperature is not null)
        {
            workspace.Samples.Temperature = IsEstimated && !sampler.SamplesAtTemperature ? null : Model.Temperature;
        }
    }

    // The temperature in the gradient of the pass that a workspace holds; null where there is no path through the
    // distribution.
    private double? FindReadTemperature(LayerWorkspace<T> workspace)
    {
        if (Model.Temperature is null || Model.ReadCount == 1 || workspace.TemperatureSource == TemperatureSource.Declared)
        {
            return Model.Temperature;
        }

        TemperatureEstimate estimate = EstimateTemperature(workspace);
        return estimate.IsFinite ? estimate.Temperature : null;
    }

    private void RequireTemperature(ISampler sampler)
    {
        if (Model.Temperature is double temperature && !IsEstimated && !sampler.SamplesAtTemperature)
        {
            throw new NotSupportedException(
                $"{Model.Name} reads an expectation at temperature {temperature}, and the sampler \"{sampler.Name}\" cannot draw at a "
                + "temperature (SamplesAtTemperature is false). With TemperatureFrom = Estimated the layer takes what it does draw.");
        }
    }
}
