using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>Between sequences as multi-head attention takes them and what a declared layer takes: batch first, all its
/// tokens.</summary>
internal sealed class SequenceShape
{
    private readonly ModelDescriptor _model;
    private readonly bool _batchFirst;
    private readonly Tensor[] _sequences;
    private readonly long _batch;
    private readonly long _length;
    private readonly long _keyLength;

    /// <summary>Checks sequences.</summary>
    /// <exception cref="ArgumentNullException">One is null.</exception>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public SequenceShape(ModelDescriptor model, bool batchFirst, Tensor query, Tensor key, Tensor value)
    {
        (_model, _batchFirst) = (model, batchFirst);
        Require(query, nameof(query), model.Tokens);
        Require(key, nameof(key), model.KeyTokens);
        Require(value, nameof(value), model.KeyTokens);
        (Tensor selected, string name) = model.HasOwnKeys ? (key, "key") : (query, "query");
        RequireLike(selected, key, nameof(key), name);
        RequireLike(selected, value, nameof(value), name);
        bool isShared = !model.HasOwnKeys && ReferenceEquals(query, key) && ReferenceEquals(query, value);
        _sequences = isShared ? [query] : [query, key, value];
        (_batch, _length) = batchFirst ? (query.shape[0], query.shape[1]) : (query.shape[1], query.shape[0]);
        _keyLength = key.shape[batchFirst ? 1 : 0];
    }

    /// <summary>Batch first, padded to the model's tokens: one input where query, key and value are one tensor, else
    /// three.</summary>
    public Tensor[] PadInputs() => [.. _sequences.Select((s, i) => Pad(s, i == 0 ? _model.Tokens : _model.KeyTokens))];

    /// <summary>Which tokens are there: lengths where padding is at the end and the host can see that, else the mask
    /// itself.</summary>
    /// <param name="key_padding_mask">[batch, keys], true for keys that are not there; null for none.</param>
    /// <param name="backend">The module's.</param>
    /// <param name="hasTensors">Whether the model has a form in operations of torch.</param>
    /// <exception cref="ArgumentException">Another shape, type or device; or a gap, and the backend takes
    /// none.</exception>
    public CallOptions Options(Tensor? key_padding_mask, Backend backend, bool hasTensors)
    {
        CallOptions plain = _model.HasOwnKeys
            ? new CallOptions { Lengths = All(_length, _model.Tokens), KeyLengths = All(_keyLength, _model.KeyTokens) }
            : new CallOptions { Lengths = All(_length, _model.Tokens) };
        if (key_padding_mask is null)
        {
            return plain;
        }

        RequireMask(key_padding_mask, nameof(key_padding_mask));
        Tensor present = key_padding_mask.to(ScalarType.Bool).logical_not();
        if (_keyLength < _model.KeyTokens)
        {
            present = cat([present, zeros([_batch, _model.KeyTokens - _keyLength], ScalarType.Bool, present.device)], 1);
        }

        if (backend.UsesKernels(_sequences[0], hasTensors))
        {
            if (LengthsOf(present) is { } lengths)
            {
                return _model.HasOwnKeys ? plain with { KeyLengths = lengths } : plain with { Lengths = lengths };
            }

            if (backend == Backend.Native || !hasTensors)
            {
                throw new ArgumentException(
                    "Expected padding at the end: native kernels take no other."
                    + (hasTensors ? " Backend.Auto and Backend.Tensor do." : ""),
                    nameof(key_padding_mask));
            }
        }

        return new CallOptions { Present = present };
    }

    // As lengths; null where that is as many as there may be.
    private Tensor? All(long length, int tokens) =>
        length == tokens ? null : full([_batch], length, ScalarType.Int64, _sequences[0].device);

    /// <summary>An output in the caller's form.</summary>
    public Tensor Restore(Tensor output)
    {
        Tensor own = output.narrow(1, 0, _length);
        return _batchFirst ? own : own.transpose(0, 1);
    }

    /// <summary>Selection weights of the caller's tokens, [batch, heads, tokens] or [batch, heads, queries, keys].</summary>
    public Tensor RestoreWeights(Tensor weights) => weights.dim() == 3
        ? weights.narrow(2, 0, _length) : weights.narrow(2, 0, _length).narrow(3, 0, _keyLength);

    private Tensor Pad(Tensor sequence, int tokens)
    {
        Tensor first = _batchFirst ? sequence : sequence.transpose(0, 1);
        long missing = tokens - first.shape[1];
        return missing == 0 ? first : nn.functional.pad(first, [0, 0, 0, missing]);
    }

    private void Require(Tensor tensor, string name, int tokens)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        long[] shape = tensor.shape;
        int width = _model.EmbeddingDim;
        if (shape.Length != 3 || shape[2] != width || shape[_batchFirst ? 1 : 0] < 1
            || shape[_batchFirst ? 1 : 0] > tokens)
        {
            string expected = _batchFirst ? $"[batch, 1..{tokens}, {width}]" : $"[1..{tokens}, batch, {width}]";
            throw new ArgumentException($"Expected a tensor {expected}, got [{string.Join(", ", shape)}].", name);
        }
    }

    private static void RequireLike(Tensor expected, Tensor tensor, string name, string other)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(expected.shape))
        {
            throw new ArgumentException(
                $"Expected [{string.Join(", ", expected.shape)}] like the {other}, "
                + $"whose tokens are selected from, got [{string.Join(", ", tensor.shape)}].", name);
        }
    }

    private void RequireMask(Tensor mask, string name)
    {
        if (mask.dtype is not (ScalarType.Bool or ScalarType.Byte)
            || !mask.shape.AsSpan().SequenceEqual([_batch, _keyLength]))
        {
            throw new ArgumentException(
                $"Expected booleans [{_batch}, {_keyLength}], got {mask.dtype} of shape "
                + $"[{string.Join(", ", mask.shape)}].", name);
        }

        torch.Device device = _sequences[0].device;
        if (!mask.IsOn(device))
        {
            throw new ArgumentException($"Expected a mask on {device} like the query, got one on {mask.device}.", name);
        }
    }

    /// <summary>The number of present tokens of each sample; null where an absent one stands before a present
    /// one.</summary>
    private static Tensor? LengthsOf(Tensor present)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor plain = present.to(CPU).contiguous();
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

        return tensor(lengths).MoveToOuterDisposeScope();
    }
}
