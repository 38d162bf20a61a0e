using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>Distances between tokens, and which unordered pairs of different tokens interact.</summary>
/// <param name="Tokens">Number of tokens N.</param>
/// <param name="Columns">Columns of the grid that tokens fill row by row; 0 for a line.</param>
/// <param name="Mask">Which pairs interact.</param>
/// <param name="MaskSize">Largest distance of a window, or tokens of a block.</param>
internal readonly record struct TokenGeometry(int Tokens, int Columns, MaskPattern Mask, int MaskSize)
{
    public bool IsGrid => Columns > 0;

    /// <summary>D: no two tokens are farther apart.</summary>
    public int LargestDistance
    {
        get
        {
            if (Tokens < 2)
            {
                return 0;
            }

            return IsGrid ? Math.Max((Tokens - 1) / Columns, Math.Min(Columns, Tokens) - 1) : Tokens - 1;
        }
    }

    /// <summary>d(i, j): |i − j|, or the Chebyshev distance on the grid.</summary>
    public int Distance(int i, int j) => IsGrid
        ? Math.Max(Math.Abs((i / Columns) - (j / Columns)), Math.Abs((i % Columns) - (j % Columns)))
        : Math.Abs(i - j);

    /// <summary>Row of a token; 0 on a line.</summary>
    public int Row(int token) => IsGrid ? token / Columns : 0;

    /// <summary>Column of a token; its number on a line.</summary>
    public int Column(int token) => IsGrid ? token % Columns : token;

    /// <summary>Whether the unordered pair {i, j}, i ≠ j, has a coupling, a long-range term and pair terms. Symmetric.</summary>
    /// <remarks><see cref="MaskPattern.Causal"/> is a matter of the readout and takes no pair out.</remarks>
    public bool Interacts(int i, int j) => i != j && Mask switch
    {
        MaskPattern.Window => Distance(i, j) <= MaskSize,
        MaskPattern.Block => MaskSize > 0 && i / MaskSize == j / MaskSize,
        _ => true,
    };

    /// <summary>Number of unordered pairs at distance <paramref name="distance"/> or less, masked or not.</summary>
    /// <remarks>The last row of a grid must be full, as validation asks.</remarks>
    public long PairsWithin(int distance)
    {
        if (Tokens < 1 || distance < 1)
        {
            return 0;
        }

        int rows = IsGrid ? Tokens / Columns : Tokens;
        int columns = IsGrid ? Columns : 1;
        return ((Ordered(rows) * Ordered(columns)) - ((long)rows * columns)) / 2;

        // Ordered pairs of one coordinate, equal ones included, at most `distance` apart.
        long Ordered(long length)
        {
            long reach = Math.Min(distance, length - 1);
            return length + (2 * reach * length) - (reach * (reach + 1));
        }
    }

    /// <summary>Number of interacting unordered pairs.</summary>
    public long PairCount
    {
        get
        {
            switch (Mask)
            {
                case MaskPattern.Window:
                    return PairsWithin(MaskSize);
                case MaskPattern.Block:
                    long size = Math.Max(MaskSize, 1);
                    long rest = Tokens % size;
                    return (Tokens / size * Pairs(size)) + Pairs(rest);
                default:
                    return Pairs(Tokens);
            }

            static long Pairs(long n) => n * (n - 1) / 2;
        }
    }

    /// <summary>No token interacts with more others than this.</summary>
    public int MostPartners
    {
        get
        {
            int all = Math.Max(0, Tokens - 1);
            switch (Mask)
            {
                case MaskPattern.Window:
                    long reach = Math.Max(0, Math.Min(MaskSize, LargestDistance));
                    long side = (2 * reach) + 1;
                    long inside = IsGrid
                        ? Math.Min(side, Columns) * Math.Min(side, ((Tokens - 1) / Columns) + 1)
                        : side;
                    return (int)Math.Min(inside - 1, all);
                case MaskPattern.Block:
                    return Math.Max(0, Math.Min(MaskSize, Tokens) - 1);
                default:
                    return all;
            }
        }
    }

    /// <summary>The largest distance of an interacting pair; 0 where no pair interacts.</summary>
    public int LargestInteractingDistance
    {
        get
        {
            switch (Mask)
            {
                case MaskPattern.Window:
                    return Math.Max(0, Math.Min(MaskSize, LargestDistance));
                case MaskPattern.Block when !IsGrid || MaskSize < 2:
                    return Math.Max(0, Math.Min(MaskSize, Tokens) - 1);
                case MaskPattern.Block:
                    int largest = 0;
                    for (int first = 0; first < Tokens; first += MaskSize)
                    {
                        int last = Math.Min(first + MaskSize, Tokens) - 1;
                        int rows = (last / Columns) - (first / Columns);
                        // Past a row's end a block holds the last column of one row and the first of the next.
                        int columns = rows == 0 ? last - first : Columns - 1;
                        largest = Math.Max(largest, Math.Max(rows, columns));
                    }

                    return largest;
                default:
                    return LargestDistance;
            }
        }
    }
}
