using System.Numerics;

namespace Qama.Layers.Scopes;

/// <summary>The tokens that each head has kept, oldest first.</summary>
/// <param name="model">The layer's model.</param>
/// <param name="shape">Its sizes.</param>
internal sealed class KeptTokens<T>(ModelDescriptor model, CausalShape shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _columns = new int[model.HeadCount * shape.LargestKept];
    private readonly int[] _positions = new int[model.HeadCount * shape.LargestKept];
    private readonly T[] _weights = new T[model.HeadCount * shape.LargestKept];
    private readonly int[] _counts = new int[model.HeadCount];

    /// <summary>Bytes of it.</summary>
    public static long BytesOf(ModelDescriptor model, CausalShape shape) => model.HeadCount
        * ((shape.LargestKept * ((2L * sizeof(int)) + System.Runtime.CompilerServices.Unsafe.SizeOf<T>())) + sizeof(int));

    /// <summary>Tokens of every head.</summary>
    public Span<int> Counts => _counts;

    /// <summary>Where a head's tokens are in memory.</summary>
    public Span<int> Columns(int head) => _columns.AsSpan(head * shape.LargestKept, _counts[head]);

    /// <summary>Where they are in the sequence.</summary>
    public Span<int> Positions(int head) => _positions.AsSpan(head * shape.LargestKept, _counts[head]);

    /// <summary>How much queries see of them.</summary>
    public Span<T> Weights(int head) => _weights.AsSpan(head * shape.LargestKept, _counts[head]);

    /// <summary>Most tokens that a head keeps.</summary>
    public int LargestCount()
    {
        int largest = 0;
        foreach (int count in _counts)
        {
            largest = Math.Max(largest, count);
        }

        return largest;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_counts);

    /// <summary>Takes the selection of a whole block over.</summary>
    /// <param name="own">The block.</param>
    /// <param name="state">The bits of its problem.</param>
    /// <remarks>A selection of more tokens than may stay, which no optimum is, loses the oldest.</remarks>
    public void Take(OwnTokens own, ReadOnlySpan<byte> state)
    {
        int bits = model.SelectionBits;
        T unit = T.One / T.CreateTruncating((1 << bits) - 1);
        for (int h = 0; h < model.HeadCount; h++)
        {
            ReadOnlySpan<byte> candidates = state.Slice(h * shape.Candidates * bits, shape.Candidates * bits);
            if (shape.Kept > 0)
            {
                Drop(h, candidates[(shape.Block * bits)..]);
            }

            for (int i = 0; i < shape.Block; i++)
            {
                int level = LevelOf(candidates.Slice(i * bits, bits));
                if (level > 0)
                {
                    Add(h, own.Column + i, own.Position + i, T.CreateTruncating(level) * unit);
                }
            }
        }
    }

    /// <summary>Keeps those of a head's tokens that are selected again.</summary>
    private void Drop(int head, ReadOnlySpan<byte> selected)
    {
        int first = head * shape.LargestKept, kept = 0;
        for (int s = 0; s < _counts[head]; s++)
        {
            if (selected[s] != 0)
            {
                (_columns[first + kept], _positions[first + kept]) = (_columns[first + s], _positions[first + s]);
                _weights[first + kept++] = _weights[first + s];
            }
        }

        _counts[head] = kept;
    }

    private void Add(int head, int column, int position, T weight)
    {
        int first = head * shape.LargestKept;
        if (_counts[head] == shape.LargestKept)
        {
            int rest = shape.LargestKept - 1;
            Array.Copy(_columns, first + 1, _columns, first, rest);
            Array.Copy(_positions, first + 1, _positions, first, rest);
            Array.Copy(_weights, first + 1, _weights, first, rest);
            _counts[head]--;
        }

        int at = first + _counts[head]++;
        (_columns[at], _positions[at], _weights[at]) = (column, position, weight);
    }

    private static int LevelOf(ReadOnlySpan<byte> word)
    {
        int level = 0;
        for (int b = 0; b < word.Length; b++)
        {
            level |= word[b] << b;
        }

        return level;
    }
}

/// <summary>The tokens of a block.</summary>
/// <param name="Column">Where the first is in memory.</param>
/// <param name="Position">Where it is in the sequence.</param>
/// <param name="Count">Tokens there are so far.</param>
internal readonly record struct OwnTokens(int Column, int Position, int Count);

/// <summary>What is known of tokens, one column each: features of every head, or gradients of these.</summary>
internal readonly ref struct TokenFeatures<T>
    where T : unmanaged
{
    /// <summary>[heads·dim, stride].</summary>
    public Span<T> Query { get; init; }

    /// <summary>[heads·dim, stride].</summary>
    public Span<T> Key { get; init; }

    /// <summary>[heads·dim, stride].</summary>
    public Span<T> Value { get; init; }

    /// <summary>f, [heads, stride]; empty without fields.</summary>
    public Span<T> Fields { get; init; }

    /// <summary>Length of a row.</summary>
    public int Stride { get; init; }
}
