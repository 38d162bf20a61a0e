using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>The tiles of C that a <see cref="MatrixProduct"/> keeps in registers while it walks along k.</summary>
internal static class ProductKernel<T, TRegister>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRegister : struct, IVector<TRegister, T>
{
    private const int TileRows = 4;

    // AVX-512 has 32 registers: 16 sums, 4 of B and one of A fit. AVX2 has 16, for 8 sums, 2 of B and one of A; Arm has 32 of 16
    // bytes, for 16 sums, 4 of B and one of A: there four rows of 64 bytes fit.
    private static bool IsWide => typeof(TRegister) == typeof(Register512<T>);

    // Nothing here is inlined into callers: they would use up what the JIT is willing to inline, and sums end up in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(in ProductShape product, ref T a, ref T b, ref T c, T scale)
    {
        int width = TRegister.Count;
        int row = 0;
        for (; row + TileRows <= product.M; row += TileRows)
        {
            ref T aTile = ref Unsafe.Add(ref a, row * product.ARow);
            ref T cTile = ref Unsafe.Add(ref c, row * product.CRow);
            int column = 0;
            for (; IsWide && column + (4 * width) <= product.N; column += 4 * width)
            {
                Tile4x4(product, ref aTile, ref Unsafe.Add(ref b, column), ref Unsafe.Add(ref cTile, column), scale);
            }

            for (; column + width <= product.N; column += width)
            {
                Tile4x1(product, ref aTile, ref Unsafe.Add(ref b, column), ref Unsafe.Add(ref cTile, column), scale);
            }
        }

        for (; row < product.M; row++)
        {
            ref T aTile = ref Unsafe.Add(ref a, row * product.ARow);
            ref T cTile = ref Unsafe.Add(ref c, row * product.CRow);
            int column = 0;
            for (; column + (4 * width) <= product.N; column += 4 * width)
            {
                Tile1x4(product, ref aTile, ref Unsafe.Add(ref b, column), ref Unsafe.Add(ref cTile, column), scale);
            }

            for (; column + width <= product.N; column += width)
            {
                Tile1x1(product, ref aTile, ref Unsafe.Add(ref b, column), ref Unsafe.Add(ref cTile, column), scale);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x4(in ProductShape product, ref T a, ref T b, ref T c, T scale)
    {
        (int w, int k, int aColumn, int bRow) = (TRegister.Count, product.K, product.AColumn, product.BRow);
        TRegister c00 = default, c01 = default, c02 = default, c03 = default;
        TRegister c10 = default, c11 = default, c12 = default, c13 = default;
        TRegister c20 = default, c21 = default, c22 = default, c23 = default;
        TRegister c30 = default, c31 = default, c32 = default, c33 = default;
        ref T a1 = ref Unsafe.Add(ref a, product.ARow);
        ref T a2 = ref Unsafe.Add(ref a, 2 * product.ARow);
        ref T a3 = ref Unsafe.Add(ref a, 3 * product.ARow);
        for (int i = 0, j = 0; i < k; i++, j += aColumn)
        {
            TRegister b0 = TRegister.Load(ref b, 0), b1 = TRegister.Load(ref b, w);
            TRegister b2 = TRegister.Load(ref b, 2 * w), b3 = TRegister.Load(ref b, 3 * w);
            TRegister s = TRegister.All(Unsafe.Add(ref a, j));
            c00 = TRegister.FusedMultiplyAdd(s, b0, c00);
            c01 = TRegister.FusedMultiplyAdd(s, b1, c01);
            c02 = TRegister.FusedMultiplyAdd(s, b2, c02);
            c03 = TRegister.FusedMultiplyAdd(s, b3, c03);
            s = TRegister.All(Unsafe.Add(ref a1, j));
            c10 = TRegister.FusedMultiplyAdd(s, b0, c10);
            c11 = TRegister.FusedMultiplyAdd(s, b1, c11);
            c12 = TRegister.FusedMultiplyAdd(s, b2, c12);
            c13 = TRegister.FusedMultiplyAdd(s, b3, c13);
            s = TRegister.All(Unsafe.Add(ref a2, j));
            c20 = TRegister.FusedMultiplyAdd(s, b0, c20);
            c21 = TRegister.FusedMultiplyAdd(s, b1, c21);
            c22 = TRegister.FusedMultiplyAdd(s, b2, c22);
            c23 = TRegister.FusedMultiplyAdd(s, b3, c23);
            s = TRegister.All(Unsafe.Add(ref a3, j));
            c30 = TRegister.FusedMultiplyAdd(s, b0, c30);
            c31 = TRegister.FusedMultiplyAdd(s, b1, c31);
            c32 = TRegister.FusedMultiplyAdd(s, b2, c32);
            c33 = TRegister.FusedMultiplyAdd(s, b3, c33);
            b = ref Unsafe.Add(ref b, bRow);
        }

        TRegister factor = TRegister.All(scale);
        Finish4(ref c, c00, c01, c02, c03, factor, product.Accumulates);
        Finish4(ref Unsafe.Add(ref c, product.CRow), c10, c11, c12, c13, factor, product.Accumulates);
        Finish4(ref Unsafe.Add(ref c, 2 * product.CRow), c20, c21, c22, c23, factor, product.Accumulates);
        Finish4(ref Unsafe.Add(ref c, 3 * product.CRow), c30, c31, c32, c33, factor, product.Accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x1(in ProductShape product, ref T a, ref T b, ref T c, T scale)
    {
        (int k, int aColumn, int bRow) = (product.K, product.AColumn, product.BRow);
        TRegister c0 = default, c1 = default, c2 = default, c3 = default;
        ref T a1 = ref Unsafe.Add(ref a, product.ARow);
        ref T a2 = ref Unsafe.Add(ref a, 2 * product.ARow);
        ref T a3 = ref Unsafe.Add(ref a, 3 * product.ARow);
        for (int i = 0, j = 0; i < k; i++, j += aColumn)
        {
            TRegister row = TRegister.Load(ref b, 0);
            c0 = TRegister.FusedMultiplyAdd(TRegister.All(Unsafe.Add(ref a, j)), row, c0);
            c1 = TRegister.FusedMultiplyAdd(TRegister.All(Unsafe.Add(ref a1, j)), row, c1);
            c2 = TRegister.FusedMultiplyAdd(TRegister.All(Unsafe.Add(ref a2, j)), row, c2);
            c3 = TRegister.FusedMultiplyAdd(TRegister.All(Unsafe.Add(ref a3, j)), row, c3);
            b = ref Unsafe.Add(ref b, bRow);
        }

        TRegister factor = TRegister.All(scale);
        Finish(ref c, 0, c0, factor, product.Accumulates);
        Finish(ref c, product.CRow, c1, factor, product.Accumulates);
        Finish(ref c, 2 * product.CRow, c2, factor, product.Accumulates);
        Finish(ref c, 3 * product.CRow, c3, factor, product.Accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x4(in ProductShape product, ref T a, ref T b, ref T c, T scale)
    {
        int w = TRegister.Count;
        TRegister c0 = default, c1 = default, c2 = default, c3 = default;
        for (int i = 0; i < product.K; i++)
        {
            TRegister s = TRegister.All(a);
            c0 = TRegister.FusedMultiplyAdd(s, TRegister.Load(ref b, 0), c0);
            c1 = TRegister.FusedMultiplyAdd(s, TRegister.Load(ref b, w), c1);
            c2 = TRegister.FusedMultiplyAdd(s, TRegister.Load(ref b, 2 * w), c2);
            c3 = TRegister.FusedMultiplyAdd(s, TRegister.Load(ref b, 3 * w), c3);
            a = ref Unsafe.Add(ref a, product.AColumn);
            b = ref Unsafe.Add(ref b, product.BRow);
        }

        Finish4(ref c, c0, c1, c2, c3, TRegister.All(scale), product.Accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x1(in ProductShape product, ref T a, ref T b, ref T c, T scale)
    {
        TRegister sum = default;
        for (int i = 0; i < product.K; i++)
        {
            sum = TRegister.FusedMultiplyAdd(TRegister.All(a), TRegister.Load(ref b, 0), sum);
            a = ref Unsafe.Add(ref a, product.AColumn);
            b = ref Unsafe.Add(ref b, product.BRow);
        }

        Finish(ref c, 0, sum, TRegister.All(scale), product.Accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish4(
        ref T c, TRegister s0, TRegister s1, TRegister s2, TRegister s3, TRegister factor, bool accumulates)
    {
        Finish2(ref c, s0, s1, factor, accumulates);
        Finish2(ref Unsafe.Add(ref c, 2 * TRegister.Count), s2, s3, factor, accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish2(ref T c, TRegister s0, TRegister s1, TRegister factor, bool accumulates)
    {
        Finish(ref c, 0, s0, factor, accumulates);
        Finish(ref c, TRegister.Count, s1, factor, accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref T c, int offset, TRegister sum, TRegister factor, bool accumulates) =>
        TRegister.Store(
            ref c, offset, accumulates ? TRegister.FusedMultiplyAdd(factor, sum, TRegister.Load(ref c, offset)) : factor * sum);
}
