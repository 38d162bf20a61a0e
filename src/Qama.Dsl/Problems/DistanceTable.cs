using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>The long-range penalty of a problem in units of its own: rows of a table by distance, and sums.</summary>
internal sealed class DistanceTable
{
    private DistancePenalty _penalty;
    private TokenNeighbours _neighbours;
    private (int Window, int Block) _mask;
    private int _count;
    private double _unit;
    private float[] _table = []; // [2 · tokens − 1]: of the distance |k − tokens + 1|; 0 of distance 0

    /// <summary>No pair's penalty is larger.</summary>
    public double Largest { get; private set; }

    private bool IsEmpty => !_penalty.IsPresent || _count == 0;

    /// <summary>Takes a penalty, which pairs interact, and the tokens present.</summary>
    public void Load(in DistancePenalty penalty, int window, int block, int count)
    {
        (_penalty, _mask, _count, _unit, Largest) = (penalty, (window, block), count, 1, 0);
        _neighbours = new(window, block);
        if (IsEmpty)
        {
            return;
        }

        if (_table.Length < (2 * count) - 1)
        {
            _table = new float[(2 * count) - 1];
        }

        _table[count - 1] = 0;
        for (int d = 1; d < count; d++)
        {
            double value = penalty.Of(d);
            _table[count - 1 + d] = _table[count - 1 - d] = (float)value;
            Largest = Math.Max(Largest, Math.Abs(value));
        }
    }

    /// <summary>Multiplies the penalty by a power of two.</summary>
    public void Scale(float unit)
    {
        if (!IsEmpty)
        {
            Largest *= unit;
            _unit *= unit;
            Rows.Scale(unit, _table.AsSpan(0, (2 * _count) - 1), _table.AsSpan(0, (2 * _count) - 1));
        }
    }

    /// <summary>Adds a token's penalties with the tokens that it interacts with to a row of pairs.</summary>
    public void AddRow(int token, Span<float> row)
    {
        if (!IsEmpty)
        {
            (int from, int to) = _neighbours.Of(token, _count);
            Rows.AddScaled<float>(1, _table.AsSpan(_count - 1 - token + from, to - from), row[from..to]);
        }
    }

    /// <summary>target_i += Σ_j of the penalty times s_j over the other tokens that i interacts with.</summary>
    public void AddProducts(ReadOnlySpan<float> s, Span<float> target) =>
        _penalty.AddSums(_unit, _mask.Window, _mask.Block, s[.._count], target[.._count]);
}
