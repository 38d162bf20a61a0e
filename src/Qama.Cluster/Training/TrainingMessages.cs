using Qama.Training;

namespace Qama.Cluster.Training;

/// <summary>A training as its client orders it: all that its coordinator needs, none of the task's own code.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.order")]
internal sealed record TrainingOrder
{
    [Id(0)]
    public required string Task { get; init; }

    [Id(1)]
    public required string Arguments { get; init; }

    [Id(2)]
    public required Fact[] Facts { get; init; }

    /// <summary>The settings among the facts, as the checkpoint has them.</summary>
    [Id(3)]
    public required Fact[] Settings { get; init; }

    [Id(4)]
    public required int Epochs { get; init; }

    [Id(5)]
    public required int BatchSize { get; init; }

    [Id(6)]
    public required int Shards { get; init; }

    [Id(7)]
    public required int Samples { get; init; }

    [Id(8)]
    public required string DataHash { get; init; }

    /// <summary>β₁, β₂, ε and weight decay of Adam.</summary>
    [Id(9)]
    public required double[] Adam { get; init; }

    [Id(10)]
    public required double MaxGradientNorm { get; init; }

    /// <summary>Data to evaluate at the end, and their samples.</summary>
    [Id(11)]
    public required EvaluatedData[] Evaluated { get; init; }

    /// <summary>Steps after which a checkpoint is due; 0 for none but those of epochs.</summary>
    [Id(12)]
    public required int CheckpointSteps { get; init; }

    /// <summary>Time after which one is due.</summary>
    [Id(13)]
    public required TimeSpan CheckpointTime { get; init; }

    public TrainingPlan Plan => new(Samples, Math.Min(BatchSize, Samples), Shards, Epochs);
}

/// <summary>A data set to evaluate.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.evaluated")]
internal sealed record EvaluatedData([property: Id(0)] string Name, [property: Id(1)] int Samples);

/// <summary>Asks a worker to take part.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.join")]
internal sealed record JoinRequest([property: Id(0)] string Task, [property: Id(1)] string Arguments, [property: Id(2)] Fact[] Facts);

/// <summary>A range of shards of a batch.</summary>
/// <param name="Version">Steps of the training behind: what the state is known by.</param>
/// <param name="Step">The optimiser's number of the step, from 1: samplers draw by it.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="Batch">From 1.</param>
/// <param name="First">First shard.</param>
/// <param name="End">One beyond the last.</param>
/// <param name="State">Parameters and buffers, float32; null where the worker has this version.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.shards")]
internal sealed record ShardRequest(
    [property: Id(0)] long Version, [property: Id(1)] long Step, [property: Id(2)] int Epoch, [property: Id(3)] int Batch,
    [property: Id(4)] int First, [property: Id(5)] int End, [property: Id(6)] byte[]? State);

/// <summary>The sum of a node of the batch's tree.</summary>
/// <param name="First">First shard.</param>
/// <param name="End">One beyond the last.</param>
/// <param name="Loss">Sum of the labelled rows' losses.</param>
/// <param name="Correct">How many were classified rightly.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Numbers">Gradients and buffers, float32; the receiver's to change.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.node")]
internal sealed record NodeSum(
    [property: Id(0)] int First, [property: Id(1)] int End, [property: Id(2)] double Loss, [property: Id(3)] int Correct,
    [property: Id(4)] int Rows, [property: Id(5)] byte[] Numbers);

/// <summary>What a worker made of a range of shards.</summary>
/// <param name="Nodes">Sums, from left to right; empty if something failed.</param>
/// <param name="Rate">The step's learning rate.</param>
/// <param name="Diverged">What is not finite in these shards: the training's failure; or null.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.sums")]
internal sealed record ShardAnswer(
    [property: Id(0)] NodeSum[] Nodes, [property: Id(1)] double Rate, [property: Id(2)] string? Diverged);

/// <summary>A range of batches of evaluation.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.evaluation")]
internal sealed record EvaluationRequest(
    [property: Id(0)] string Data, [property: Id(1)] long Version, [property: Id(2)] int First, [property: Id(3)] int End,
    [property: Id(4)] byte[]? State);

/// <summary>Mean loss, right answers and labelled rows of each batch; or why the model cannot be evaluated.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.evaluated-batches")]
internal sealed record EvaluationAnswer(
    [property: Id(0)] double[] Losses, [property: Id(1)] int[] Correct, [property: Id(2)] int[] Rows, [property: Id(3)] string? Failure);

/// <summary>Where a run stands.</summary>
[GenerateSerializer]
[Alias("qama.training.phase")]
internal enum RunPhase
{
    Unknown,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// <summary>What a client sees of a run.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.view")]
internal sealed record RunView
{
    [Id(0)]
    public RunPhase Phase { get; init; }

    /// <summary>Rises with every change.</summary>
    [Id(1)]
    public long Version { get; init; }

    [Id(2)]
    public int Epoch { get; init; }

    [Id(3)]
    public int Batch { get; init; }

    [Id(4)]
    public double Loss { get; init; }

    [Id(5)]
    public double Accuracy { get; init; }

    [Id(6)]
    public double GradientNorm { get; init; }

    [Id(7)]
    public TimeSpan TimeLeft { get; init; }

    [Id(8)]
    public int Workers { get; init; }

    /// <summary>Workers that do not take part, and why.</summary>
    [Id(9)]
    public Fact[] Refused { get; init; } = [];

    [Id(10)]
    public TrafficCounts Traffic { get; init; } = new();

    /// <summary>Why it failed.</summary>
    [Id(11)]
    public string? Failure { get; init; }

    [Id(12)]
    public EvaluationCounts[] Evaluations { get; init; } = [];

    [Id(13)]
    public int Epochs { get; init; }

    [Id(14)]
    public int Batches { get; init; }
}

/// <summary>Sums of an evaluation.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.evaluation-counts")]
internal sealed record EvaluationCounts(
    [property: Id(0)] string Name, [property: Id(1)] double Loss, [property: Id(2)] double Accuracy);

/// <summary>Messages and bytes of a run.</summary>
[GenerateSerializer]
[Alias("qama.training.traffic")]
internal sealed record TrafficCounts
{
    [Id(0)]
    public long Steps { get; set; }

    [Id(1)]
    public long Messages { get; set; }

    [Id(2)]
    public long BytesToWorkers { get; set; }

    [Id(3)]
    public long BytesFromWorkers { get; set; }

    [Id(4)]
    public long Shards { get; set; }

    [Id(5)]
    public long RepeatedShards { get; set; }

    [Id(6)]
    public long Checkpoints { get; set; }

    [Id(7)]
    public long CheckpointBytes { get; set; }
}
