using System.Numerics;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Layers;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>What modules of all shapes do their work with: a declared layer whose parameters a module of torch
/// owns.</summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <typeparam name="T">Element type of its kernels.</typeparam>
internal sealed class ModuleCore<TModel, T> : IQuboAttentionModule, IDisposable
    where TModel : QuboAttentionLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly nn.Module _module;
    private readonly HostedLayer<T> _host;
    private readonly NativeBackend<T> _native;
    private readonly SelectionWeights<T> _weights;
    private readonly TensorBackend? _tensors;
    private readonly Lazy<TensorLayer>? _tensorLayer;
    private readonly Lock _gate = new();
    private bool _lastWasTensors;

    /// <param name="module">Whose parameters and buffers these are; named by the layer's names.</param>
    /// <param name="layer">Initial values.</param>
    /// <param name="sampler">What finds selections; null for simulated annealing.</param>
    /// <param name="tensors">The model as operations of torch; null where it has no such form.</param>
    public ModuleCore(nn.Module module, TModel layer, ISampler? sampler, TensorBackend? tensors)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _module = module;
        _host = new HostedLayer<T>(layer, sampler ?? new SimulatedAnnealingSampler());
        State = new ModuleParameters<T>(module, layer);
        _native = new NativeBackend<T>(_host, State);
        _weights = new SelectionWeights<T>(_host);
        _tensors = tensors;
        _tensorLayer = tensors is null ? null
            : new Lazy<TensorLayer>(() => new TensorLayer(tensors.Model, Model, _host.FindFreePairs()));
        Backend = tensors is null ? Backend.Native : Backend.Auto;
    }

    /// <summary>Parameters and running statistics.</summary>
    public ModuleParameters<T> State { get; }

    /// <summary>The model.</summary>
    public ModelDescriptor Model => _host.Layer.Model;

    /// <summary>Whether the model has a form in operations of torch.</summary>
    public bool HasTensors => _tensors is not null;

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

    /// <summary>The output, and the selection weights that it was made with
    /// (<see cref="SelectionWeights{T}.Read"/>).</summary>
    /// <inheritdoc cref="Run"/>
    public (Tensor Output, Tensor? Weights) RunWithWeights(bool training, Tensor[] inputs, CallOptions options)
    {
        lock (_gate)
        {
            Tensor output = RunAlone(training, inputs, options);
            return (output, _weights.Read(_lastWasTensors ? SelectedBits : null, inputs[0], options));
        }
    }

    /// <summary>The module in a line: what is printed of it.</summary>
    public string Describe() =>
        $"{_module.GetName()}({Model.Name}, tokens={Model.Tokens}, {(Model.HasOwnKeys ? $"keys={Model.KeyTokens}, " : "")}"
        + $"embedding_dim={Model.EmbeddingDim}, heads={Model.HeadCount}, head_dim={Model.HeadDim}, "
        + $"bits={Model.SelectionBits}, {DescribeProblems()}backend={Backend}, sampler={Sampler.Name})";

    private string DescribeProblems() => Model.Scope switch
    {
        SelectionScope.Query => $"selections=query, problems={Model.ProblemsPerSample} of {Model.Problem.Tokens}, ",
        SelectionScope.Causal => $"selections=causal, problems={Model.ProblemCount} of {Model.Problem.Tokens}, ",
        _ => "",
    };

    /// <summary>Lets go of what is not the module's own to dispose.</summary>
    public void Dispose()
    {
        if (_tensorLayer is { IsValueCreated: true } layer)
        {
            layer.Value.Dispose();
        }

        SelectedBits?.Dispose();
        SelectedBits = null;
    }

    private Tensor RunAlone(bool training, Tensor[] inputs, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs[0], InputChecks.NameOf(inputs, 0));
        bool onTensors = options.Present is not null || !Backend.UsesKernels(inputs[0], HasTensors);
        try
        {
            Tensor output = onTensors ? RunTensors(RequireTensors(), training, inputs, options) : _native.Run(training, inputs, options);
            _lastWasTensors = onTensors;
            return output;
        }
        catch (NotFiniteNumberException exception)
        {
            throw new NotFiniteNumberException(
                $"Module '{_module.GetName()}' of {Model.Name}: {exception.Message}", exception);
        }
    }

    private TensorBackend RequireTensors() => _tensors ?? throw new NotSupportedException(
        $"{Model.Name} has {(Model.Scope == SelectionScope.Causal ? "causal selections" : "a selection per query")}, "
        + "and Backend.Tensor has one for all queries: use Backend.Native.");

    private Tensor RunTensors(TensorBackend tensors, bool training, Tensor[] inputs, CallOptions options)
    {
        ITensorSampler sampler = options.Sampler is { } own
            ? tensors.Convert(own)
            : TensorSampler ?? tensors.Convert(Sampler);
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
            return _tensorLayer!.Value.Forward(pass);
        }
        catch (ArgumentException exception) when (pass.Present is not null && exception.ParamName == "problem")
        {
            throw new ArgumentException(
                $"A mask with gaps needs a sampler that works on tensors, and \"{pass.Sampler.Name}\" has no such "
                + $"form: set TensorSampler. {exception.Message}",
                exception);
        }
    }
}
