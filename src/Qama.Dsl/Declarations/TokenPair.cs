namespace Qama;

/// <summary>The positions of two tokens, and their head: what a coupling term or pair term may depend on beside query and
/// key.</summary>
public readonly record struct TokenPair
{
    /// <summary>Two tokens on a line.</summary>
    /// <param name="i">Index of the first token, whose query is used, 0 or more.</param>
    /// <param name="j">Index of the second token, whose key is used, 0 or more.</param>
    /// <param name="head">Index h of the head, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative.</exception>
    public TokenPair(int i, int j, int head = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfNegative(j);
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        I = i;
        J = j;
        ColumnDifference = j - i;
        Head = head;
    }

    /// <summary>Index of the first token.</summary>
    public int I { get; }

    /// <summary>Index of the second token.</summary>
    public int J { get; }

    /// <summary>Row of <see cref="J"/> minus row of <see cref="I"/>; 0 on a line.</summary>
    public int RowDifference { get; private init; }

    /// <summary>Column of <see cref="J"/> minus column of <see cref="I"/>; J − I on a line.</summary>
    public int ColumnDifference { get; private init; }

    /// <summary>Index h of the head.</summary>
    public int Head { get; }

    /// <summary>The Chebyshev distance max(|Δrow|, |Δcolumn|); |J − I| on a line.</summary>
    public int Distance => Math.Max(Math.Abs(RowDifference), Math.Abs(ColumnDifference));

    /// <summary>Two tokens on a grid whose cells are numbered row by row.</summary>
    /// <param name="i">Index of the first token, 0 or more.</param>
    /// <param name="j">Index of the second token, 0 or more.</param>
    /// <param name="columns">Columns of the grid, 1 or more.</param>
    /// <param name="head">Index h of the head, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative, or <paramref name="columns"/> is not
    /// positive.</exception>
    public static TokenPair OnGrid(int i, int j, int columns, int head = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        return new(i, j, head)
        {
            RowDifference = (j / columns) - (i / columns),
            ColumnDifference = (j % columns) - (i % columns),
        };
    }
}
