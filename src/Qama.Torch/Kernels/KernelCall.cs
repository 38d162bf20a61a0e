using System.Numerics;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Kernels;

/// <summary>What a call of native kernels leaves for its backward pass.</summary>
internal sealed class KernelCall<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Gradients of this thread's last backward pass: torch holds on to what it needs of them, so these
    /// handles can go when the next pass begins.</summary>
    [ThreadStatic]
    private static List<Tensor?>? _handles;

    private readonly HostedLayer<T> _host;
    private readonly T[][] _buffers;
    private readonly int _inputs;
    private readonly bool _wantsInputs;
    private readonly long[][] _shapes;
    private HostedPass<T> _pass;
    private ISampler? _selections;
    private Tensor? _output;

    /// <param name="host">The layer.</param>
    /// <param name="pass">Its forward pass, which has run.</param>
    /// <param name="output">The output.</param>
    /// <param name="inputs">The inputs, plain.</param>
    public KernelCall(
        HostedLayer<T> host, HostedPass<T> pass, Tensor output, IReadOnlyList<Tensor> inputs)
    {
        _host = host;
        _pass = pass;
        _output = output;
        _inputs = inputs.Count;
        _wantsInputs = inputs.Any(t => t.requires_grad);
        _shapes = [.. inputs.Select(t => t.shape)];
        _buffers = [.. Enumerable.Range(0, host.Layer.Buffers.Count).Select(i => pass.Buffer(i).ToArray())];
    }

    /// <summary>Tensors that this call's gradients are of.</summary>
    private int Count => _inputs + _host.Layer.Parameters.Count;

    public Tensor TakeOutput()
    {
        Tensor output = _output!;
        _output = null;
        return output;
    }

    /// <summary>One gradient per argument of the function. An exception that left it would end the process: it is kept,
    /// gradients are NaN, and the module's next call throws it.</summary>
    /// <param name="outputGradient">∂L/∂output; invalid where it is 0.</param>
    /// <param name="createsGraph">Whether the gradients are to be differentiated again, which kernels' are not.</param>
    /// <param name="saved">Inputs and parameters as they were saved, for a call whose memory serves another by
    /// now.</param>
    public List<Tensor?> Backward(Tensor outputGradient, bool createsGraph, Func<IReadOnlyList<Tensor>> saved)
    {
        _handles?.ForEach(h => h?.Dispose());
        var gradients = new List<Tensor?>();
        try
        {
            if (createsGraph)
            {
                throw new NotSupportedException(
                    "Native kernels have no second derivatives (create_graph): Backend.Tensor has.");
            }

            if (!outputGradient.IsInvalid)
            {
                if (!_pass.TryHold())
                {
                    Repeat(saved());
                }

                Fill(gradients, outputGradient);
            }
        }
        catch (Exception exception)
        {
            _host.Fail(exception);
            Poison(gradients);
        }
        finally
        {
            outputGradient.Dispose();
        }

        while (gradients.Count < 1 + Count)
        {
            gradients.Add(null);
        }

        return _handles = gradients;
    }

    private void Fill(List<Tensor?> gradients, Tensor outputGradient)
    {
        gradients.Add(null);
        for (int i = 0; i < _inputs; i++)
        {
            gradients.Add(_wantsInputs ? HostTensors<T>.Empty(_shapes[i]) : null);
        }

        // A gradient can be a view of stride 0: that of a sum, for example.
        bool isPlain = outputGradient.is_contiguous();
        Tensor plain = isPlain ? outputGradient : outputGradient.contiguous();
        _pass.Backward(HostTensors<T>.Values(plain), Gradient(1), Gradient(2), Gradient(3));
        if (!isPlain)
        {
            plain.Dispose();
        }

        ParameterCollection<T> parameters = _host.Layer.Parameters;
        for (int i = 0; i < parameters.Count; i++)
        {
            gradients.Add(HostTensors<T>.Filled(_pass.ParameterGradient(i), HostTensors<T>.Shape(parameters[i])));
        }

        // A graph that is retained comes back, perhaps after the memory has gone: what was selected is kept.
        _selections ??= _pass.KeepSelections();
        _pass.Release();

        Span<T> Gradient(int index) =>
            _wantsInputs && index <= _inputs ? HostTensors<T>.Values(gradients[index]!) : default;
    }

    /// <summary>Runs forward again, with the same selections: the memory serves another call by now.</summary>
    private void Repeat(IReadOnlyList<Tensor> saved)
    {
        HostedPass<T> pass = _host.BeginAgain(_pass, _selections!);
        HostTensors<T>.SetParameters(pass, [.. saved.Skip(_inputs)]);
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i].CopyTo(pass.Buffer(i));
        }

        _pass.TokenCounts.CopyTo(pass.TokenCounts);
        _pass.KeyTokenCounts.CopyTo(pass.KeyTokenCounts);
        using Tensor output = HostTensors<T>.Empty(_shapes[0][0], _shapes[0][1], _host.Layer.Model.OutputDim);
        HostTensors<T>.Forward(pass, [.. saved.Take(_inputs)], output);
        _pass = pass;
    }

    /// <summary>NaN for everything, as far as memory goes.</summary>
    private void Poison(List<Tensor?> gradients)
    {
        try
        {
            gradients.ForEach(g => g?.Dispose());
            gradients.Clear();
            gradients.Add(null);
            for (int i = 0; i < Count; i++)
            {
                Tensor gradient = HostTensors<T>.Empty(
                    i < _inputs ? _shapes[i] : HostTensors<T>.Shape(_host.Layer.Parameters[i - _inputs]));
                gradients.Add(gradient);
                HostTensors<T>.Values(gradient).Fill(T.NaN);
            }
        }
        catch (Exception exception)
        {
            _host.Fail(exception);
            gradients.Clear();
        }
    }
}
