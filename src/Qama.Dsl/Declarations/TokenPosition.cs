namespace Qama;

/// <summary>The position of a token, and its head: what a field term or token term may depend on beside the value.</summary>
public readonly record struct TokenPosition
{
    /// <summary>A token on a line: row 0, column = index.</summary>
    /// <param name="index">Index i of the token, 0 or more.</param>
    /// <param name="head">Index h of the head, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative.</exception>
    public TokenPosition(int index, int head = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        Index = Column = index;
        Head = head;
    }

    /// <summary>Index i of the token.</summary>
    public int Index { get; }

    /// <summary>Row on the grid; 0 on a line.</summary>
    public int Row { get; private init; }

    /// <summary>Column on the grid; the index on a line.</summary>
    public int Column { get; private init; }

    /// <summary>Index h of the head.</summary>
    public int Head { get; }

    /// <summary>A token on a grid whose cells are numbered row by row: row = ⌊index / columns⌋, column = index mod
    /// columns.</summary>
    /// <param name="index">Index i of the token, 0 or more.</param>
    /// <param name="columns">Columns of the grid, 1 or more.</param>
    /// <param name="head">Index h of the head, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative, or <paramref name="columns"/> is not
    /// positive.</exception>
    public static TokenPosition OnGrid(int index, int columns, int head = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        return new(index, head) { Row = index / columns, Column = index % columns };
    }
}
