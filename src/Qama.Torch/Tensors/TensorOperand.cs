using System.ComponentModel;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>A tensor, or a number that takes the type and the device of a tensor it meets: no constant widens or
/// narrows what it is used with.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct TensorOperand
{
    private readonly Tensor? _tensor;
    private readonly Scalar? _number;

    private TensorOperand(Tensor? tensor, Scalar? number)
    {
        _tensor = tensor;
        _number = number;
    }

    internal bool IsTensor => _tensor is not null;

    internal Tensor Tensor => _tensor ?? throw new InvalidOperationException("A number without a tensor has no type.");

    /// <summary>A tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    public static implicit operator TensorOperand(Tensor tensor) => new(tensor, null);

    /// <summary>A number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator TensorOperand(double number) => new(null, number);

    /// <summary>A whole number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator TensorOperand(long number) => new(null, number);

    internal Tensor Like(TensorOperand other) => As(other, other.Tensor.dtype);

    /// <summary>The tensor, or the number as one of a type.</summary>
    internal Tensor As(TensorOperand other, ScalarType type) =>
        _tensor ?? full([], _number!, dtype: type, device: other.Tensor.device);

    /// <summary>Two operands, one of them a tensor, as tensors of one type.</summary>
    internal static (Tensor First, Tensor Second) Both(TensorOperand a, TensorOperand b) =>
        a.IsTensor ? (a.Tensor, b.Like(a)) : (a.Like(b), b.Tensor);
}
