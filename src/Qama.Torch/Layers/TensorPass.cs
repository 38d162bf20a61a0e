using Qama.Problems;
using Qama.Torch.Energies;
using Qama.Torch.Sampling;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>What a forward pass is given. All tensors are borrowed.</summary>
internal sealed record TensorPass
{
    /// <summary>Parameters in the order of <see cref="Qama.Layers.QuboAttentionLayer{T}.Parameters"/>, of one
    /// floating-point type and on one device.</summary>
    public required IReadOnlyList<Tensor> Parameters { get; init; }

    /// <summary>Running statistics in the order of <see cref="Qama.Layers.QuboAttentionLayer{T}.Buffers"/>.</summary>
    public required IReadOnlyList<Tensor> Buffers { get; init; }

    /// <summary>One input that all roles share, or query, key and value, each [batch, tokens, width].</summary>
    public required IReadOnlyList<Tensor> Inputs { get; init; }

    /// <summary>Tokens present in each sample, [batch], integers; null for all.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>Which tokens are there, [batch, tokens], booleans, in place of <see cref="Lengths"/>; null for
    /// those.</summary>
    public Tensor? Present { get; init; }

    /// <summary>Whether norms use the batch's statistics.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>What finds selections.</summary>
    public required ITensorSampler Sampler { get; init; }

    /// <summary>What the sampler's random numbers depend on.</summary>
    public required SamplingKey SamplingKey { get; init; }
}

/// <summary>What a forward pass made. All tensors belong to the caller, or to the dispose scope around the
/// call.</summary>
/// <param name="Output">[batch, tokens, heads·dim], in the first input's type; differentiable.</param>
/// <param name="Samples">What the sampler found.</param>
/// <param name="Problem">What the sampler saw.</param>
/// <param name="Statistics">New running statistics in the order of the buffers; empty in evaluation mode.</param>
internal sealed record TensorResult(
    Tensor Output, TensorSamples Samples, TensorProblem Problem, IReadOnlyList<Tensor> Statistics);
