using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

// Whole numbers of C#'s types, held in 64 bits. Nothing throws: pairs of absent tokens and branches that are not taken
// are computed too.
public abstract partial class TensorMath
{
    // The largest double below 2⁶³.
    private const double LargestLong = 9223372036854774784;

    /// <summary>A number cut to a whole one towards 0 and kept in int or long; 0 of NaN.</summary>
    /// <param name="x">A number.</param>
    /// <param name="isLong">Whether it is kept in long.</param>
    protected static Tensor ToWhole(Tensor x, bool isLong)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor cut = x.detach().to(float64).nan_to_num(0).trunc();
        if (!isLong)
        {
            return cut.clamp((double)int.MinValue, (double)int.MaxValue).to(int64);
        }

        Tensor kept = cut.clamp((double)long.MinValue, LargestLong).to(int64);
        return where(cut.ge(-(double)long.MinValue), Number(cut, long.MaxValue), kept);
    }

    /// <summary>What a type has of a whole number.</summary>
    /// <param name="x">Whole numbers.</param>
    protected static Tensor ToSByte(Tensor x) => x.to(int8).to(int64);

    /// <inheritdoc cref="ToSByte"/>
    protected static Tensor ToByte(Tensor x) => x.to(uint8).to(int64);

    /// <inheritdoc cref="ToSByte"/>
    protected static Tensor ToInt16(Tensor x) => x.to(int16).to(int64);

    /// <inheritdoc cref="ToSByte"/>
    protected static Tensor ToUInt16(Tensor x) => x.bitwise_and(Number(x, ushort.MaxValue));

    /// <inheritdoc cref="ToSByte"/>
    protected static Tensor ToInt32(Tensor x) => x.to(int32).to(int64);

    /// <summary>a / b rounded towards 0; 0 where C# throws.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    protected static Tensor WholeQuotient(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        Tensor isSafe = y.ne(0).logical_and(y.ne(-1));
        Tensor divisor = where(isSafe, y, ones_like(y));

        // TorchSharp's div gives real numbers, whatever it is asked for.
        Tensor quotient = (x - x.fmod(divisor)).floor_divide(divisor);
        return where(isSafe, quotient, where(y.eq(0), zeros_like(x), -x));
    }

    /// <summary>a − b (a / b), with the sign of a; 0 where C# throws.</summary>
    /// <inheritdoc cref="WholeQuotient"/>
    protected static Tensor WholeRemainder(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return where(y.eq(0), zeros_like(x), x - (y * WholeQuotient(x, y)));
    }

    /// <summary>a where the condition is not 0, else b: whole numbers.</summary>
    /// <inheritdoc cref="Select"/>
    protected static Tensor SelectWhole(TensorOperand condition, TensorOperand a, TensorOperand b) =>
        Select(condition, a.As(condition, int64), b.As(condition, int64));

    /// <summary>a where the condition is not 0, else b: numbers that C# computes in double.</summary>
    /// <inheritdoc cref="Select"/>
    protected static Tensor SelectDouble(TensorOperand condition, TensorOperand a, TensorOperand b) =>
        Select(condition, a.As(condition, float64), b.As(condition, float64));

    private static Tensor Number(Tensor like, long value) => full([], value, dtype: int64, device: like.device);
}
