using System.Reflection;
using Qama.Layers;
using Qama.Torch.Energies;
using Qama.Torch.Tensors;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>The emitted tensor code of a declared class, and what it was asked.</summary>
internal sealed class EmittedModel(QuboAttentionLayer<float> layer) : ITensorModel
{
    private readonly ITensorModel _emitted = (ITensorModel)Activator.CreateInstance(
        layer.GetType().GetNestedType("Generated", BindingFlags.NonPublic)!.GetNestedType("TensorModel")!)!;

    public TensorEnergy Energy => _emitted.Energy;

    public TensorReadout Readout => _emitted.Readout;

    /// <summary>What weights of constraints were asked for; null before.</summary>
    public TensorProblem? Weighed { get; private set; }

    public Tensor? Couplings(TensorInputs inputs) => _emitted.Couplings(inputs);

    public Tensor? Fields(TensorInputs inputs) => _emitted.Fields(inputs);

    public Tensor? Terms(TensorInputs inputs) => _emitted.Terms(inputs);

    public Tensor? ComputeWeights(TensorProblem problem)
    {
        Weighed = problem;
        return _emitted.ComputeWeights(problem);
    }
}
