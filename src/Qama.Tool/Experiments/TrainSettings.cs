using System.Globalization;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Optimization;

namespace Qama.Tool.Experiments;

/// <summary>What decides a training besides model and data.</summary>
/// <param name="Attention">What stands where attention does.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Epochs">Passes over the training samples.</param>
/// <param name="Batch">Samples of a step.</param>
/// <param name="Rate">The largest learning rate.</param>
/// <param name="Clip">The largest norm of the gradient; infinity for none.</param>
/// <param name="Sweeps">Annealing sweeps of a selection.</param>
/// <param name="Seed">Seed of initial values, order of samples and sampling.</param>
/// <param name="Threads">Threads, 0 for all processors; results do not depend on it.</param>
internal sealed record TrainSettings(
    AttentionKind Attention, int Depth, int Epochs, int Batch, double Rate, double Clip, int Sweeps, int Seed, int Threads)
{
    /// <summary>Share of the steps in which the learning rate rises.</summary>
    private const double WarmUp = 0.05;

    /// <summary>The trainer's options.</summary>
    public TrainerOptions ToOptions() => new()
    {
        Epochs = Epochs, BatchSize = Batch, LearningRate = LearningRate.Cosine(Rate, WarmUp), MaxGradientNorm = Clip, Seed = Seed,
        Threads = Threads,
    };

    /// <summary>What finds the selections.</summary>
    public SimulatedAnnealingSampler CreateSampler() => new() { Sweeps = Sweeps, Threads = Threads };

    /// <summary>What decides the result, as a part of a file's name.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"d{Depth}-e{Epochs}-s{Seed}-lr{Rate:0.########}-clip{(double.IsFinite(Clip) ? $"{Clip:0.####}" : "none")}-b{Batch}"
        + $"{(Attention == AttentionKind.Model ? $"-sw{Sweeps}" : "")}");
}
