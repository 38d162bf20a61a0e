using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>Settings of a <see cref="Trainer{T}"/>.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples per step, at least 1; an epoch's last step may have fewer.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The learning rate over time.</summary>
    public LearningRate LearningRate { get; init; } = LearningRate.Constant(1e-3);

    /// <summary>The optimiser's settings.</summary>
    public AdamOptions Adam { get; init; } = new();

    /// <summary>Largest norm of the whole gradient, positive; infinity for no clipping.</summary>
    public double MaxGradientNorm { get; init; } = double.PositiveInfinity;

    /// <summary>Label smoothing, in [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Seed of the order of samples.</summary>
    public long Seed { get; init; }

    /// <summary>Parts that a batch is cut into, at least 1; a batch of fewer samples has one for each sample. Gradients of
    /// parts are computed one after another and summed in a fixed order, so results depend on their number in the last bits, and
    /// on nothing else: not on threads, and not on which processes of a cluster compute them.</summary>
    /// <remarks>Parts are runs of samples whose lengths differ by at most 1, and random numbers follow from a sample's place in the
    /// whole batch. Batch normalisation takes its mean and variance of each part alone, and running statistics become the mean
    /// of what each part makes of those before the step.</remarks>
    public int Shards { get; init; } = 1;

    /// <summary>Threads; 0 for all processors. Results do not depend on it.</summary>
    public int Threads { get; init; }
}

/// <summary>The progress of a training after a step.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Batch">The step within the epoch, from 1.</param>
/// <param name="Batches">Steps per epoch.</param>
/// <param name="Loss">Mean loss of the epoch's labelled rows so far.</param>
/// <param name="Accuracy">Share of the epoch's labelled rows so far that were classified rightly before their step.</param>
/// <param name="GradientNorm">Norm of the step's gradient before clipping.</param>
/// <param name="TimeLeft">Estimate from the mean time per step so far.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, double GradientNorm, TimeSpan TimeLeft);

/// <summary>Loss and accuracy of a model on some data.</summary>
/// <param name="Loss">Mean cross-entropy of the labelled rows, in nats.</param>
/// <param name="Accuracy">Share of the labelled rows that were classified rightly.</param>
public readonly record struct EvaluationResult(double Loss, double Accuracy);
