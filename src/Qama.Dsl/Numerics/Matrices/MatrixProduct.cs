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
        // Sums do not depend on how C is divided: rows where there are several tiles of them, else columns.
        var whole = new ProductShape(aRow, aColumn, bRow, cRow, m, k, n, accumulate);
        bool byRows = m >= 4 * ProductPart<T>.TileRows;
        (int length, int tile) = byRows ? (m, ProductPart<T>.TileRows) : (n, ProductPart<T>.TileColumns);
        long work = (long)m * k * n;
        int part = InnerParts.Rows(length, work, tile);
        if (part >= length)
        {
            var action = new ProductAction<T>(whole, a, b, c, scale);
            VectorPath.Run<T, ProductAction<T>>(ref action);
            return;
        }

        var parts = new ProductPart<T>(whole, a, b, c, scale, part, byRows);
        InnerLoop<ProductPart<T>>.Run(ref parts, InnerParts.Count(length, part), work);
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

    private readonly ref struct ProductPart<T>(
        ProductShape whole, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, T scale, int part, bool byRows) : IInnerBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public const int TileRows = 4;
        public const int TileColumns = 64;

        private readonly ProductShape _whole = whole;
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly Span<T> _c = c;
        private readonly T _scale = scale;
        private readonly int _part = part;
        private readonly bool _byRows = byRows;

        public void Run(int index)
        {
            int first = index * _part;
            ProductShape own = _byRows
                ? _whole with { M = Math.Min(_part, _whole.M - first) }
                : _whole with { N = Math.Min(_part, _whole.N - first) };
            var action = _byRows
                ? new ProductAction<T>(own, From(_a, first * own.ARow, own.K), _b, _c[(first * own.CRow)..], _scale)
                : new ProductAction<T>(own, _a, From(_b, first, own.K), _c[first..], _scale);
            VectorPath.Run<T, ProductAction<T>>(ref action);
        }

        // Nothing is read of A and B where sums are empty, and they may be too short.
        private static ReadOnlySpan<T> From(ReadOnlySpan<T> memory, int start, int k) => k == 0 ? memory : memory[start..];
    }
}
