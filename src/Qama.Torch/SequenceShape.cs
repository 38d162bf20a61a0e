using System.Runtime.InteropServices;
using Qama.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>Between sequences as multi-head attention takes them and what a declared layer takes: batch first, all its
/// tokens.</summary>
internal sealed class SequenceShape(bool batchFirst, ModelDescriptor model)
{
    private long _length;

    /// <summary>Batch first, padded to the model's tokens.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Prepare(Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        Require(query, nameof(query), null);
        Require(key, nameof(key), query);
        Require(value, nameof(value), query);
        _length = query.shape[batchFirst ? 1 : 0];
        return (Pad(query), Pad(key), Pad(value));
    }

    /// <summary>Which tokens are there: lengths where padding is at the end and the host can see that, else the mask
    /// itself.</summary>
    public CallOptions Options(Tensor? key_padding_mask, Tensor query, Backend backend)
    {
        long batch = query.shape[0];
        if (key_padding_mask is null)
        {
            return _length == model.Tokens ? default : new CallOptions { Lengths = full([batch], _length, ScalarType.Int64, query.device) };
        }

        if (key_padding_mask.dtype is not (ScalarType.Bool or ScalarType.Byte) || !key_padding_mask.shape.AsSpan().SequenceEqual([batch, _length]))
        {
            throw new ArgumentException(
                $"Expected booleans [{batch}, {_length}], got {key_padding_mask.dtype} of shape [{string.Join(", ", key_padding_mask.shape)}].", nameof(key_padding_mask));
        }

        if (!InputChecks.IsSame(key_padding_mask.device, query.device))
        {
            throw new ArgumentException($"Expected a mask on {query.device} like the query, got one on {key_padding_mask.device}.", nameof(key_padding_mask));
        }

        Tensor present = key_padding_mask.to(ScalarType.Bool).logical_not();
        if (_length < model.Tokens)
        {
            present = cat([present, zeros([batch, model.Tokens - _length], ScalarType.Bool, present.device)], 1);
        }

        bool native = backend == Backend.Native || (backend == Backend.Auto && query.device.type == DeviceType.CPU);
        if (!native)
        {
            return new CallOptions { Present = present };
        }

        if (LengthsOf(present) is { } lengths)
        {
            return new CallOptions { Lengths = lengths };
        }

        return backend == Backend.Auto
            ? new CallOptions { Present = present }
            : throw new ArgumentException(
                "Expected padding at the end: native kernels take no other. Backend.Auto and Backend.Tensor do.", nameof(key_padding_mask));
    }

    /// <summary>An output in the caller's form.</summary>
    public Tensor Restore(Tensor output)
    {
        Tensor own = output.narrow(1, 0, _length);
        return batchFirst ? own : own.transpose(0, 1);
    }

    /// <summary>Selection weights of the caller's tokens, [batch, heads, tokens].</summary>
    public Tensor RestoreWeights(Tensor weights) => weights.narrow(2, 0, _length);

    private Tensor Pad(Tensor sequence)
    {
        Tensor first = batchFirst ? sequence : sequence.transpose(0, 1);
        return _length == model.Tokens ? first : nn.functional.pad(first, [0, 0, 0, model.Tokens - _length]);
    }

    private void Require(Tensor tensor, string name, Tensor? query)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        long[] shape = tensor.shape;
        string expected = batchFirst ? $"[batch, 1..{model.Tokens}, {model.EmbeddingDim}]" : $"[1..{model.Tokens}, batch, {model.EmbeddingDim}]";
        if (shape.Length != 3 || shape[2] != model.EmbeddingDim || shape[batchFirst ? 1 : 0] is var length && (length < 1 || length > model.Tokens))
        {
            throw new ArgumentException($"Expected a tensor {expected}, got [{string.Join(", ", shape)}].", name);
        }

        if (query is not null && !shape.AsSpan().SequenceEqual(query.shape))
        {
            throw new ArgumentException(
                $"Expected [{string.Join(", ", query.shape)}] like the query, whose tokens are selected from, got "
                + $"[{string.Join(", ", shape)}].", name);
        }
    }

    /// <summary>The number of present tokens of each sample; null where an absent one stands before a present
    /// one.</summary>
    private static Tensor? LengthsOf(Tensor present)
    {
        using Tensor plain = present.contiguous();
        (int batch, int tokens) = ((int)plain.shape[0], (int)plain.shape[1]);
        ReadOnlySpan<bool> values = batch == 0 ? [] : MemoryMarshal.Cast<byte, bool>(plain.bytes);
        var lengths = new long[batch];
        for (int s = 0; s < batch; s++)
        {
            ReadOnlySpan<bool> row = values.Slice(s * tokens, tokens);
            int first = row.IndexOf(false);
            lengths[s] = first < 0 ? tokens : first;
            if (row[(int)lengths[s]..].Contains(true))
            {
                return null;
            }
        }

        return tensor(lengths);
    }
}
