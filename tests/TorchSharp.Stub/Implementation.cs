namespace TorchSharp;

/// <summary>What tensor handles share: in TorchSharp the native side, which counts its own references.</summary>
internal sealed class Implementation(byte[] data, long[] shape, long[] strides, torch.ScalarType dtype, torch.Device device)
{
    public byte[] Data { get; set; } = data;

    public long[] Shape { get; } = shape;

    /// <summary>In elements; 0 along an expanded dimension.</summary>
    public long[] Strides { get; } = strides;

    public torch.ScalarType Type { get; } = dtype;

    public torch.Device Device { get; } = device;

    public bool RequiresGradient { get; set; }

    public Implementation? Gradient { get; set; }

    /// <summary>What computed it; null for a leaf.</summary>
    public GraphNode? Node { get; set; }

    public long Length => Shape.Aggregate(1L, (a, b) => a * b);

    public bool IsContiguous => Strides.SequenceEqual(RowMajor(Shape));

    public int ElementSize => Type switch
    {
        torch.ScalarType.Float64 or torch.ScalarType.Int64 => 8,
        torch.ScalarType.Float32 or torch.ScalarType.Int32 => 4,
        torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Int16 => 2,
        _ => 1,
    };

    public static Implementation Create(long[] shape, torch.ScalarType dtype, torch.Device device)
    {
        var created = new Implementation([], [.. shape], RowMajor(shape), dtype, device);
        created.Data = new byte[created.Length * created.ElementSize];
        return created;
    }

    public static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        long step = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            strides[d] = step;
            step *= shape[d];
        }

        return strides;
    }

    /// <summary>The element of a row-major index, wherever the strides put it.</summary>
    public double Get(long index) => Number(Offset(index));

    public void Set(long index, double value) => Store(Offset(index), value);

    private long Offset(long index)
    {
        long offset = 0;
        for (int d = Shape.Length - 1; d >= 0; d--)
        {
            offset += index % Shape[d] * Strides[d];
            index /= Shape[d];
        }

        return offset;
    }

    private double Number(long offset)
    {
        ReadOnlySpan<byte> at = Data.AsSpan((int)offset * ElementSize, ElementSize);
        return Type switch
        {
            torch.ScalarType.Float64 => BitConverter.ToDouble(at),
            torch.ScalarType.Float32 => BitConverter.ToSingle(at),
            torch.ScalarType.Float16 => (double)BitConverter.ToHalf(at),
            torch.ScalarType.BFloat16 => BitConverter.Int32BitsToSingle(BitConverter.ToUInt16(at) << 16),
            torch.ScalarType.Int64 => BitConverter.ToInt64(at),
            torch.ScalarType.Int32 => BitConverter.ToInt32(at),
            torch.ScalarType.Int16 => BitConverter.ToInt16(at),
            _ => at[0],
        };
    }

    private void Store(long offset, double value)
    {
        Span<byte> at = Data.AsSpan((int)offset * ElementSize, ElementSize);
        bool stored = Type switch
        {
            torch.ScalarType.Float64 => BitConverter.TryWriteBytes(at, value),
            torch.ScalarType.Float32 => BitConverter.TryWriteBytes(at, (float)value),
            torch.ScalarType.Float16 => BitConverter.TryWriteBytes(at, (Half)value),
            torch.ScalarType.BFloat16 => BitConverter.TryWriteBytes(at, (ushort)(BitConverter.SingleToInt32Bits((float)value) >>> 16)),
            torch.ScalarType.Int64 => BitConverter.TryWriteBytes(at, (long)value),
            torch.ScalarType.Int32 => BitConverter.TryWriteBytes(at, (int)value),
            torch.ScalarType.Int16 => BitConverter.TryWriteBytes(at, (short)value),
            _ => (at[0] = (byte)value) == at[0],
        };
        if (!stored)
        {
            throw new InvalidOperationException("Cannot store.");
        }
    }
}

/// <summary>A step of the graph: from the gradient of its output to those of its inputs, null for none.</summary>
internal sealed record GraphNode(IReadOnlyList<Implementation> Inputs, Func<Implementation, IReadOnlyList<Implementation?>> Backward);
