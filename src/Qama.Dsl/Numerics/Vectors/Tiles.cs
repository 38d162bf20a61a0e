using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Tiles of pairs (<see cref="Lanes.OfTile"/> and its like) in a kernel's own vectors: whatever the registers, they hold 64 bytes in the order
/// of a <see cref="Vector512{T}"/>.
/// </summary>
/// <typeparam name="TVector">64 bytes of vectors.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
public static class Tiles<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A number of each row, repeated along it; see <see cref="Lanes.OfRows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfRows(ReadOnlySpan<T> memory, int offset, int rows) => Own(Lanes.OfRows(memory, offset, rows));

    /// <summary>A number of each column, the same in every row; see <see cref="Lanes.OfColumns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfColumns(ReadOnlySpan<T> memory, int offset, int rows) => Own(Lanes.OfColumns(memory, offset, rows));

    /// <summary>A tile of a matrix; see <see cref="Lanes.OfTile"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OfTile(ReadOnlySpan<T> memory, int row, int stride, int rows) =>
        Own(Lanes.OfTile(memory, row, stride, rows));

    /// <summary>1 in the lanes of the first rows and columns of a tile; see <see cref="Lanes.FirstOfTile"/>.</summary>
    public static TVector FirstOfTile(int rowCount, int columnCount, int rows) =>
        Own(Lanes.FirstOfTile<T>(rowCount, columnCount, rows));

    /// <summary>The lanes where a mask is not 0; 0, whatever stood there, in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Keep(TVector value, TVector mask) => TVector.WhereNonZero(mask, value, TVector.Zero);

    /// <summary>Writes the rows of a tile that are there, and zeros after them; see <see cref="Lanes.StoreTile"/>.</summary>
    public static void StoreTile(Span<T> memory, int row, int rowCount, int stride, int rows, TVector value) =>
        Lanes.StoreTile(memory, row, rowCount, stride, rows, Wide(value));

    /// <summary>Adds the sum of every row of a tile to the row's number; see <see cref="Lanes.AddToRows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToRows(Span<T> memory, int offset, int rows, TVector value) =>
        Lanes.AddToRows(memory, offset, rows, Wide(value));

    /// <summary>Adds the sum of every column of a tile to the column's number; see <see cref="Lanes.AddToColumns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToColumns(Span<T> memory, int offset, int rows, TVector value) =>
        Lanes.AddToColumns(memory, offset, rows, Wide(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Own(Vector512<T> value) => Unsafe.BitCast<Vector512<T>, TVector>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Wide(TVector value) => Unsafe.BitCast<TVector, Vector512<T>>(value);
}
