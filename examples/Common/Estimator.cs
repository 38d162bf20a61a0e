using System.Text.Json.Serialization;
using Qama.Layers;

namespace Qama.Examples.Common;

/// <summary>What a result says about the gradient through the solver, for the page that compares estimators.</summary>
/// <param name="Task">The task and the budget of training: only estimators of one task are compared.</param>
/// <param name="Variant">The operator, with its name on the command line.</param>
/// <param name="Gradient">The estimator.</param>
/// <param name="Solves">Solves of one sample in one step of training, forward and backward, every read for itself.</param>
/// <param name="Command">What repeats the run but for the seed: arguments of <c>dotnet run -c Release</c>.</param>
public sealed record Estimator(string Task, string Variant, GradientKind Gradient, int Solves, string Command)
{
    /// <summary>The estimator of a layer; null where none is declared.</summary>
    /// <param name="task">The task and the budget of training.</param>
    /// <param name="variant">The operator, with its name on the command line.</param>
    /// <param name="layer">The layer; null for operators that are not declared.</param>
    /// <param name="command">What repeats the run but for the seed.</param>
    public static Estimator? Of(string task, string variant, QuboAttentionLayer<float>? layer, string command) => layer is null
        ? null
        : new Estimator(task, variant, layer.Model.Gradient.Kind, layer.Model.Gradient.SolvesPerStep * layer.Model.ReadCount, command);
}

/// <summary>What the page of estimators reads of a result, whichever program wrote it.</summary>
internal sealed record EstimatedRun
{
    public Estimator? Estimator { get; init; }

    public int Seed { get; init; }

    public double TestAccuracy { get; init; }

    public double TestLoss { get; init; }

    public IReadOnlyList<EstimatedEpoch> Epochs { get; init; } = [];
}

/// <summary>What it reads of an epoch.</summary>
/// <param name="Seconds">Time of the epoch's training steps.</param>
internal sealed record EstimatedEpoch(double Seconds);

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(EstimatedRun))]
internal sealed partial class EstimatedRunJson : JsonSerializerContext;
