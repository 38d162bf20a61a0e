using System.Numerics;
using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Sampling;
using Qama.Torch.Kernels;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>Calls of a module that native kernels compute, on the CPU.</summary>
/// <typeparam name="T">Element type of the kernels.</typeparam>
internal sealed class NativeBackend<T>(HostedLayer<T> host, ModuleParameters<T> state)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private ModelDescriptor Model => host.Layer.Model;

    /// <summary>The output, in the first input's type and on its device.</summary>
    /// <param name="training">Whether norms use the batch's statistics.</param>
    /// <param name="inputs">One input, or query, key and value.</param>
    /// <param name="options">What the call has of its own; no mask.</param>
    public Tensor Run(bool training, IReadOnlyList<Tensor> inputs, CallOptions options)
    {
        InputChecks.RequireInputs(inputs, Model);
        Tensor first = inputs[0];
        int[]? counts = options.Lengths is { } lengths
            ? InputChecks.ReadLengths(lengths, first.shape[0], Model.Tokens) : null;
        int[]? keyCounts = options.KeyLengths is { } keyLengths
            ? ReadKeyLengths(keyLengths, first.shape[0]) : null;
        using DisposeScope scope = NewDisposeScope();
        Tensor result = first.shape[0] == 0
            ? Nothing(inputs)
            : RunPass(training, [.. inputs.Select(HostTensors<T>.Plain)], counts, keyCounts, options.Sampler);
        return result.to(first.dtype, first.device).MoveToOuterDisposeScope();
    }

    private int[] ReadKeyLengths(Tensor keyLengths, long batch) => Model.HasOwnKeys
        ? InputChecks.ReadLengths(keyLengths, batch, Model.KeyTokens, nameof(keyLengths))
        : throw new ArgumentException($"Keys of {Model.Name} are its tokens: give lengths alone.", nameof(keyLengths));

    private Tensor RunPass(bool training, Tensor[] inputs, int[]? counts, int[]? keyCounts, ISampler? sampler)
    {
        int batch = checked((int)inputs[0].shape[0]);
        LayerMode mode = training ? LayerMode.Training : LayerMode.Evaluation;
        Tensor[] parameters = [.. state.Parameters.Select(HostTensors<T>.Plain)];
        Tensor[] buffers = state.Buffers;
        HostedPass<T> pass = host.Begin(batch, mode, sampler);
        HostTensors<T>.SetParameters(pass, parameters);
        for (int i = 0; i < buffers.Length; i++)
        {
            HostTensors<T>.Values(HostTensors<T>.Plain(buffers[i])).CopyTo(pass.Buffer(i));
        }

        counts?.CopyTo(pass.TokenCounts);
        keyCounts?.CopyTo(pass.KeyTokenCounts);
        Tensor output = HostTensors<T>.Empty(batch, Model.Tokens, Model.OutputDim);
        Forward(pass, inputs, parameters, output);
        for (int i = 0; i < buffers.Length && training; i++)
        {
            HostTensors<T>.Write(pass.Buffer(i), buffers[i]);
        }

        if (!is_grad_enabled() || !inputs.Concat(parameters).Any(t => t.requires_grad))
        {
            pass.Release();
            return output;
        }

        var call = new KernelCall<T>(host, pass, output, inputs);
        return KernelFunction<T>.apply([call, .. inputs, .. parameters]);
    }

    private void Forward(HostedPass<T> pass, Tensor[] inputs, Tensor[] parameters, Tensor output)
    {
        try
        {
            HostTensors<T>.Forward(pass, inputs, output);
        }
        catch (NotFiniteNumberException exception)
        {
            pass.Release();
            throw new NotFiniteNumberException(Culprit(inputs, parameters) + exception.Message, exception);
        }
        catch (Exception)
        {
            pass.Release();
            throw;
        }
    }

    /// <summary>What a number that is none came in with.</summary>
    private string Culprit(Tensor[] inputs, Tensor[] parameters)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            ReadOnlySpan<T> values = HostTensors<T>.Values(inputs[i]);
            int found = IndexOfNonFinite(values);
            if (found >= 0)
            {
                (int row, int feature) = int.DivRem(found, Model.EmbeddingDim);
                (int sample, int token) = int.DivRem(row, i == 0 ? Model.Tokens : Model.KeyTokens);
                return $"{InputChecks.NameOf(inputs, i)} holds {values[found]} in sample {sample}, "
                    + $"token {token}, feature {feature}. ";
            }
        }

        int parameter = Array.FindIndex(parameters, p => IndexOfNonFinite(HostTensors<T>.Values(p)) >= 0);
        return parameter < 0 ? "" : $"parameter {host.Layer.Parameters[parameter].Name} holds a NaN or an infinity. ";
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
    private Tensor Nothing(IReadOnlyList<Tensor> inputs)
    {
        Tensor output = zeros([0, Model.Tokens, Model.OutputDim], inputs[0].dtype, inputs[0].device);
        foreach (Tensor tensor in inputs.Concat(state.Parameters).Where(t => t.requires_grad))
        {
            output += tensor.sum().to(output.dtype, output.device);
        }

        return output;
    }
}
