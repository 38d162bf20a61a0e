using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>A matrix transposed into another memory, tile by tile in registers.</summary>
internal static class BlockedTransposition
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Edge = 4;

    private const int Block = 16;

    /// <summary>destination[c, r] ← source[r, c].</summary>
    /// <param name="source">[rows or more, stride].</param>
    /// <param name="sourceStride">Row length of the source.</param>
    /// <param name="destination">[columns or more, stride].</param>
    /// <param name="destinationStride">Row length of the destination.</param>
    /// <param name="rows">Rows of the source, a multiple of <see cref="Edge"/>.</param>
    /// <param name="columns">Its columns, a multiple of <see cref="Edge"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A memory is too short.</exception>
    public static void Write(
        ReadOnlySpan<float> source, int sourceStride, Span<float> destination, int destinationStride, int rows, int columns)
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        // Tiles load and store without checks of their own: this is the check.
        var bands = new Bands(
            source[..(((rows - 1) * sourceStride) + columns)], sourceStride, destination[..(((columns - 1) * destinationStride) + rows)],
            destinationStride, rows, columns);
        long work = InnerParts.PerNumber * rows * columns;
        bands.Rows = InnerParts.Rows(rows, work, Block);
        InnerLoop<Bands>.Run(ref bands, InnerParts.Count(rows, bands.Rows), work);
    }

    private ref struct Bands(
        ReadOnlySpan<float> source, int sourceStride, Span<float> destination, int destinationStride, int rows, int columns) : IInnerBody
    {
        private readonly ReadOnlySpan<float> _source = source;
        private readonly int _sourceStride = sourceStride;
        private readonly Span<float> _destination = destination;
        private readonly int _destinationStride = destinationStride;
        private readonly int _rows = rows;
        private readonly int _columns = columns;

        public int Rows { get; set; }

        // Blocks of tiles: cache lines on both sides are used up before they are evicted.
        public readonly void Run(int index)
        {
            ref float from = ref MemoryMarshal.GetReference(_source);
            ref float to = ref MemoryMarshal.GetReference(_destination);
            int end = Math.Min((index + 1) * Rows, _rows);
            for (int top = index * Rows; top < end; top += Block)
            {
                int bottom = Math.Min(top + Block, _rows);
                for (int left = 0; left < _columns; left += Block)
                {
                    int right = Math.Min(left + Block, _columns);
                    for (int c = left; c < right; c += Edge)
                    {
                        for (int r = top; r < bottom; r += Edge)
                        {
                            Tile(
                                ref Unsafe.Add(ref from, (r * _sourceStride) + c), (nuint)_sourceStride,
                                ref Unsafe.Add(ref to, (c * _destinationStride) + r), (nuint)_destinationStride);
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(ref float from, nuint fromStride, ref float to, nuint toStride)
    {
        Vector128<float> r0 = Vector128.LoadUnsafe(ref from), r1 = Vector128.LoadUnsafe(ref from, fromStride);
        Vector128<float> r2 = Vector128.LoadUnsafe(ref from, 2 * fromStride), r3 = Vector128.LoadUnsafe(ref from, 3 * fromStride);
        Transposition4.Apply(ref r0, ref r1, ref r2, ref r3);
        r0.StoreUnsafe(ref to);
        r1.StoreUnsafe(ref to, toStride);
        r2.StoreUnsafe(ref to, 2 * toStride);
        r3.StoreUnsafe(ref to, 3 * toStride);
    }
}
