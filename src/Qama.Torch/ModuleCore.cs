using System.Numerics;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Layers;
using Qama.Torch.Sampling;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What modules of all shapes do their work with: a declared layer whose parameters a module of torch
/// owns.</summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <typeparam name="T">Element type of its kernels.</typeparam>
internal sealed class ModuleCore<TModel, T> : IQuboAttentionModule, IDisposable
    where TModel : QuboAttentionLayer<T>, IQuboAttention<TModel>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly nn.Module _module;
    private readonly HostedLayer<T> _host;
    private readonly NativeBackend<T> _native;
    private readonly Lazy<TensorLayer> _tensors;
    private readonly Lock _gate = new();
    private bool _lastWasTensors;

    /// <param name="module">Whose parameters and buffers these are; named by the layer's names.</param>
    /// <param name="layer">Initial values.</param>
    /// <param name="sampler">What finds selections; null for simulated annealing.</param>
    /// <param name="tensors">The model as operations of torch.</param>
    public ModuleCore(nn.Module module, TModel layer, ISampler? sampler, ITensorModel tensors)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(tensors);
        _module = module;
        _host = new HostedLayer<T>(layer, sampler ?? new SimulatedAnnealingSampler());
        State = new ModuleParameters<T>(module, layer);
        _native = new NativeBackend<T>(_host, State);
        _tensors = new Lazy<TensorLayer>(() => new TensorLayer(tensors, Model, _host.FindFreePairs()));
    }

    /// <summary>Parameters and running statistics.</summary>
    public ModuleParameters<T> State { get; }

    /// <summary>The model.</summary>
    public ModelDescriptor Model => _host.Layer.Model;

    /// <inheritdoc/>
    public Backend Backend
    {
        get;
        set => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected Auto, Native or Tensor.");
    }

    /// <inheritdoc/>
    public ISampler Sampler { get => _host.Sampler; set => _host.Sampler = value; }

    /// <inheritdoc/>
    public ITensorSampler? TensorSampler { get; set; }

    /// <inheritdoc/>
    public SamplingKey SamplingKey { get => _host.Key; set => _host.Key = value; }

    /// <inheritdoc/>
    public SampleSet? Samples => _host.Samples;

    /// <inheritdoc/>
    public Tensor? SelectedBits { get; private set; }

    /// <summary>The output, in the first input's type and on its device. Calls run one after another.</summary>
    /// <param name="training">Whether norms use the batch's statistics.</param>
    /// <param name="inputs">One input, or query, key and value.</param>
    /// <param name="options">What the call has of its own.</param>
    public Tensor Run(bool training, Tensor[] inputs, CallOptions options)
    {
        lock (_gate)
        {
            return RunAlone(training, inputs, options);
        }
    }

    /// <summary>The output, and the selection weights that it was made with: [batch, heads, tokens], the mean over
    /// reads.</summary>
    /// <inheritdoc cref="Run"/>
    public (Tensor Output, Tensor Weights) RunWithWeights(bool training, Tensor[] inputs, CallOptions options)
    {
        lock (_gate)
        {
            return (RunAlone(training, inputs, options), ReadSelection(inputs[0]));
        }
    }

    /// <summary>The module in a line: what is printed of it.</summary>
    public string Describe() =>
        $"{_module.GetName()}({Model.Name}, tokens={Model.Tokens}, embedding_dim={Model.EmbeddingDim}, "
        + $"heads={Model.HeadCount}, head_dim={Model.HeadDim}, bits={Model.SelectionBits}, backend={Backend}, "
        + $"sampler={Sampler.Name})";

    /// <summary>Lets go of what is not the module's own to dispose.</summary>
    public void Dispose()
    {
        if (_tensors.IsValueCreated)
        {
            _tensors.Value.Dispose();
        }

        SelectedBits?.Dispose();
        SelectedBits = null;
    }

    private Tensor RunAlone(bool training, Tensor[] inputs, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs[0], InputChecks.NameOf(inputs, 0));
        bool onTensors = options.Present is not null || !Backend.UsesKernels(inputs[0]);
        try
        {
            Tensor output = onTensors ? RunTensors(training, inputs, options) : _native.Run(training, inputs, options);
            _lastWasTensors = onTensors;
            return output;
        }
        catch (NotFiniteNumberException exception)
        {
            throw new NotFiniteNumberException(
                $"Module '{_module.GetName()}' of {Model.Name}: {exception.Message}", exception);
        }
    }

    private Tensor RunTensors(bool training, Tensor[] inputs, CallOptions options)
    {
        ITensorSampler sampler = options.Sampler is { } own
            ? TensorSamplers.For<TModel>(own)
            : TensorSampler ?? TensorSamplers.For<TModel>(Sampler);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] buffers = State.Buffers;
        TensorResult result = Forward(new TensorPass
        {
            Parameters = State.Parameters,
            Buffers = buffers,
            Inputs = inputs,
            Lengths = options.Lengths,
            Present = options.Present,
            IsTraining = training,
            Sampler = sampler,
            SamplingKey = SamplingKey,
        });
        using (no_grad())
        {
            foreach ((Tensor buffer, Tensor statistic) in buffers.Zip(result.Statistics))
            {
                buffer.copy_(statistic);
            }
        }

        SelectedBits?.Dispose();
        SelectedBits = result.Samples.States.DetachFromDisposeScope();
        if (training && inputs[0].shape[0] > 0)
        {
            SamplingKey = SamplingKey with { Step = SamplingKey.Step + 1 };
        }

        return result.Output.MoveToOuterDisposeScope();
    }

    private TensorResult Forward(TensorPass pass)
    {
        try
        {
            return _tensors.Value.Forward(pass);
        }
        catch (ArgumentException exception) when (pass.Present is not null && exception.ParamName == "problem")
        {
            throw new ArgumentException(
                $"A mask with gaps needs a sampler that works on tensors, and \"{pass.Sampler.Name}\" has no such "
                + $"form: set TensorSampler. {exception.Message}",
                exception);
        }
    }

    // In a tensor's type and on its device.
    private Tensor ReadSelection(Tensor like)
    {
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor bits = _lastWasTensors ? SelectedBits! : HostBits(like.shape[0]);
        return ReadoutTensors.Selection(bits.to(like.device), like.dtype).mean([3]).MoveToOuterDisposeScope();
    }

    // [batch, reads, heads, tokens, bits], of the last native call.
    private Tensor HostBits(long batch)
    {
        int reads = Samples?.ReadCount ?? Model.ReadCount;
        long[] shape = [batch, reads, Model.HeadCount, Model.Tokens, Model.SelectionBits];
        Tensor bits = empty(shape, ScalarType.Bool, CPU);
        for (int k = 0; k < batch * reads; k++)
        {
            ReadOnlySpan<byte> state = Samples!.State(k / reads, k % reads);
            state.CopyTo(bits.bytes[(k * state.Length)..]);
        }

        return bits;
    }
}
