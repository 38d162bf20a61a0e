using Qama.Sampling;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What one call has of its own.</summary>
internal readonly record struct CallOptions
{
    /// <summary>Tokens present in each sample, integers, [batch]; null for all.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>Keys present in each sample, integers, [batch], where keys are a sequence of their own; null for
    /// all.</summary>
    public Tensor? KeyLengths { get; init; }

    /// <summary>Which tokens are there, [batch, Tokens], booleans, where lengths do not say it: for the tensor
    /// backend.</summary>
    public Tensor? Present { get; init; }

    /// <summary>What finds selections; null for the module's.</summary>
    public ISampler? Sampler { get; init; }
}
