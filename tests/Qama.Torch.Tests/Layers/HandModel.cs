using Qama.Layers;
using Qama.Torch.Energies;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>A model in tensors, written by hand.</summary>
internal sealed class HandModel : ITensorModel
{
    private const double Epsilon = 1e-6;
    private readonly Func<TensorInputs, Tensor?> _couplings;
    private readonly Func<TensorInputs, Tensor?> _fields;

    public HandModel(
        ModelDescriptor model, TensorReadout readout, Func<TensorInputs, Tensor?> couplings, Func<TensorInputs, Tensor?>? fields = null)
    {
        (Readout, _couplings, _fields) = (readout, couplings, fields ?? (_ => null));
        Energy = new TensorEnergy
        {
            Tokens = model.Tokens, Heads = model.HeadCount, Bits = model.SelectionBits, CouplingWeight = model.CouplingWeight,
            FieldWeight = model.FieldWeight, HasCoupling = true, HasField = model.HasField, KeepsDiagonal = model.KeepsDiagonal,
        };
    }

    public TensorEnergy Energy { get; }

    public TensorReadout Readout { get; }

    /// <summary>Whether weights of constraints were asked for, and on what.</summary>
    public TensorProblem? Weighed { get; private set; }

    /// <summary>The formulas of a declaration of the tests without what libtorch 2.10 cannot do to tensors without
    /// data: emitted code has <c>where</c> and <c>abs</c>.</summary>
    public static HandModel Of(QuboAttentionLayer<float> layer)
    {
        var energy = new TensorReadout(TensorReadoutKind.LocalEnergy, Generator: 0);
        var attention = new TensorReadout(TensorReadoutKind.SelectedAttention);
        return layer switch
        {
            FirstVersion or FirstVersionThreeHeads => new HandModel(
                layer.Model, new TensorReadout(TensorReadoutKind.EntropyShare), Divergence, Entropy),
            Blocks => new HandModel(layer.Model, energy with { IsWeighted = true }, DotProduct, Length),
            CouplingOnly => new HandModel(layer.Model, energy, DotProduct),
            NormedAttention => new HandModel(layer.Model, attention, DotProduct, Length),
            Windowed => new HandModel(layer.Model, attention, DotProduct, Projection),
            Expected => new HandModel(layer.Model, energy with { Kind = TensorReadoutKind.Expectation }, DotProduct, Projection),
            Scaled => new HandModel(layer.Model, energy, i => i.Learnable(1) * (i.Query * i.Learnable(2) * i.Key).sum([4])),
            _ => new HandModel(layer.Model, energy, DotProduct, Projection),
        };
    }

    public Tensor? Couplings(TensorInputs inputs) => _couplings(inputs);

    public Tensor? Fields(TensorInputs inputs) => _fields(inputs);

    public Tensor? ComputeWeights(TensorProblem problem)
    {
        Weighed = problem;
        return null;
    }

    private static Tensor DotProduct(TensorInputs inputs) =>
        matmul(inputs.Query.squeeze(3), inputs.Key.squeeze(2).transpose(2, 3)) / Math.Sqrt(inputs.Query.shape[4]);

    private static Tensor Divergence(TensorInputs inputs)
    {
        Tensor p = nn.functional.softmax(inputs.Query, 4);
        Tensor r = nn.functional.softmax(inputs.Key, 4);
        Tensor mean = (p + r) * 0.5 + Epsilon;
        return (p * (p / mean + Epsilon).log2() + r * (r / mean + Epsilon).log2()).sum([4]) * 0.5;
    }

    private static Tensor Projection(TensorInputs inputs) => (inputs.Value * inputs.Learnable(0)).mean([4]).squeeze(2);

    private static Tensor Length(TensorInputs inputs) => inputs.Value.norm(4).squeeze(2);

    private static Tensor Entropy(TensorInputs inputs)
    {
        Tensor share = (inputs.Value / (inputs.Value.sum([4], keepdim: true) + Epsilon)).clamp(Epsilon, 1);
        return -(share * share.log2()).sum([4]).squeeze(2);
    }
}
