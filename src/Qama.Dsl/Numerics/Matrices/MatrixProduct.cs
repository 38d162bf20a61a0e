using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>
/// The one product every layer stage is made of: C[m, n] (+)= scale · Σ_k A(m, k) · B[k, n], with A read as scalars at any two
/// strides (so a transposed A costs nothing) and rows of B and C padded to whole vectors.
/// </summary>
/// <remarks>Each sum is one chain of fused multiply-adds in order of k, then scaled: results depend neither on the vector
/// width nor on the tiling. Registers are chosen as the annealer's are: the widest, or what QAMA_VECTOR says.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MatrixProduct
{
    /// <summary>Computes the product.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="a">A; element (m, k) at m·<paramref name="aRow"/> + k·<paramref name="aColumn"/>.</param>
    /// <param name="aRow">Distance between rows of A.</param>
    /// <param name="aColumn">Distance between columns of A.</param>
    /// <param name="b">B, row-major, rows <paramref name="bRow"/> apart, at least <paramref name="n"/> long.</param>
    /// <param name="bRow">Distance between rows of B.</param>
    /// <param name="c">C, row-major.</param>
    /// <param name="cRow">Distance between rows of C.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="n">Columns, a multiple of 16.</param>
    /// <param name="accumulate">Whether to add to C rather than replace it.</param>
    /// <exception cref="ArgumentException">A memory is too short, or <paramref name="n"/> is no multiple of 16.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void Multiply<T>(
        ReadOnlySpan<T> a, int aRow, int aColumn, ReadOnlySpan<T> b, int bRow, Span<T> c, int cRow,
        int m, int k, int n, bool accumulate = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Multiply(a, aRow, aColumn, b, bRow, c, cRow, m, k, n, T.One, accumulate);

    /// <summary>Computes the product times a number.</summary>
    /// <inheritdoc cref="Multiply{T}(ReadOnlySpan{T}, int, int, ReadOnlySpan{T}, int, Span{T}, int, int, int, int, bool)"/>
    /// <param name="a">A; element (m, k) at m·<paramref name="aRow"/> + k·<paramref name="aColumn"/>.</param>
    /// <param name="aRow">Distance between rows of A.</param>
    /// <param name="aColumn">Distance between columns of A.</param>
    /// <param name="b">B, row-major, rows <paramref name="bRow"/> apart, at least <paramref name="n"/> long.</param>
    /// <param name="bRow">Distance between rows of B.</param>
    /// <param name="c">C, row-major.</param>
    /// <param name="cRow">Distance between rows of C.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="n">Columns, a multiple of 16.</param>
    /// <param name="scale">What every sum is multiplied by.</param>
    /// <param name="accumulate">Whether to add to C rather than replace it.</param>
    public static void Multiply<T>(
        ReadOnlySpan<T> a, int aRow, int aColumn, ReadOnlySpan<T> b, int bRow, Span<T> c, int cRow,
        int m, int k, int n, T scale, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        if ((n & 15) != 0 || n > bRow || n > cRow)
        {
            throw new ArgumentException("Expected a number of columns that is a multiple of 16 and fits the rows.", nameof(n));
        }

        Require(a.Length, (m - 1) * aRow + (k - 1) * aColumn + 1, k, nameof(a));
        Require(b.Length, (k - 1) * bRow + n, k, nameof(b));
        Require(c.Length, (m - 1) * cRow + n, 1, nameof(c));
        var product = new ProductShape(aRow, aColumn, bRow, cRow, m, k, n, accumulate);
        var action = new ProductAction<T>(product, a, b, c, scale);
        VectorPath.Run<T, ProductAction<T>>(ref action);
    }

    /// <summary>The product in given registers; lengths have been checked.</summary>
    internal static void Run<T, TRegister>(in ProductShape product, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IVector<TRegister, T> =>
        ProductKernel<T, TRegister>.Run(
            product, ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), ref MemoryMarshal.GetReference(c), scale);

    private static void Require(int length, int needed, int k, string name)
    {
        if (k > 0 && length < needed)
        {
            throw new ArgumentException($"Expected at least {needed} elements, got {length}.", name);
        }
    }

    private readonly ref struct ProductAction<T>(ProductShape product, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, T scale)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ProductShape _product = product;
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly Span<T> _c = c;
        private readonly T _scale = scale;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => MatrixProduct.Run<T, TVector>(_product, _a, _b, _c, _scale);
    }
}
