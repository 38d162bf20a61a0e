using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <content>
/// Several rows of pairs in one vector, for few tokens: lane l is row l / columns, column l % columns of a tile. Tiles have 2 or 4
/// rows, and as many columns as fill the vector.
/// </content>
public static partial class Lanes
{
    /// <summary>A number of each row, repeated along it.</summary>
    /// <param name="memory">The numbers of rows.</param>
    /// <param name="offset">Where that of the first row stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> OfRows<T>(ReadOnlySpan<T> memory, int offset, int rows)
        where T : unmanaged
    {
        ReadOnlySpan<T> m = memory.Slice(offset, rows);
        return rows == 2
            ? Vector512.Create(Vector256.Create(m[0]), Vector256.Create(m[1]))
            : Vector512.Create(
                Vector256.Create(Vector128.Create(m[0]), Vector128.Create(m[1])),
                Vector256.Create(Vector128.Create(m[2]), Vector128.Create(m[3])));
    }

    /// <summary>A number of each column, the same in every row.</summary>
    /// <param name="memory">The numbers of columns.</param>
    /// <param name="offset">Where that of the first column stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> OfColumns<T>(ReadOnlySpan<T> memory, int offset, int rows)
        where T : unmanaged
    {
        ReadOnlySpan<T> m = memory.Slice(offset, Vector512<T>.Count / rows);
        Vector256<T> half = rows == 2 ? Vector256.Create(m) : Vector256.Create(Vector128.Create(m), Vector128.Create(m));
        return Vector512.Create(half, half);
    }

    /// <summary>A tile of a matrix. Rows after its last one repeat it.</summary>
    /// <param name="memory">The matrix.</param>
    /// <param name="row">First row.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> OfTile<T>(ReadOnlySpan<T> memory, int row, int stride, int rows)
        where T : unmanaged
    {
        int columns = Vector512<T>.Count / rows, last = memory.Length / stride - 1;
        if (rows == 2)
        {
            return Vector512.Create(
                Vector256.Create(memory.Slice(row * stride, columns)),
                Vector256.Create(memory.Slice(Math.Min(row + 1, last) * stride, columns)));
        }

        return Vector512.Create(
            Vector256.Create(
                Vector128.Create(memory.Slice(row * stride, columns)),
                Vector128.Create(memory.Slice(Math.Min(row + 1, last) * stride, columns))),
            Vector256.Create(
                Vector128.Create(memory.Slice(Math.Min(row + 2, last) * stride, columns)),
                Vector128.Create(memory.Slice(Math.Min(row + 3, last) * stride, columns))));
    }

    /// <summary>1 in the lanes of the first rows and columns of a tile, 0 in the others.</summary>
    /// <param name="rowCount">Rows that count.</param>
    /// <param name="columnCount">Columns that count.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    public static Vector512<T> FirstOfTile<T>(int rowCount, int columnCount, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int columns = Vector512<T>.Count / rows;
        Span<T> lanes = stackalloc T[Vector512<T>.Count];
        for (int l = 0; l < lanes.Length; l++)
        {
            lanes[l] = l / columns < rowCount && l % columns < columnCount ? T.One : T.Zero;
        }

        return Vector512.Create<T>(lanes);
    }

    /// <summary>Writes the rows of a tile that are there, and zeros after them.</summary>
    /// <param name="memory">The matrix.</param>
    /// <param name="row">First row.</param>
    /// <param name="rowCount">Rows that are there, from the first on.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    /// <param name="value">The tile.</param>
    public static void StoreTile<T>(Span<T> memory, int row, int rowCount, int stride, int rows, Vector512<T> value)
        where T : unmanaged
    {
        int columns = Vector512<T>.Count / rows;
        Span<T> lanes = stackalloc T[Vector512<T>.Count];
        value.CopyTo(lanes);
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
    public static void AddToRows<T>(Span<T> memory, int offset, int rows, Vector512<T> value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> m = memory.Slice(offset, rows);
        Vector256<T> lower = value.GetLower(), upper = value.GetUpper();
        if (rows == 2)
        {
            m[0] += Sum(lower);
            m[1] += Sum(upper);
            return;
        }

        m[0] += Sum(lower.GetLower());
        m[1] += Sum(lower.GetUpper());
        m[2] += Sum(upper.GetLower());
        m[3] += Sum(upper.GetUpper());
    }

    /// <summary>Adds the sum of every column of a tile to the column's number.</summary>
    /// <param name="memory">The numbers of columns.</param>
    /// <param name="offset">Where that of the first column stands.</param>
    /// <param name="rows">Rows of a tile: 2 or 4.</param>
    /// <param name="value">The tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToColumns<T>(Span<T> memory, int offset, int rows, Vector512<T> value)
        where T : unmanaged
    {
        Span<T> m = memory.Slice(offset, Vector512<T>.Count / rows);
        Vector256<T> sum = value.GetLower() + value.GetUpper();
        if (rows == 2)
        {
            (Vector256.Create<T>(m) + sum).CopyTo(m);
            return;
        }

        (Vector128.Create<T>(m) + (sum.GetLower() + sum.GetUpper())).CopyTo(m);
    }
}
