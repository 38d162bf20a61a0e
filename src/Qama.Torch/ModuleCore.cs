using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Kernels;
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
internal sealed class ModuleCore<TModel, T> : IDisposable
    where TModel : QuboAttentionLayer<T>, IQuboAttention<TModel>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly nn.Module _module;
    private readonly Lazy<TensorLayer> _layer;
    private readonly Lock _gate = new();
    private ModuleCore<TModel, T>? _owner;
    private bool _lastWasTensors;

    /// <param name="module">Whose parameters and buffers these are; named by the layer's names.</param>
    /// <param name="layer">Initial values.</param>
    /// <param name="sampler">What finds selections.</param>
    /// <param name="tensors">The model as operations of torch.</param>
    public ModuleCore(nn.Module module, TModel layer, ISampler sampler, ITensorModel tensors)
    {
        _module = module;
        Host = new HostedLayer<T>(layer, sampler);
        _layer = new Lazy<TensorLayer>(() => new TensorLayer(tensors, layer.Model, Host.FindFreePairs()));
        foreach (Parameter<T> parameter in layer.Parameters)
        {
            using Tensor data = HostTensors<T>.Filled(parameter.Value, HostTensors<T>.Shape(parameter));
            var owned = new TorchSharp.Modules.Parameter(data);
            owned.DetachFromDisposeScope();
            module.register_parameter(parameter.Name, owned);
        }

        foreach (Parameter<T> buffer in layer.Buffers)
        {
            Register(buffer.Name, HostTensors<T>.Filled(buffer.Value, HostTensors<T>.Shape(buffer)));
        }

        Register(DeclarationName(layer.Description), HostTensors<T>.Filled([T.Zero], 1));
    }

    public HostedLayer<T> Host { get; }

    private ModelDescriptor Model => Host.Layer.Model;

    private ParameterCollection<T> Parameters => Host.Layer.Parameters;

    private ParameterCollection<T> Buffers => Host.Layer.Buffers;

    public Backend Backend
    {
        get;
        set => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected Auto, Native or Tensor.");
    }

    public ITensorSampler? TensorSampler { get; set; }

    /// <summary>Selections of the last call of the tensor backend.</summary>
    public Tensor? SelectedBits { get; private set; }

    /// <summary>Gives up the module's parameters for those of another, which may have given up its own.</summary>
    /// <param name="owner">The other module's core.</param>
    /// <param name="parameters">This module's parameters.</param>
    public void TieTo(ModuleCore<TModel, T> owner, TorchSharp.Utils.OrderedDict<string, TorchSharp.Modules.Parameter> parameters)
    {
        for (ModuleCore<TModel, T>? core = owner; core is not null; core = core._owner)
        {
            if (ReferenceEquals(core, this))
            {
                throw new ArgumentException("Expected a module whose parameters are not this one's.", nameof(owner));
            }
        }

        for (int i = 0; i < Parameters.Count && _owner is null; i++)
        {
            ParameterOf(i).Dispose();
            parameters.Remove(Parameters[i].Name);
        }

        _owner = owner;
    }

    /// <summary>Adds parameters that are another module's under this one's names.</summary>
    public Dictionary<string, Tensor> AddTied(Dictionary<string, Tensor> state, string? prefix)
    {
        for (int i = 0; i < Parameters.Count && _owner is not null; i++)
        {
            state.TryAdd((string.IsNullOrEmpty(prefix) ? "" : prefix + ".") + Parameters[i].Name, ParameterOf(i));
        }

        return state;
    }

    /// <summary>The output, in the query's type and on its device.</summary>
    public Tensor Run(bool training, Tensor query, Tensor? key, Tensor? value, CallOptions options) =>
        Run(training, query, key, value, options, withWeights: false).Output;

    /// <summary>The output, and where asked for the selection weights that it was made with, [batch, heads, tokens].
    /// Calls run one after another.</summary>
    public (Tensor Output, Tensor? Weights) Run(
        bool training, Tensor query, Tensor? key, Tensor? value, CallOptions options, bool withWeights)
    {
        lock (_gate)
        {
            Tensor output = RunAlone(training, query, key, value, options);
            return (output, withWeights ? ReadSelection(query) : null);
        }
    }

    private Tensor RunAlone(bool training, Tensor query, Tensor? key, Tensor? value, CallOptions options)
    {
        InputChecks.Require(query, key is null ? "input" : "query", Model, null);
        if (key is not null && value is not null)
        {
            InputChecks.Require(key, "key", Model, query);
            InputChecks.Require(value, "value", Model, query);
        }

        bool isOnHost = query.device.type == DeviceType.CPU && options.Present is null;
        return Backend == Backend.Native || (Backend == Backend.Auto && isOnHost)
            ? RunKernels(training, query, key, value, options)
            : RunTensors(training, query, key, value, options);
    }

    /// <summary>Selection weights of the last call, [batch, heads, tokens], in a tensor's type and on its device; the
    /// mean over reads.</summary>
    private Tensor ReadSelection(Tensor like)
    {
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor bits = _lastWasTensors ? SelectedBits! : HostBits(like.shape[0]);
        double[] levels = [.. Enumerable.Range(0, Model.SelectionBits).Select(b => (1 << b) / ((1 << Model.SelectionBits) - 1.0))];
        Tensor weights = tensor(levels, ScalarType.Float64, CPU).to(like.dtype, like.device);
        return (bits.to(like.device).to(like.dtype) * weights).sum(-1).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>Copies parameters and running statistics into a layer.</summary>
    public void CopyTo(QuboAttentionLayer<T> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < Parameters.Count; i++)
        {
            HostTensors<T>.Values(HostTensors<T>.Plain(ParameterOf(i))).CopyTo(layer.Parameters[i].Value);
        }

        for (int i = 0; i < Buffers.Count; i++)
        {
            HostTensors<T>.Values(HostTensors<T>.Plain(BufferOf(i))).CopyTo(layer.Buffers[i].Value);
        }
    }

    /// <summary>Copies parameters and running statistics from a layer.</summary>
    public void CopyFrom(QuboAttentionLayer<T> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        for (int i = 0; i < Parameters.Count; i++)
        {
            HostTensors<T>.Replace(layer.Parameters[i].Value, ParameterOf(i));
        }

        for (int i = 0; i < Buffers.Count; i++)
        {
            HostTensors<T>.Write(layer.Buffers[i].Value, BufferOf(i));
        }
    }

    /// <summary>Lets go of what is not the module's own to dispose.</summary>
    public void Dispose()
    {
        if (_layer.IsValueCreated)
        {
            _layer.Value.Dispose();
        }

        SelectedBits?.Dispose();
        SelectedBits = null;
    }

    /// <summary>The module in a line: what is printed of it.</summary>
    public string Describe(string name) =>
        $"{name}({Model.Name}, tokens={Model.Tokens}, embedding_dim={Model.EmbeddingDim}, heads={Model.HeadCount}, "
        + $"head_dim={Model.HeadDim}, bits={Model.SelectionBits}, backend={Backend}, sampler={Host.Sampler.Name})";

    private Tensor RunTensors(bool training, Tensor query, Tensor? key, Tensor? value, CallOptions options)
    {
        ITensorSampler sampler = options.Sampler is { } own
            ? TensorSamplers.For<TModel>(own)
            : TensorSampler ?? TensorSamplers.For<TModel>(Host.Sampler);
        using DisposeScope scope = NewDisposeScope();
        var pass = new TensorPass
        {
            Parameters = [.. Enumerable.Range(0, Parameters.Count).Select(ParameterOf)],
            Buffers = [.. Enumerable.Range(0, Buffers.Count).Select(BufferOf)],
            Query = query,
            Key = key,
            Value = value,
            Lengths = options.Lengths,
            Present = options.Present,
            IsTraining = training,
            Sampler = sampler,
            SamplingKey = Host.Key,
        };
        TensorResult result = Explain(() => Forward(pass));
        using (no_grad())
        {
            for (int i = 0; i < result.Statistics.Count; i++)
            {
                BufferOf(i).copy_(result.Statistics[i]);
            }
        }

        SelectedBits?.Dispose();
        SelectedBits = result.Samples.States.DetachFromDisposeScope();
        _lastWasTensors = true;
        Host.Key = training && query.shape[0] > 0 ? Host.Key with { Step = Host.Key.Step + 1 } : Host.Key;
        return result.Output.MoveToOuterDisposeScope();
    }

    private TensorResult Forward(TensorPass pass)
    {
        try
        {
            return _layer.Value.Forward(pass);
        }
        catch (ArgumentException exception) when (pass.Present is not null && exception.ParamName == "problem")
        {
            throw new ArgumentException(
                $"A mask with gaps needs a sampler that works on tensors, and \"{pass.Sampler.Name}\" has no such form: set TensorSampler. "
                + exception.Message,
                exception);
        }
    }

    private Tensor RunKernels(bool training, Tensor query, Tensor? key, Tensor? value, CallOptions options)
    {
        int[]? counts = options.Lengths is null ? null : InputChecks.ReadLengths(options.Lengths, query.shape[0], Model.Tokens);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = key is null || value is null ? [query] : [query, key, value];
        Tensor result = query.shape[0] == 0
            ? Nothing(inputs)
            : RunKernels(training, [.. inputs.Select(HostTensors<T>.Plain)], counts, options.Sampler);
        _lastWasTensors = false;
        return result.to(query.dtype, query.device).MoveToOuterDisposeScope();
    }

    private Tensor RunKernels(bool training, Tensor[] inputs, int[]? counts, ISampler? sampler)
    {
        int batch = checked((int)inputs[0].shape[0]);
        LayerMode mode = training ? LayerMode.Training : LayerMode.Evaluation;
        HostedPass<T> pass = Host.Begin(batch, mode, sampler);
        var parameters = new Tensor[Parameters.Count];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = HostTensors<T>.Plain(ParameterOf(i));
            HostTensors<T>.Values(parameters[i]).CopyTo(pass.Parameter(i));
        }

        for (int i = 0; i < Buffers.Count; i++)
        {
            HostTensors<T>.Values(HostTensors<T>.Plain(BufferOf(i))).CopyTo(pass.Buffer(i));
        }

        counts?.CopyTo(pass.TokenCounts);
        Tensor output = HostTensors<T>.Empty(batch, Model.Tokens, Model.OutputDim);
        Forward(pass, inputs, parameters, output);
        for (int i = 0; i < Buffers.Count && training; i++)
        {
            HostTensors<T>.Write(pass.Buffer(i), BufferOf(i));
        }

        if (!is_grad_enabled() || !(inputs.Any(t => t.requires_grad) || parameters.Any(t => t.requires_grad)))
        {
            pass.Release();
            return output;
        }

        var call = new KernelCall<T>(Host, pass, mode, output, inputs);
        return KernelFunction<T>.apply([call, .. inputs, .. parameters]);
    }

    private void Forward(HostedPass<T> pass, Tensor[] inputs, Tensor[] parameters, Tensor output)
    {
        try
        {
            Explain<object?>(() =>
            {
                if (inputs.Length == 1)
                {
                    pass.Forward(HostTensors<T>.Values(inputs[0]), HostTensors<T>.Values(output));
                }
                else
                {
                    pass.Forward(
                        HostTensors<T>.Values(inputs[0]), HostTensors<T>.Values(inputs[1]), HostTensors<T>.Values(inputs[2]),
                        HostTensors<T>.Values(output));
                }

                return null;
            }, () => Culprit(inputs, parameters));
        }
        catch (Exception)
        {
            pass.Release();
            throw;
        }
    }

    /// <summary>Adds the module's name to what is said of a number that is none.</summary>
    private TResult Explain<TResult>(Func<TResult> run, Func<string>? culprit = null)
    {
        try
        {
            return run();
        }
        catch (NotFiniteNumberException exception)
        {
            throw new NotFiniteNumberException(
                $"Module '{_module.GetName()}' of {Model.Name}: {culprit?.Invoke()}{exception.Message}", exception);
        }
    }

    private Tensor HostBits(long batch)
    {
        SampleSet? samples = batch == 0 ? null : Host.Samples;
        Tensor bits = empty([batch, samples?.ReadCount ?? Model.ReadCount, Model.HeadCount, Model.Tokens, Model.SelectionBits], ScalarType.Bool, CPU);
        Span<byte> memory = batch == 0 ? [] : bits.bytes;
        for (int p = 0; p < batch && samples is not null; p++)
        {
            for (int r = 0; r < samples.ReadCount; r++)
            {
                samples.State(p, r).CopyTo(memory[(((p * samples.ReadCount) + r) * samples.VariableCount)..]);
            }
        }

        return bits;
    }

    /// <summary>What a number that is none came in with.</summary>
    private string Culprit(Tensor[] inputs, Tensor[] parameters)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            int found = IndexOfNonFinite(HostTensors<T>.Values(inputs[i]));
            if (found >= 0)
            {
                string name = inputs.Length == 1 ? "input" : new[] { "query", "key", "value" }[i];
                int perSample = Model.Tokens * Model.EmbeddingDim;
                return $"{name} holds {HostTensors<T>.Values(inputs[i])[found]} in sample {found / perSample}, token "
                    + $"{found % perSample / Model.EmbeddingDim}, feature {found % Model.EmbeddingDim}. ";
            }
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            if (IndexOfNonFinite(HostTensors<T>.Values(parameters[i])) >= 0)
            {
                return $"parameter {Parameters[i].Name} holds a NaN or an infinity. ";
            }
        }

        return "";
    }

    private static int IndexOfNonFinite(ReadOnlySpan<T> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The output for no samples, with the gradients that a sum over none has: 0.</summary>
    private Tensor Nothing(Tensor[] inputs)
    {
        Tensor output = zeros([0, Model.Tokens, Model.OutputDim], dtype: inputs[0].dtype, device: inputs[0].device);
        foreach (Tensor tensor in inputs.Concat(Enumerable.Range(0, Parameters.Count).Select(ParameterOf)).Where(t => t.requires_grad))
        {
            output += tensor.sum().to(output.dtype, output.device);
        }

        return output;
    }

    /// <summary>Asked for by name each time: moving a module replaces its tensors.</summary>
    private Tensor ParameterOf(int index) => _owner?.ParameterOf(index) ?? _module.get_parameter(Parameters[index].Name)
        ?? throw new InvalidOperationException($"The module has lost its parameter '{Parameters[index].Name}'.");

    private Tensor BufferOf(int index) => _module.get_buffer(Buffers[index].Name)
        ?? throw new InvalidOperationException($"The module has lost its buffer '{Buffers[index].Name}'.");

    private void Register(string name, Tensor buffer)
    {
        buffer.DetachFromDisposeScope();
        _module.register_buffer(name, buffer);
    }

    /// <summary>A name that no other declaration has: a state that has it is one of this operator, which names and
    /// shapes of parameters alone do not say.</summary>
    private static string DeclarationName(string description)
    {
        string declaration = string.Join('\n', description.Split('\n').Select(l => l.Split(", seed ")[0]).Skip(1));
        return "Declaration_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(declaration)))[..8];
    }
}
