using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Layers.Hosting;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Kernels;

/// <summary>Tensors whose memory native kernels read and write: of the layer's element type, on the CPU,
/// contiguous.</summary>
internal static class HostTensors<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The layer's element type.</summary>
    public static ScalarType Type { get; } = typeof(T) == typeof(double) ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>A new tensor of any values.</summary>
    public static Tensor Empty(params long[] shape) => empty(shape, dtype: Type, device: CPU);

    /// <summary>A new tensor of these values.</summary>
    public static Tensor Filled(ReadOnlySpan<T> values, params long[] shape)
    {
        Tensor tensor = Empty(shape);
        values.CopyTo(Values(tensor));
        return tensor;
    }

    /// <summary>The memory of a plain tensor.</summary>
    public static Span<T> Values(Tensor tensor) =>
        tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>Whether kernels can read the memory as it is, but for its layout.</summary>
    public static bool IsPlain(Tensor tensor) => tensor.dtype == Type && tensor.device.type == DeviceType.CPU;

    /// <summary>The tensor itself where kernels can read its memory, else a converted one that the current scope owns;
    /// gradients pass.</summary>
    public static Tensor Plain(Tensor tensor)
    {
        Tensor plain = IsPlain(tensor) ? tensor : tensor.to(Type, CPU);
        return plain.is_contiguous() ? plain : plain.contiguous();
    }

    /// <summary>Overwrites a tensor of any type, place or layout, unseen by autograd.</summary>
    public static void Write(ReadOnlySpan<T> values, Tensor target)
    {
        if (IsPlain(target) && target.is_contiguous())
        {
            values.CopyTo(Values(target));
            return;
        }

        Replace(values, target);
    }

    /// <summary>Overwrites a tensor by torch's own means: a graph that saved it knows that it has changed.</summary>
    public static void Replace(ReadOnlySpan<T> values, Tensor target)
    {
        using IDisposable mode = no_grad();
        using Tensor source = Filled(values, target.shape);
        target.copy_(source);
    }

    /// <summary>The shape of a layer's parameter as torch has shapes.</summary>
    public static long[] Shape(Parameter<T> parameter) => [.. parameter.Shape.Select(s => (long)s)];

    /// <summary>Gives a pass the values of its parameters.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="parameters">Plain tensors, in the layer's order.</param>
    public static void SetParameters(HostedPass<T> pass, IReadOnlyList<Tensor> parameters)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            Values(parameters[i]).CopyTo(pass.Parameter(i));
        }
    }

    /// <summary>Runs a pass forward.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="inputs">One input, or query, key and value; plain.</param>
    /// <param name="output">Receives the output; plain.</param>
    public static void Forward(HostedPass<T> pass, IReadOnlyList<Tensor> inputs, Tensor output)
    {
        if (inputs.Count == 1)
        {
            pass.Forward(Values(inputs[0]), Values(output));
        }
        else
        {
            pass.Forward(Values(inputs[0]), Values(inputs[1]), Values(inputs[2]), Values(output));
        }
    }
}
