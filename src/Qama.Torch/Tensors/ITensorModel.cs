using System.ComponentModel;
using Qama.Torch.Energies;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>
/// What generated code says about a model to the tensor backend: couplings and fields as operations of torch, which run
/// wherever their inputs live and are differentiated by autograd. All else (input stage, norms, masks, energy,
/// readouts) follows from the numbers here in the runtime.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITensorModel
{
    /// <summary>The energy's weights, penalties and sizes.</summary>
    TensorEnergy Energy { get; }

    /// <summary>The readout.</summary>
    TensorReadout Readout { get; }

    /// <summary>The similarity F, before it is made symmetric, normalised or masked, in the inputs' type, [batch,
    /// heads, N, N] (dimensions that do not matter may be 1); null without couplings.</summary>
    /// <param name="inputs">Query, key, learnables.</param>
    Tensor? Couplings(TensorInputs inputs);

    /// <summary>The importance f before it is normalised, [batch, heads, N] (dimensions that do not matter may be 1);
    /// null without fields.</summary>
    /// <param name="inputs">Value, learnables.</param>
    Tensor? Fields(TensorInputs inputs);

    /// <summary>The output of every read by the class's own terms, [batch, heads, reads, N, D] (dimensions that do not matter may be 1, or
    /// missing in front); null where it has none.</summary>
    /// <param name="inputs">Query, key and value of the token, its selection and energy, learnables.</param>
    Tensor? Terms(TensorInputs inputs) => null;

    /// <summary>Sufficient weights of the hard constraints that nothing bounds at compile time, [batch, count], in the
    /// problem's type; null where there are none.</summary>
    /// <param name="problem">Couplings and fields as samplers see them.</param>
    Tensor? ComputeWeights(TensorProblem problem);
}

/// <summary>What is made of a selection.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum TensorReadoutKind
{
    /// <summary>y[i,d] = ε[h,i] g_d.</summary>
    LocalEnergy,

    /// <summary>y[i,d] = −ε[h,i] t_d(v_i)/f[h,i].</summary>
    EntropyShare,

    /// <summary>y_i = Σ_j a_ij v_j, a_ij ∝ s_j exp(F[i,j] + f_j).</summary>
    SelectedAttention,

    /// <summary>The mean over reads of the local energy's output.</summary>
    Expectation,

    /// <summary>y_i = Σ_j ⟨s_j⟩ v_j, ⟨s⟩ the mean over reads.</summary>
    MarginalAttention,

    /// <summary>The sum of the class's own terms, the mean over reads.</summary>
    Terms,
}

/// <summary>A readout of the tensor backend.</summary>
/// <param name="Kind">What is made of a selection.</param>
/// <param name="Generator">Index of g among the layer's learnables; −1 where it has none.</param>
/// <param name="IsWeighted">Whether the solver's weights count in local energies.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TensorReadout(
    TensorReadoutKind Kind, int Generator = -1, bool IsWeighted = false);
