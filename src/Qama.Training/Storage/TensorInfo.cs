namespace Qama.Training.Storage;

/// <summary>One entry of a safetensors header.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DataType">The element type as the format writes it, for example <c>F32</c> or <c>BF16</c>.</param>
/// <param name="Shape">The shape, row-major; empty for a scalar.</param>
/// <param name="Offset">The position of the tensor's first byte, counted from the end of the header.</param>
/// <param name="ByteLength">The number of bytes.</param>
public sealed record TensorInfo(string Name, string DataType, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>Number of elements.</summary>
    public long Length => Shape.Aggregate(1L, (a, b) => a * b);
}
