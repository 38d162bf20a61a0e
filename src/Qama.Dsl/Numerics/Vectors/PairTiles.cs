using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Several rows of pairs of tokens in one vector, for few tokens: lane l is row l / columns, column l % columns of a tile. Tiles
/// have 2 or 4 rows, and as many columns as fill 64 bytes.
/// </summary>
/// <typeparam name="TVector">64 bytes of registers, in the order of a <see cref="Vector512{T}"/>.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>For generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PairTiles<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A number of each row, repeated along it.</summary>
    /// <param name="memory">The numbers of rows.</param>
    /// <param name="offset">Where that of the first row stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfRows(ReadOnlySpan<T> memory, int offset, int rows)
    {
        ReadOnlySpan<T> m = memory.Slice(offset, rows);
        return Own(rows == 2
            ? Vector512.Create(Vector256.Create(m[0]), Vector256.Create(m[1]))
            : Vector512.Create(
                Vector256.Create(Vector128.Create(m[0]), Vector128.Create(m[1])),
                Vector256.Create(Vector128.Create(m[2]), Vector128.Create(m[3]))));
    }

    /// <summary>A number of each column, the same in every row.</summary>
    /// <param name="memory">The numbers of columns.</param>
    /// <param name="offset">Where that of the first column stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfColumns(ReadOnlySpan<T> memory, int offset, int rows)
    {
        ReadOnlySpan<T> m = memory.Slice(offset, TVector.Count / rows);
        Vector256<T> half = rows == 2 ? Vector256.Create(m) : Vector256.Create(Vector128.Create(m), Vector128.Create(m));
        return Own(Vector512.Create(half, half));
    }

    /// <summary>A tile of a matrix. Rows after its last one repeat it.</summary>
    /// <param name="memory">The matrix.</param>
    /// <param name="row">First row.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfTile(ReadOnlySpan<T> memory, int row, int stride, int rows)
    {
        int columns = TVector.Count / rows, last = memory.Length / stride - 1;
        if (rows == 2)
        {
            return Own(Vector512.Create(
                Vector256.Create(memory.Slice(row * stride, columns)),
                Vector256.Create(memory.Slice(Math.Min(row + 1, last) * stride, columns))));
        }

        return Own(Vector512.Create(
            Vector256.Create(
                Vector128.Create(memory.Slice(row * stride, columns)),
                Vector128.Create(memory.Slice(Math.Min(row + 1, last) * stride, columns))),
            Vector256.Create(
                Vector128.Create(memory.Slice(Math.Min(row + 2, last) * stride, columns)),
                Vector128.Create(memory.Slice(Math.Min(row + 3, last) * stride, columns)))));
    }

    /// <summary>1 in the lanes of the first rows and columns of a tile, 0 in the others.</summary>
    /// <param name="rowCount">Rows that count.</param>
    /// <param name="columnCount">Columns that count.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    public static TVector FirstOfTile(int rowCount, int columnCount, int rows)
    {
        int columns = TVector.Count / rows;
        Span<T> lanes = stackalloc T[TVector.Count];
        for (int l = 0; l < lanes.Length; l++)
        {
            lanes[l] = l / columns < rowCount && l % columns < columnCount ? T.One : T.Zero;
        }

        return TVector.Load(lanes, 0);
    }

    /// <summary>The lanes where a mask is not 0; 0, whatever stood there, in the others.</summary>
    /// <param name="value">The tile.</param>
    /// <param name="mask">The mask.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Keep(TVector value, TVector mask) => TVector.WhereNonZero(mask, value, TVector.Zero);

    /// <summary>Writes the rows of a tile that are there, and zeros after them.</summary>
    /// <param name="memory">The matrix.</param>
    /// <param name="row">First row.</param>
    /// <param name="rowCount">Rows that are there, from the first on.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    /// <param name="value">The tile.</param>
    public static void StoreTile(Span<T> memory, int row, int rowCount, int stride, int rows, TVector value)
    {
        int columns = TVector.Count / rows;
        Span<T> lanes = stackalloc T[TVector.Count];
        TVector.Store(lanes, 0, value);
        for (int r = 0; r < Math.Min(rows, rowCount); r++)
        {
            Span<T> target = memory.Slice((row + r) * stride, stride);
            lanes.Slice(r * columns, columns).CopyTo(target);
            target[columns..].Clear();
        }
    }

    /// <summary>Adds the sum of every row of a tile to the row's number.</summary>
    /// <param name="memory">The numbers of rows.</param>
    /// <param name="offset">Where that of the first row stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    /// <param name="value">The tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToRows(Span<T> memory, int offset, int rows, TVector value)
    {
        Span<T> m = memory.Slice(offset, rows);
        Vector512<T> tile = Wide(value);
        Vector256<T> lower = tile.GetLower(), upper = tile.GetUpper();
        if (rows == 2)
        {
            m[0] += Registers128<T>.Sum(lower.GetLower() + lower.GetUpper());
            m[1] += Registers128<T>.Sum(upper.GetLower() + upper.GetUpper());
            return;
        }

        m[0] += Registers128<T>.Sum(lower.GetLower());
        m[1] += Registers128<T>.Sum(lower.GetUpper());
        m[2] += Registers128<T>.Sum(upper.GetLower());
        m[3] += Registers128<T>.Sum(upper.GetUpper());
    }

    /// <summary>Adds the sum of every column of a tile to the column's number.</summary>
    /// <param name="memory">The numbers of columns.</param>
    /// <param name="offset">Where that of the first column stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    /// <param name="value">The tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToColumns(Span<T> memory, int offset, int rows, TVector value)
    {
        Span<T> m = memory.Slice(offset, TVector.Count / rows);
        Vector512<T> tile = Wide(value);
        Vector256<T> sum = tile.GetLower() + tile.GetUpper();
        if (rows == 2)
        {
            (Vector256.Create<T>(m) + sum).CopyTo(m);
            return;
        }

        (Vector128.Create<T>(m) + (sum.GetLower() + sum.GetUpper())).CopyTo(m);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Own(Vector512<T> value) => Unsafe.BitCast<Vector512<T>, TVector>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Wide(TVector value) => Unsafe.BitCast<TVector, Vector512<T>>(value);
}
