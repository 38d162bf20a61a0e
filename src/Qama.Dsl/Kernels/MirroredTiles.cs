using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>A small tile of a square matrix and its mirror image, both replaced by their mean; transposed in registers.</summary>
internal static class MirroredTiles
{
    /// <summary>Rows and columns of a tile.</summary>
    public static int Edge<T>() => Vector128<T>.Count;

    /// <summary>Tiles at (i, j) and (j, i): P ← factor·(P + Pᵀ).</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Average<T>(Span<T> matrix, int stride, int i, int j, T factor)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Average(MemoryMarshal.Cast<T, float>(matrix), stride, i, j, Vector128.Create((float)(object)factor));
        }
        else if (typeof(T) == typeof(double))
        {
            Average(MemoryMarshal.Cast<T, double>(matrix), stride, i, j, Vector128.Create((double)(object)factor));
        }
        else
        {
            throw new NotSupportedException("Kernels exist for float and double.");
        }
    }

    private static void Average(Span<float> matrix, int stride, int i, int j, Vector128<float> factor)
    {
        Span<float> upper = matrix[((i * stride) + j)..], lower = matrix[((j * stride) + i)..];
        (Vector128<float> c0, Vector128<float> c1, Vector128<float> c2, Vector128<float> c3) = Transpose(
            Load(lower, 0), Load(lower, stride), Load(lower, 2 * stride), Load(lower, 3 * stride));
        c0 = factor * (Load(upper, 0) + c0);
        c1 = factor * (Load(upper, stride) + c1);
        c2 = factor * (Load(upper, 2 * stride) + c2);
        c3 = factor * (Load(upper, 3 * stride) + c3);
        Store(upper, 0, c0);
        Store(upper, stride, c1);
        Store(upper, 2 * stride, c2);
        Store(upper, 3 * stride, c3);
        (c0, c1, c2, c3) = Transpose(c0, c1, c2, c3);
        Store(lower, 0, c0);
        Store(lower, stride, c1);
        Store(lower, 2 * stride, c2);
        Store(lower, 3 * stride, c3);
    }

    private static void Average(Span<double> matrix, int stride, int i, int j, Vector128<double> factor)
    {
        Span<double> upper = matrix[((i * stride) + j)..], lower = matrix[((j * stride) + i)..];
        Vector128<double> r0 = Load(lower, 0), r1 = Load(lower, stride);
        Vector128<double> c0 = factor * (Load(upper, 0) + Lower(r0, r1));
        Vector128<double> c1 = factor * (Load(upper, stride) + Upper(r0, r1));
        Store(upper, 0, c0);
        Store(upper, stride, c1);
        Store(lower, 0, Lower(c0, c1));
        Store(lower, stride, Upper(c0, c1));
    }

    /// <summary>Columns of four rows: quarters change places, then the numbers of each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> C0, Vector128<float> C1, Vector128<float> C2, Vector128<float> C3) Transpose(
        Vector128<float> r0, Vector128<float> r1, Vector128<float> r2, Vector128<float> r3)
    {
        Vector128<float> a = Lower(r0, r2), b = Lower(r1, r3), c = Upper(r0, r2), d = Upper(r1, r3);
        return (Even(a, b), Odd(a, b), Even(c, d), Odd(c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Even(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(
        Vector128.Create(-1, 0, -1, 0).AsSingle(), a, Vector128.Shuffle(b, Vector128.Create(0, 0, 2, 2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Odd(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(
        Vector128.Create(-1, 0, -1, 0).AsSingle(), Vector128.Shuffle(a, Vector128.Create(1, 1, 3, 3)), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Lower<T>(Vector128<T> a, Vector128<T> b) => Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Upper<T>(Vector128<T> a, Vector128<T> b) => Vector128.Create(a.GetUpper(), b.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Load<T>(ReadOnlySpan<T> memory, int offset) =>
        Vector128.Create(memory.Slice(offset, Vector128<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Span<T> memory, int offset, Vector128<T> value) =>
        value.CopyTo(memory.Slice(offset, Vector128<T>.Count));
}
