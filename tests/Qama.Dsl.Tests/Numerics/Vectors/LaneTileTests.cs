using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Vectors;

/// <summary>Vectors that hold several rows of pairs: lane l is row l / columns and column l % columns.</summary>
public class LaneTileTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_tile_of_floats_is_its_rows_and_columns(int rows)
    {
        Check<float, Register512<float>>(rows);
        Check<float, Registers256<float>>(rows);
        Check<float, Registers128<float>>(rows);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_tile_of_doubles_is_its_rows_and_columns(int rows)
    {
        Check<double, Register512<double>>(rows);
        Check<double, Registers256<double>>(rows);
        Check<double, Registers128<double>>(rows);
    }

    private static void Check<T, TVector>(int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        int lanes = TVector.Count, columns = lanes / rows;
        const int Stride = 16, Offset = 3;
        T[] memory = [.. Enumerable.Range(0, rows * Stride).Select(x => T.CreateChecked(x + 1))];
        T At(int index) => memory[index];
        AssertLanes((r, _) => At(Offset + r), PairTiles<TVector, T>.OfRows(memory, Offset, rows));
        AssertLanes((_, c) => At(Offset + c), PairTiles<TVector, T>.OfColumns(memory, Offset, rows));
        AssertLanes((r, c) => At(Math.Min(r + 1, rows - 1) * Stride + c), PairTiles<TVector, T>.OfTile(memory, 1, Stride, rows));
        TVector tile = PairTiles<TVector, T>.OfTile(memory, 0, Stride, rows), mask = PairTiles<TVector, T>.FirstOfTile(rows - 1, columns - 1, rows);
        AssertLanes((r, c) => r < rows - 1 && c < columns - 1 ? At(r * Stride + c) : T.Zero, PairTiles<TVector, T>.Keep(tile, mask));

        T[] matrix = [.. Enumerable.Repeat(-T.One, rows * Stride)];
        PairTiles<TVector, T>.StoreTile(matrix.AsSpan(), 1, rows - 1, Stride, rows, tile);
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / Stride, i % Stride);
            Assert.Equal(row == 0 ? -T.One : column < columns ? At((row - 1) * Stride + column) : T.Zero, matrix[i]);
        }

        var sums = new T[Offset + columns + rows];
        PairTiles<TVector, T>.AddToRows(sums.AsSpan(), Offset, rows, tile);
        for (int r = 0; r < rows; r++)
        {
            Assert.Equal(Sum(Enumerable.Range(0, columns).Select(c => At(r * Stride + c))), sums[Offset + r]);
        }

        sums.AsSpan().Clear();
        PairTiles<TVector, T>.AddToColumns(sums.AsSpan(), Offset, rows, tile);
        for (int c = 0; c < columns; c++)
        {
            Assert.Equal(Sum(Enumerable.Range(0, rows).Select(r => At(r * Stride + c))), sums[Offset + c]);
        }

        void AssertLanes(Func<int, int, T> expected, TVector actual)
        {
            var got = new T[lanes];
            TVector.Store(got, 0, actual);
            for (int l = 0; l < lanes; l++)
            {
                Assert.Equal(expected(l / columns, l % columns), got[l]);
            }
        }

        static T Sum(IEnumerable<T> numbers) => numbers.Aggregate(T.Zero, (a, b) => a + b);
    }
}
