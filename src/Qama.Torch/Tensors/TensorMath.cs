using System.ComponentModel;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>
/// What generated coefficients are made of where torch's own operations will not do: with the derivatives that the
/// native kernels have, at ties and at 0 too, and without any where a derivative is infinite or undefined. So a
/// conditional passes nothing into the branch that is not taken, whatever its values and derivatives are there: the 0
/// that torch sends there stays 0.
/// </summary>
/// <remarks>For generated code: a base class, so that no name of a user's class comes in between.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class TensorMath
{
    /// <summary>Of an intermediate with a number for every pair and dimension there are no more bytes at once,
    /// about.</summary>
    private const long LargestBlock = 64L << 20;

    /// <summary>Below this a square root's slope is cut off, so that the norm of a zero vector has gradient 0, not
    /// NaN.</summary>
    private const double SmallestRoot = 1e-30;

    /// <summary>For generated code alone.</summary>
    protected TensorMath()
    {
    }

    /// <summary>P[i,j] = Σ_d A[i,d] B[j,d], [batch, heads, N, N].</summary>
    /// <param name="row">A, [batch, heads, N, 1, D].</param>
    /// <param name="column">B, [batch, heads, 1, N, D].</param>
    /// <param name="isFinite">Whether neither can be infinite or undefined. Otherwise what is not finite of one has no
    /// part in the other's derivative.</param>
    protected static Tensor Product(Tensor row, Tensor column, bool isFinite = true)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(column);
        Tensor product = Multiplied(row, column);
        if (isFinite || !product.requires_grad)
        {
            return product;
        }

        Tensor finite = Multiplied(Finite(row), Finite(column));
        return where(product.isfinite(), finite, product.detach());

        static Tensor Multiplied(Tensor row, Tensor column) =>
            matmul(row.squeeze(3), column.squeeze(2).transpose(2, 3));

        static Tensor Finite(Tensor x) => where(x.isfinite(), x, zeros_like(x));
    }

    /// <summary>A coefficient that needs a number for every pair and dimension, computed for some rows i at a
    /// time.</summary>
    /// <param name="query">q, [batch, heads, N, 1, D].</param>
    /// <param name="coefficient">Some rows of it.</param>
    /// <returns>All rows, [batch, heads, N, N].</returns>
    protected static Tensor ByRows(Tensor query, Func<TensorRows, Tensor> coefficient)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(coefficient);
        long tokens = query.shape[2];
        long bytesOfRow = Math.Max(1, query.NumberOfElements * query.ElementSize);
        long count = Math.Clamp(LargestBlock / bytesOfRow, 1, tokens);
        if (count == tokens)
        {
            return coefficient(new TensorRows(0, tokens));
        }

        var blocks = new List<Tensor>();
        for (long first = 0; first < tokens; first += count)
        {
            using var scope = NewDisposeScope();
            blocks.Add(coefficient(new TensorRows(first, Math.Min(count, tokens - first))).MoveToOuterDisposeScope());
        }

        return cat(blocks, 2);
    }

    /// <summary>A coefficient that depends on nothing, [1, 1, 1, 1].</summary>
    /// <param name="like">A tensor of its type and device.</param>
    /// <param name="value">Its value.</param>
    protected static Tensor Constant(Tensor like, double value)
    {
        ArgumentNullException.ThrowIfNull(like);
        return like.new_full([1, 1, 1, 1], value);
    }

    /// <summary>a b.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">The other.</param>
    protected static Tensor Multiply(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return Passing(x, () => y) * Passing(y, () => x);
    }

    /// <summary>a / b.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    protected static Tensor Divide(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return Passing(x, () => 1 / y) / Passing(y, () => x / y / y);
    }

    /// <summary>a b + c.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">The other.</param>
    /// <param name="c">What is added.</param>
    protected static Tensor FusedMultiplyAdd(TensorOperand a, TensorOperand b, TensorOperand c)
    {
        if (a.IsTensor || b.IsTensor)
        {
            (Tensor product, Tensor sum) = TensorOperand.Both(Multiply(a, b), c);
            return product + sum;
        }

        (Tensor x, Tensor z) = TensorOperand.Both(a, c);
        (_, Tensor y) = TensorOperand.Both(z, b);
        return (x * y) + z;
    }

    /// <summary>1 where a ≥ b, else 0, without derivative.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">What it is compared with.</param>
    protected static Tensor AtLeast(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return x.ge(y).to(x.dtype);
    }

    /// <summary>1 where a &gt; b, else 0, without derivative.</summary>
    /// <inheritdoc cref="AtLeast"/>
    protected static Tensor Greater(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return x.gt(y).to(x.dtype);
    }

    /// <summary>a where the condition is not 0, else b.</summary>
    /// <param name="condition">1 or 0.</param>
    /// <param name="a">What is chosen where it is 1.</param>
    /// <param name="b">What is chosen where it is 0.</param>
    protected static Tensor Select(TensorOperand condition, TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) =
            a.IsTensor || b.IsTensor ? TensorOperand.Both(a, b) : (a.Like(condition), b.Like(condition));
        return where(condition.Tensor.ne(0), x, y);
    }

    /// <summary>The larger one; the first one's derivative where they are equal; NaN if either is.</summary>
    /// <param name="a">The first one.</param>
    /// <param name="b">The second one.</param>
    protected static Tensor Max(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return where(x.ge(y).logical_or(x.isnan()), x, y);
    }

    /// <summary>The smaller one; the first one's derivative where they are equal; NaN if either is.</summary>
    /// <inheritdoc cref="Max"/>
    protected static Tensor Min(TensorOperand a, TensorOperand b)
    {
        (Tensor x, Tensor y) = TensorOperand.Both(a, b);
        return where(x.le(y).logical_or(x.isnan()), x, y);
    }

    /// <summary>min(max(a, lowest), highest).</summary>
    /// <param name="a">A number.</param>
    /// <param name="lowest">The lower bound.</param>
    /// <param name="highest">The upper bound.</param>
    protected static Tensor Clamp(TensorOperand a, TensorOperand lowest, TensorOperand highest) =>
        Min(Max(a.IsTensor || lowest.IsTensor ? a : a.Like(highest), lowest), highest);

    /// <summary>The size; its slope at 0 is 1.</summary>
    /// <param name="a">A number.</param>
    protected static Tensor Abs(Tensor a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return where(a.ge(0), a, -a);
    }

    /// <summary>The largest of the last dimension; what is as large as it shares its derivative equally.</summary>
    /// <param name="a">Vectors.</param>
    /// <param name="isFinite">Whether none of them can be undefined.</param>
    protected static Tensor Largest(Tensor a, bool isFinite = true)
    {
        ArgumentNullException.ThrowIfNull(a);
        Tensor largest = a.amax([-1]);
        return isFinite || !a.requires_grad
            ? largest
            : where(largest.isnan().unsqueeze(-1), a.detach(), a).amax([-1]);
    }

    /// <summary>The operand, which passes no derivative where an operation's derivative by it is infinite or
    /// undefined.</summary>
    private static Tensor Passing(Tensor x, Func<Tensor> derivative)
    {
        if (!x.requires_grad)
        {
            return x;
        }

        Tensor passes;
        using (no_grad())
        {
            passes = derivative().isfinite();
        }

        return where(passes, x, x.detach());
    }
}
