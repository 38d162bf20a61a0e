using Qama.Sampling;
using static TorchSharp.torch;

namespace Qama.Torch.Modules;

/// <summary>What one call has of its own.</summary>
/// <param name="Lengths">Tokens present in each sample, integers, [batch]; null for all.</param>
/// <param name="Sampler">What finds selections; null for the module's.</param>
internal readonly record struct CallOptions(Tensor? Lengths, ISampler? Sampler);
