using System.Runtime.InteropServices;
using Qama.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>Refuses tensors that a module cannot take, by the argument's name.</summary>
internal static class InputChecks
{
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">The argument's name.</param>
    /// <param name="model">The model.</param>
    /// <param name="first">The tensor whose batch and device it must have.</param>
    public static void Require(Tensor tensor, string name, ModelDescriptor model, Tensor? first)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        long[] shape = tensor.shape;
        if (shape.Length != 3 || shape[1] != model.Tokens || shape[2] != model.EmbeddingDim)
        {
            throw new ArgumentException(
                $"Expected a tensor [batch, {model.Tokens}, {model.EmbeddingDim}], got [{string.Join(", ", shape)}].", name);
        }

        if (tensor.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new ArgumentException($"Expected floating-point numbers, got {tensor.dtype}.", name);
        }

        if (first is not null && shape[0] != first.shape[0])
        {
            throw new ArgumentException($"Expected {first.shape[0]} samples like the query's, got {shape[0]}.", name);
        }

        if (first is not null && !IsSame(tensor.device, first.device))
        {
            throw new ArgumentException($"Expected a tensor on {first.device} like the query, got one on {tensor.device}.", name);
        }
    }

    /// <summary>Whether two devices are one.</summary>
    public static bool IsSame(torch.Device a, torch.Device b) => a.type == b.type && a.index == b.index;

    /// <summary>The lengths of a batch's samples.</summary>
    /// <exception cref="ArgumentException">No integers, another number of them, or one out of range.</exception>
    public static int[] ReadLengths(Tensor lengths, long batch, int tokens)
    {
        if (lengths.dtype is not (ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Int8 or ScalarType.Byte)
            || lengths.shape.Length != 1 || lengths.shape[0] != batch)
        {
            throw new ArgumentException(
                $"Expected {batch} integers, one per sample, got {lengths.dtype} of shape [{string.Join(", ", lengths.shape)}].",
                nameof(lengths));
        }

        if (batch == 0)
        {
            return [];
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor plain = lengths.to(ScalarType.Int64, CPU).contiguous();
        ReadOnlySpan<long> values = MemoryMarshal.Cast<byte, long>(plain.bytes);
        var counts = new int[values.Length];
        for (int s = 0; s < counts.Length; s++)
        {
            counts[s] = values[s] is >= 0 && values[s] <= tokens ? (int)values[s] : throw new ArgumentException(
                $"Sample {s}: expected a length in 0..{tokens}, got {values[s]}.", nameof(lengths));
        }

        return counts;
    }
}
