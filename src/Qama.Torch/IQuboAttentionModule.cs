using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Sampling;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What the modules of all declared classes have in common: for code that does not know which it
/// has.</summary>
public interface IQuboAttentionModule
{
    /// <summary>What calls compute with: initially <see cref="Backend.Auto"/>, and <see cref="Backend.Native"/> where
    /// the model has several problems of a sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a backend.</exception>
    Backend Backend { get; set; }

    /// <summary>What finds selections, on the CPU.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    ISampler Sampler { get; set; }

    /// <summary>What finds selections where tensors are computed with; null (initially) for the form of
    /// <see cref="Sampler"/> in operations of torch, where it has one (annealing, bifurcation, the simulated coherent
    /// Ising machine), and else for <see cref="Sampler"/> itself, which then gets copies of the problems on the
    /// CPU.</summary>
    ITensorSampler? TensorSampler { get; set; }

    /// <summary>What the next call's random numbers depend on. A call in training mode moves it on by one step. No part
    /// of a <c>state_dict</c>: who resumes a run sets its step.</summary>
    SamplingKey SamplingKey { get; set; }

    /// <summary>Selections and energies of the last call of native kernels; a later one overwrites them. Null before
    /// the first. With a selection per query, a problem for every block of queries, one sample's after another's; with
    /// causal ones, the problems of the last block.</summary>
    SampleSet? Samples { get; }

    /// <summary>Selections of the last call of the tensor backend, [batch, reads, heads, tokens, bits], booleans, on
    /// its device; a later one replaces and disposes them. Null before the first.</summary>
    Tensor? SelectedBits { get; }
}
