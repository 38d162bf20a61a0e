using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Problems;

/// <summary>Functions of positions as padded tables, made once per model.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PositionTable
{
    /// <summary>A function of pairs, [heads, tokens, stride]; 0 in the padding.</summary>
    /// <param name="heads">Tables that differ: the model's heads, or 1.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="includesSelf">Whether i = j has a value of its own. Otherwise it repeats a neighbour's, so that what is
    /// computed there, and not used, stays finite.</param>
    /// <param name="function">The function of head, i and j.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    public static T[] OfPairs<T>(int heads, int tokens, bool includesSelf, Func<int, int, int, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        int stride = Padding.Stride(tokens);
        var table = new T[checked(heads * tokens * stride)];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                for (int j = 0; j < tokens; j++)
                {
                    bool own = i != j || includesSelf;
                    double value = own ? function(h, i, j) : tokens == 1 ? 1 : function(h, i, i > 0 ? i - 1 : i + 1);
                    table[(((h * tokens) + i) * stride) + j] = T.CreateTruncating(value);
                }
            }
        }

        return table;
    }

    /// <summary>A function of tokens, [heads, stride]; 0 in the padding.</summary>
    /// <param name="heads">Tables that differ: the model's heads, or 1.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="function">The function of head and token.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    public static T[] OfTokens<T>(int heads, int tokens, Func<int, int, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        int stride = Padding.Stride(tokens);
        var table = new T[checked(heads * stride)];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                table[(h * stride) + i] = T.CreateTruncating(function(h, i));
            }
        }

        return table;
    }

    /// <summary>A function of pairs at given positions, [rows, stride]; 0 behind the columns.</summary>
    /// <param name="table">Receives it; may be longer.</param>
    /// <param name="stride">Length of a row.</param>
    /// <param name="head">The head.</param>
    /// <param name="rows">Positions i.</param>
    /// <param name="columns">Positions j.</param>
    /// <param name="includesSelf">See <see cref="OfPairs"/>.</param>
    /// <param name="function">The function of head, i and j.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    public static void WritePairs<T>(
        Span<T> table, int stride, int head, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, bool includesSelf,
        Func<int, int, int, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        for (int r = 0; r < rows.Length; r++)
        {
            Span<T> row = table.Slice(r * stride, stride);
            int i = rows[r];
            for (int c = 0; c < columns.Length; c++)
            {
                int j = columns[c] != i || includesSelf ? columns[c] : i > 0 ? i - 1 : i + 1;
                row[c] = T.CreateTruncating(function(head, i, j));
            }

            row[columns.Length..].Clear();
        }
    }

    /// <summary>A function of tokens at given positions; 0 behind them.</summary>
    /// <param name="table">Receives it; may be longer.</param>
    /// <param name="head">The head.</param>
    /// <param name="positions">The positions.</param>
    /// <param name="function">The function of head and position.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    public static void WriteTokens<T>(Span<T> table, int head, ReadOnlySpan<int> positions, Func<int, int, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        for (int i = 0; i < positions.Length; i++)
        {
            table[i] = T.CreateTruncating(function(head, positions[i]));
        }

        table[positions.Length..].Clear();
    }
}
