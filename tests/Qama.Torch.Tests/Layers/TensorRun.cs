using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using Qama.Torch.Layers;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>A native layer's parameters on the tensor path.</summary>
internal sealed class TensorRun : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly QuboAttentionLayer<float> _layer;

    public TensorRun(
        QuboAttentionLayer<float> layer, ScalarType type = ScalarType.Float64, torch.Device? device = null)
    {
        _layer = layer;
        Device = device ?? CPU;
        Type = type;
        Model = new EmittedModel(layer);
        Layer = new TensorLayer(
            Device.type == DeviceType.META ? HandModel.Of(layer) : Model, layer.Model, new HostedLayer<float>(layer, new SimulatedAnnealingSampler()).FindFreePairs());
        Parameters = [.. layer.Parameters.Select(p => Leaf(p.Value.ToArray(), [.. p.Shape.Select(d => (long)d)]))];
        Buffers = [.. layer.Buffers.Select(b => Leaf(b.Value.ToArray(), [.. b.Shape.Select(d => (long)d)]).detach())];
    }

    public torch.Device Device { get; }

    public ScalarType Type { get; }

    public EmittedModel Model { get; }

    public TensorLayer Layer { get; }

    public Tensor[] Parameters { get; set; }

    public Tensor[] Buffers { get; set; }

    public Tensor? Lengths { get; set; }

    /// <summary>A leaf of the run's type.</summary>
    public Tensor Leaf(float[] values, params long[] shape) => Leaf([.. values.Select(v => (double)v)], shape);

    public Tensor Leaf(double[] values, params long[] shape) =>
        tensor(values).view(shape).to(Type).to(Device).detach().requires_grad_();

    public TensorResult Forward(Tensor[] inputs, ITensorSampler sampler) => Layer.Forward(new TensorPass
    {
        Parameters = Parameters, Buffers = Buffers, Inputs = inputs, Lengths = Lengths,
        IsTraining = _layer.Mode == LayerMode.Training, Sampler = sampler, SamplingKey = new SamplingKey(1),
    });

    public Tensor Parameter(string name) => Parameters[_layer.Parameters.Select(p => p.Name).ToList().IndexOf(name)];

    public static double[] Values(Tensor tensor)
    {
        using IDisposable mode = no_grad();
        using Tensor plain = tensor.detach().to(ScalarType.Float64).contiguous();
        return MemoryMarshal.Cast<byte, double>(plain.bytes).ToArray();
    }

    public void Dispose()
    {
        Layer.Dispose();
        _scope.Dispose();
    }
}

/// <summary>Replays selections.</summary>
internal sealed class ReplaySampler(Func<TensorProblem, int, Tensor> states) : ITensorSampler
{
    public string Name => "replay";

    public bool SamplesAtTemperature { get; init; } = true;

    public int Calls { get; private set; }

    /// <summary>What the last call asked for.</summary>
    public (TensorProblem Problem, int Reads, double? Temperature, SamplingKey Key, bool WantsGradients)? Asked { get; private set; }

    /// <summary>What a sampler found.</summary>
    public static ReplaySampler Of(SampleSet samples, ModelDescriptor model, int batch) => new((problem, reads) =>
    {
        byte[] all =
        [
            .. from s in Enumerable.Range(0, batch) from r in Enumerable.Range(0, reads) from x in samples.State(s, r).ToArray() select x,
        ];
        Tensor states = tensor(all).view(batch, reads, model.HeadCount, model.Tokens, model.SelectionBits);
        return states.to(ScalarType.Bool).to(problem.Device);
    });

    /// <summary>One state for every problem and read: all bits set, or none.</summary>
    public static ReplaySampler All(bool selected) => new((problem, reads) => full(
        [problem.Count, reads, problem.Energy.Heads, problem.Energy.Tokens, problem.Energy.Bits], selected, ScalarType.Bool,
        problem.Device));

    public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
    {
        Calls++;
        Asked = (problem, reads, temperature, key, is_grad_enabled());
        return new TensorSamples(states(problem, reads), zeros([problem.Count, reads], problem.NumberType, problem.Device));
    }
}
