namespace Qama;

/// <summary>
/// Declares that the tokens are the cells of a grid, row by row: distances are then Chebyshev distances,
/// max(|Δrow|, |Δcolumn|), instead of |i − j|.
/// </summary>
/// <param name="rows">Number of rows, 1 or more.</param>
/// <param name="columns">Number of columns, 1 or more; rows x columns = Tokens.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class GridAttribute(int rows, int columns) : Attribute
{
    /// <summary>Number of rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Number of columns.</summary>
    public int Columns { get; } = columns;
}
