namespace Qama.Tests.Declarations;

/// <summary>Positions of tokens on lines and grids.</summary>
public class TokenPairTests
{
    [Fact]
    public void On_a_line_distances_are_differences()
    {
        for (int i = 0; i < 9; i++)
        {
            for (int j = 0; j < 9; j++)
            {
                var pair = new TokenPair(i, j, 3);
                Assert.Equal((i, j, 0, j - i, Math.Abs(i - j), 3),
                    (pair.I, pair.J, pair.RowDifference, pair.ColumnDifference, pair.Distance, pair.Head));
            }
        }
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(6, 1)]
    [InlineData(3, 5)]
    [InlineData(7, 7)]
    public void On_a_grid_distances_are_the_moves_of_a_king(int rows, int columns)
    {
        for (int i = 0; i < rows * columns; i++)
        {
            int[] moves = Moves(i, rows, columns);
            for (int j = 0; j < rows * columns; j++)
            {
                var pair = TokenPair.OnGrid(i, j, columns, 2);
                TokenPosition from = TokenPosition.OnGrid(i, columns), to = TokenPosition.OnGrid(j, columns);
                Assert.Equal((i, j, moves[j], 2), (pair.I, pair.J, pair.Distance, pair.Head));
                Assert.Equal((to.Row - from.Row, to.Column - from.Column), (pair.RowDifference, pair.ColumnDifference));
            }
        }
    }

    [Fact]
    public void Cells_are_numbered_row_by_row()
    {
        int index = 0;
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 5; column++)
            {
                TokenPosition token = TokenPosition.OnGrid(index, 5, 6);
                Assert.Equal((index, row, column, 6), (token.Index, token.Row, token.Column, token.Head));
                index++;
            }
        }

        var line = new TokenPosition(8);
        Assert.Equal((8, 0, 8, 0), (line.Index, line.Row, line.Column, line.Head));
    }

    [Fact]
    public void Positions_are_equal_by_what_they_say()
    {
        Assert.Equal(new TokenPair(1, 2, 3), TokenPair.OnGrid(1, 2, 9, 3));
        Assert.NotEqual(new TokenPair(1, 2), TokenPair.OnGrid(1, 2, 2));
        Assert.Equal(new TokenPosition(4), TokenPosition.OnGrid(4, 5));
        Assert.NotEqual(new TokenPosition(4), TokenPosition.OnGrid(4, 4));
    }

    [Fact]
    public void Places_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("i", () => new TokenPair(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("j", () => new TokenPair(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("head", () => new TokenPair(0, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>("i", () => TokenPair.OnGrid(-1, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => TokenPair.OnGrid(0, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("index", () => new TokenPosition(-1));
        Assert.Throws<ArgumentOutOfRangeException>("head", () => new TokenPosition(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => TokenPosition.OnGrid(0, -3));
    }

    /// <summary>How many steps to one of eight neighbours lead from a cell to each cell, by breadth-first search.</summary>
    private static int[] Moves(int start, int rows, int columns)
    {
        var moves = new int[rows * columns];
        Array.Fill(moves, -1);
        moves[start] = 0;
        var queue = new Queue<int>([start]);
        while (queue.TryDequeue(out int cell))
        {
            for (int step = 0; step < 9; step++)
            {
                int row = (cell / columns) + (step / 3) - 1, column = (cell % columns) + (step % 3) - 1;
                if (row >= 0 && row < rows && column >= 0 && column < columns && moves[(row * columns) + column] < 0)
                {
                    moves[(row * columns) + column] = moves[cell] + 1;
                    queue.Enqueue((row * columns) + column);
                }
            }
        }

        return moves;
    }
}
