using System.Text.Json;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Cluster.Training;

/// <summary>A training that workers know by its name. The same arguments give the same model, settings and data in every process.</summary>
/// <remarks>A worker program finds tasks by <see cref="TrainingTasks.Load"/>: public classes with a constructor without
/// parameters.</remarks>
public interface ITrainingTask
{
    /// <summary>What it is asked for by; not empty.</summary>
    string Name { get; }

    /// <summary>Makes what is trained, with its first values, and loads the data.</summary>
    /// <param name="arguments">What one run of the task has that others have not; its meaning is the task's.</param>
    /// <param name="threads">Threads that the process may use, at least 1: for samplers. Results must not depend on them.</param>
    TrainingSetup Create(JsonElement arguments, int threads);
}

/// <summary>What is trained, on what, and how.</summary>
public sealed class TrainingSetup
{
    /// <summary>The model: its output is one row of logits per sample.</summary>
    public required Module<float> Model { get; init; }

    /// <summary>The settings. <see cref="TrainerOptions.Shards"/> is how many parts of a batch different workers can have: the result
    /// depends on it, never on the workers. <see cref="TrainerOptions.Threads"/> is the worker's own.</summary>
    public required TrainerOptions Options { get; init; }

    /// <summary>The training data.</summary>
    public required Dataset<float> Data { get; init; }

    /// <summary>Data that the trained model is evaluated on, by name; none by default.</summary>
    public IReadOnlyDictionary<string, Dataset<float>> Evaluated { get; init; } = new Dictionary<string, Dataset<float>>();
}
