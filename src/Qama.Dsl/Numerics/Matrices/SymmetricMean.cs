using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>
/// Tiles of 4 x 4 numbers of a square matrix and their mirror images, both replaced by their mean; transposed in registers.
/// </summary>
internal static class SymmetricMean
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Edge = 4;

    private const int Block = 16;

    /// <summary>P ← factor·(P + Pᵀ) in the first rows and columns.</summary>
    /// <param name="matrix">P, [count or more, stride].</param>
    /// <param name="count">How many rows and columns, a multiple of <see cref="Edge"/>, at most the stride.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="factor">The factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The matrix has fewer numbers than count rows.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Average<T>(Span<T> matrix, int count, int stride, T factor)
        where T : unmanaged
    {
        // Tiles load without checks of their own: this is the check.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, stride);
        var blocks = new Blocks<T>(matrix[..(count * stride)], count, stride, factor);

        // A row of blocks also writes their mirror images, which no other row of blocks touches.
        long work = InnerParts.PerNumber * count * count;
        blocks.Rows = InnerParts.Rows(count, work, Block);
        InnerLoop<Blocks<T>>.Run(ref blocks, InnerParts.Count(count, blocks.Rows), work);
    }

    private ref struct Blocks<T>(Span<T> matrix, int count, int stride, T factor) : IInnerBody
        where T : unmanaged
    {
        private readonly Span<T> _matrix = matrix;
        private readonly int _count = count;
        private readonly int _stride = stride;
        private readonly T _factor = factor;

        public int Rows { get; set; }

        public readonly void Run(int index)
        {
            ref T origin = ref MemoryMarshal.GetReference(_matrix);
            int end = Math.Min((index + 1) * Rows, _count);

            // Blocks of tiles: the cache lines of a mirrored block are used up before they are evicted.
            for (int top = index * Rows; top < end; top += Block)
            {
                int bottom = Math.Min(top + Block, _count);
                for (int left = top; left < _count; left += Block)
                {
                    int right = Math.Min(left + Block, _count);
                    for (int i = top; i < bottom; i += Edge)
                    {
                        for (int j = Math.Max(left, i); j < right; j += Edge)
                        {
                            ref T upper = ref Unsafe.Add(ref origin, (i * _stride) + j);
                            ref T lower = ref Unsafe.Add(ref origin, (j * _stride) + i);
                            Average(ref upper, ref lower, (nuint)_stride, _factor);
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Average<T>(ref T upper, ref T lower, nuint stride, T factor)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Singles(
                ref Unsafe.As<T, float>(ref upper), ref Unsafe.As<T, float>(ref lower), stride,
                Unsafe.BitCast<T, float>(factor));
        }
        else if (typeof(T) == typeof(double))
        {
            Doubles(
                ref Unsafe.As<T, double>(ref upper), ref Unsafe.As<T, double>(ref lower), stride,
                Unsafe.BitCast<T, double>(factor));
        }
        else
        {
            throw new NotSupportedException("Kernels exist for float and double.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Singles(ref float upper, ref float lower, nuint stride, float factor)
    {
        Vector128<float> r0 = Vector128.LoadUnsafe(ref lower), r1 = Vector128.LoadUnsafe(ref lower, stride);
        Vector128<float> r2 = Vector128.LoadUnsafe(ref lower, 2 * stride), r3 = Vector128.LoadUnsafe(ref lower, 3 * stride);
        Transposition4.Apply(ref r0, ref r1, ref r2, ref r3);
        r0 = factor * (Vector128.LoadUnsafe(ref upper) + r0);
        r1 = factor * (Vector128.LoadUnsafe(ref upper, stride) + r1);
        r2 = factor * (Vector128.LoadUnsafe(ref upper, 2 * stride) + r2);
        r3 = factor * (Vector128.LoadUnsafe(ref upper, 3 * stride) + r3);
        r0.StoreUnsafe(ref upper);
        r1.StoreUnsafe(ref upper, stride);
        r2.StoreUnsafe(ref upper, 2 * stride);
        r3.StoreUnsafe(ref upper, 3 * stride);
        Transposition4.Apply(ref r0, ref r1, ref r2, ref r3);
        r0.StoreUnsafe(ref lower);
        r1.StoreUnsafe(ref lower, stride);
        r2.StoreUnsafe(ref lower, 2 * stride);
        r3.StoreUnsafe(ref lower, 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Doubles(ref double upper, ref double lower, nuint stride, double factor)
    {
        Vector256<double> r0 = Vector256.LoadUnsafe(ref lower), r1 = Vector256.LoadUnsafe(ref lower, stride);
        Vector256<double> r2 = Vector256.LoadUnsafe(ref lower, 2 * stride), r3 = Vector256.LoadUnsafe(ref lower, 3 * stride);
        Transposition4.Apply(ref r0, ref r1, ref r2, ref r3);
        r0 = factor * (Vector256.LoadUnsafe(ref upper) + r0);
        r1 = factor * (Vector256.LoadUnsafe(ref upper, stride) + r1);
        r2 = factor * (Vector256.LoadUnsafe(ref upper, 2 * stride) + r2);
        r3 = factor * (Vector256.LoadUnsafe(ref upper, 3 * stride) + r3);
        r0.StoreUnsafe(ref upper);
        r1.StoreUnsafe(ref upper, stride);
        r2.StoreUnsafe(ref upper, 2 * stride);
        r3.StoreUnsafe(ref upper, 3 * stride);
        Transposition4.Apply(ref r0, ref r1, ref r2, ref r3);
        r0.StoreUnsafe(ref lower);
        r1.StoreUnsafe(ref lower, stride);
        r2.StoreUnsafe(ref lower, 2 * stride);
        r3.StoreUnsafe(ref lower, 3 * stride);
    }
}
