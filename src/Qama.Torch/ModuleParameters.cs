using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Qama.Layers;
using Qama.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>A layer's parameters and running statistics as a module of torch owns them, under the layer's
/// names.</summary>
/// <typeparam name="T">Element type of the layer.</typeparam>
internal sealed class ModuleParameters<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly nn.Module _module;
    private readonly QuboAttentionLayer<T> _layer;
    private ModuleParameters<T>? _owner;

    /// <summary>Registers copies of a layer's parameters and buffers with a module.</summary>
    public ModuleParameters(nn.Module module, QuboAttentionLayer<T> layer)
    {
        (_module, _layer) = (module, layer);
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

    /// <summary>The parameters in the layer's order. Asked for by name each time: moving a module replaces its
    /// tensors.</summary>
    /// <exception cref="InvalidOperationException">The module has lost one.</exception>
    public Tensor[] Parameters => _owner?.Parameters ?? [.. _layer.Parameters.Select(p =>
        _module.get_parameter(p.Name) ?? throw Lost("parameter", p.Name))];

    /// <summary>The buffers in the layer's order, asked for by name likewise.</summary>
    /// <inheritdoc cref="Parameters"/>
    public Tensor[] Buffers => [.. _layer.Buffers.Select(b =>
        _module.get_buffer(b.Name) ?? throw Lost("buffer", b.Name))];

    /// <summary>Gives up the module's parameters for those of another, which may have given up its own.</summary>
    /// <param name="owner">The other module's.</param>
    /// <param name="registered">What this module has registered.</param>
    /// <exception cref="ArgumentException">The other's are this one's.</exception>
    public void TieTo(
        ModuleParameters<T> owner, TorchSharp.Utils.OrderedDict<string, TorchSharp.Modules.Parameter> registered)
    {
        for (ModuleParameters<T>? other = owner; other is not null; other = other._owner)
        {
            if (ReferenceEquals(other, this))
            {
                throw new ArgumentException("Expected a module whose parameters are not this one's.", nameof(owner));
            }
        }

        if (_owner is null)
        {
            foreach (Parameter<T> parameter in _layer.Parameters)
            {
                registered[parameter.Name].Dispose();
                registered.Remove(parameter.Name);
            }
        }

        _owner = owner;
    }

    /// <summary>Adds parameters that are another module's under this one's names.</summary>
    public Dictionary<string, Tensor> AddTied(Dictionary<string, Tensor> state, string? prefix)
    {
        if (_owner is not null)
        {
            string start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
            foreach ((Parameter<T> parameter, Tensor value) in _layer.Parameters.Zip(Parameters))
            {
                state.TryAdd(start + parameter.Name, value);
            }
        }

        return state;
    }

    /// <summary>Copies parameters and running statistics into a layer.</summary>
    public void CopyTo(QuboAttentionLayer<T> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((Parameter<T> target, Tensor source) in layer.Parameters.Zip(Parameters)
            .Concat(layer.Buffers.Zip(Buffers)))
        {
            HostTensors<T>.Values(HostTensors<T>.Plain(source)).CopyTo(target.Value);
        }
    }

    /// <summary>Copies parameters and running statistics from a layer.</summary>
    public void CopyFrom(QuboAttentionLayer<T> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        foreach ((Parameter<T> source, Tensor target) in layer.Parameters.Zip(Parameters))
        {
            HostTensors<T>.Replace(source.Value, target);
        }

        foreach ((Parameter<T> source, Tensor target) in layer.Buffers.Zip(Buffers))
        {
            HostTensors<T>.Write(source.Value, target);
        }
    }

    private static InvalidOperationException Lost(string what, string name) =>
        new($"The module has lost its {what} '{name}'.");

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
