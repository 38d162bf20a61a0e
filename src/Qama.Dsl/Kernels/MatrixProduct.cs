using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>
/// The one product every layer stage is made of: C[m, n] (+)= scale · Σ_k A(m, k) · B[k, n], with A read as scalars at any two
/// strides (so a transposed A costs nothing) and rows of B and C padded to whole vectors.
/// </summary>
/// <remarks>Each sum is one chain of fused multiply-adds in order of k, then scaled: results depend neither on the vector
/// width nor on the tiling.</remarks>
public static class MatrixProduct
{
    private const int TileRows = 4;

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
        ref T a0 = ref MemoryMarshal.GetReference(a);
        ref T b0 = ref MemoryMarshal.GetReference(b);
        ref T c0 = ref MemoryMarshal.GetReference(c);
        int width = Vector512<T>.Count;
        int row = 0;
        for (; row + TileRows <= m; row += TileRows)
        {
            ref T aTile = ref Unsafe.Add(ref a0, row * aRow);
            ref T cTile = ref Unsafe.Add(ref c0, row * cRow);
            int column = 0;
            for (; column + 4 * width <= n; column += 4 * width)
            {
                Tile4x4(ref aTile, aRow, aColumn, ref Unsafe.Add(ref b0, column), bRow, ref Unsafe.Add(ref cTile, column), cRow, k, scale, accumulate);
            }

            for (; column + width <= n; column += width)
            {
                Tile4x1(ref aTile, aRow, aColumn, ref Unsafe.Add(ref b0, column), bRow, ref Unsafe.Add(ref cTile, column), cRow, k, scale, accumulate);
            }
        }

        for (; row < m; row++)
        {
            ref T aTile = ref Unsafe.Add(ref a0, row * aRow);
            ref T cTile = ref Unsafe.Add(ref c0, row * cRow);
            for (int column = 0; column + width <= n; column += width)
            {
                Tile1x1(ref aTile, aColumn, ref Unsafe.Add(ref b0, column), bRow, ref Unsafe.Add(ref cTile, column), k, scale, accumulate);
            }
        }
    }

    private static void Require(int length, int needed, int k, string name)
    {
        if (k > 0 && length < needed)
        {
            throw new ArgumentException($"Expected at least {needed} elements, got {length}.", name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x4<T>(
        ref T a, int aRow, int aColumn, ref T b, int bRow, ref T c, int cRow, int k, T scale, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int w = Vector512<T>.Count;
        Vector512<T> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<T> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<T> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<T> c30 = default, c31 = default, c32 = default, c33 = default;
        ref T c1 = ref Unsafe.Add(ref c, cRow);
        ref T c2 = ref Unsafe.Add(ref c, 2 * cRow);
        ref T c3 = ref Unsafe.Add(ref c, 3 * cRow);
        ref T a1 = ref Unsafe.Add(ref a, aRow);
        ref T a2 = ref Unsafe.Add(ref a, 2 * aRow);
        ref T a3 = ref Unsafe.Add(ref a, 3 * aRow);
        for (int i = 0; i < k; i++)
        {
            Vector512<T> b0 = Load(ref b, 0), b1 = Load(ref b, w), b2 = Load(ref b, 2 * w), b3 = Load(ref b, 3 * w);
            Vector512<T> s = Vector512.Create(Unsafe.Add(ref a, i * aColumn));
            c00 = Lanes.FusedMultiplyAdd(s, b0, c00);
            c01 = Lanes.FusedMultiplyAdd(s, b1, c01);
            c02 = Lanes.FusedMultiplyAdd(s, b2, c02);
            c03 = Lanes.FusedMultiplyAdd(s, b3, c03);
            s = Vector512.Create(Unsafe.Add(ref a1, i * aColumn));
            c10 = Lanes.FusedMultiplyAdd(s, b0, c10);
            c11 = Lanes.FusedMultiplyAdd(s, b1, c11);
            c12 = Lanes.FusedMultiplyAdd(s, b2, c12);
            c13 = Lanes.FusedMultiplyAdd(s, b3, c13);
            s = Vector512.Create(Unsafe.Add(ref a2, i * aColumn));
            c20 = Lanes.FusedMultiplyAdd(s, b0, c20);
            c21 = Lanes.FusedMultiplyAdd(s, b1, c21);
            c22 = Lanes.FusedMultiplyAdd(s, b2, c22);
            c23 = Lanes.FusedMultiplyAdd(s, b3, c23);
            s = Vector512.Create(Unsafe.Add(ref a3, i * aColumn));
            c30 = Lanes.FusedMultiplyAdd(s, b0, c30);
            c31 = Lanes.FusedMultiplyAdd(s, b1, c31);
            c32 = Lanes.FusedMultiplyAdd(s, b2, c32);
            c33 = Lanes.FusedMultiplyAdd(s, b3, c33);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Vector512<T> factor = Vector512.Create(scale);
        Finish4(ref c, c00, c01, c02, c03, factor, accumulate);
        Finish4(ref c1, c10, c11, c12, c13, factor, accumulate);
        Finish4(ref c2, c20, c21, c22, c23, factor, accumulate);
        Finish4(ref c3, c30, c31, c32, c33, factor, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1<T>(
        ref T a, int aRow, int aColumn, ref T b, int bRow, ref T c, int cRow, int k, T scale, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default;
        for (int i = 0; i < k; i++)
        {
            Vector512<T> row = Load(ref b, 0);
            c0 = Lanes.FusedMultiplyAdd(Vector512.Create(a), row, c0);
            c1 = Lanes.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, aRow)), row, c1);
            c2 = Lanes.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 2 * aRow)), row, c2);
            c3 = Lanes.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 3 * aRow)), row, c3);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Vector512<T> factor = Vector512.Create(scale);
        Finish(ref c, 0, c0, factor, accumulate);
        Finish(ref c, cRow, c1, factor, accumulate);
        Finish(ref c, 2 * cRow, c2, factor, accumulate);
        Finish(ref c, 3 * cRow, c3, factor, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1<T>(ref T a, int aColumn, ref T b, int bRow, ref T c, int k, T scale, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> sum = default;
        for (int i = 0; i < k; i++)
        {
            sum = Lanes.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, i * aColumn)), Load(ref b, 0), sum);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Finish(ref c, 0, sum, Vector512.Create(scale), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Load<T>(ref T start, int offset) => Vector512.LoadUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<T>(ref T c, int offset, Vector512<T> sum, Vector512<T> factor, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector512.StoreUnsafe(
            accumulate ? Lanes.FusedMultiplyAdd(factor, sum, Load(ref c, offset)) : factor * sum, ref c, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish4<T>(
        ref T c, Vector512<T> s0, Vector512<T> s1, Vector512<T> s2, Vector512<T> s3, Vector512<T> factor, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int w = Vector512<T>.Count;
        Finish(ref c, 0, s0, factor, accumulate);
        Finish(ref c, w, s1, factor, accumulate);
        Finish(ref c, 2 * w, s2, factor, accumulate);
        Finish(ref c, 3 * w, s3, factor, accumulate);
    }
}
