using Qama.Training;

namespace Qama.Cluster.Training;

/// <summary>Settings of a run on a cluster that do not change its result.</summary>
public sealed record ClusterTrainingOptions
{
    /// <summary>Steps of an epoch after which the run is saved, at least 0; 0 (the default) for none but the end of each epoch.</summary>
    public int CheckpointSteps { get; init; }

    /// <summary>Time after which the run is saved at the next step's end, positive. Default 1 minute: what a run loses at most when the server
    /// that coordinates it dies.</summary>
    public TimeSpan CheckpointTime { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>The progress of a run.</summary>
/// <param name="Training">After the last step.</param>
/// <param name="Workers">Workers that take part.</param>
/// <param name="Refused">Workers that do not, each with the reason.</param>
/// <param name="Traffic">Messages and bytes so far.</param>
public sealed record ClusterTrainingProgress(
    TrainingProgress Training, int Workers, IReadOnlyDictionary<string, string> Refused, TrainingTraffic Traffic);

/// <summary>Messages and bytes between a run's coordinator and its workers, and what was stored.</summary>
/// <param name="Steps">Steps that were taken, those repeated after a checkpoint included.</param>
/// <param name="Messages">Requests and answers of steps and evaluations.</param>
/// <param name="BytesToWorkers">Parameters and buffers that were sent; what surrounds them is some hundred bytes a message.</param>
/// <param name="BytesFromWorkers">Sums of gradients and buffers that were received.</param>
/// <param name="Shards">Shards and batches of evaluation that were handed out.</param>
/// <param name="RepeatedShards">How many of them again, since a worker had failed or was late.</param>
/// <param name="Checkpoints">Checkpoints that were stored.</param>
/// <param name="CheckpointBytes">Their bytes.</param>
public sealed record TrainingTraffic(
    long Steps, long Messages, long BytesToWorkers, long BytesFromWorkers, long Shards, long RepeatedShards, long Checkpoints, long CheckpointBytes);

/// <summary>What a run came to.</summary>
/// <param name="Evaluations">Loss and accuracy of the trained model on each of the task's data to evaluate.</param>
/// <param name="Last">The progress after the last step.</param>
public sealed record ClusterTrainingResult(IReadOnlyDictionary<string, EvaluationResult> Evaluations, ClusterTrainingProgress Last);
