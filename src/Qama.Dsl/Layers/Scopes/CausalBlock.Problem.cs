using System.Numerics;

namespace Qama.Layers.Scopes;

// The problem of a block.
internal sealed partial class CausalBlock<T>
{
    /// <summary>Writes the couplings and fields of a whole block's problem, all weights and penalties by position included.</summary>
    /// <param name="tokens">Features.</param>
    /// <param name="own">The block.</param>
    /// <param name="kept">What was kept of tokens before it.</param>
    /// <param name="couplings">Receives [heads, candidates, stride].</param>
    /// <param name="fields">Receives [heads, stride].</param>
    public void WriteProblem(
        in TokenFeatures<T> tokens, OwnTokens own, KeptTokens<T> kept, Span<float> couplings, Span<float> fields)
    {
        couplings.Clear();
        fields.Clear();
        int candidates = _shape.Kept > 0 ? _shape.Block + kept.LargestCount() : _shape.Block;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            Span<float> ofPairs = couplings.Slice(h * _shape.Candidates * _shape.ProblemStride, _shape.Candidates * _shape.ProblemStride);
            Span<float> ofTokens = fields.Slice(h * _shape.ProblemStride, _shape.ProblemStride);
            int count = TakeColumns(tokens, own, kept, h, 0, bothOrders: true);
            WriteFields(tokens, h, count);
            WriteCouplings(h, count, ofPairs);
            for (int tile = 1; tile < _shape.TilesOf(kept.Counts[h]); tile++)
            {
                AddFrozen(tokens, own, kept, h, tile);
            }

            for (int c = 0; c < count; c++)
            {
                ofTokens[c] = float.CreateTruncating(_fields[c]);
            }

            if (count < candidates)
            {
                Discourage(ofPairs, ofTokens, count, candidates);
            }
        }
    }

    private void WriteFields(in TokenFeatures<T> tokens, int head, int count)
    {
        Span<T> penalties = _penalties.AsSpan(0, count);
        penalties.Clear();
        _layer.PenalizeTokens(head, _column.Positions.AsSpan(0, count), penalties);
        T weight = T.CreateTruncating(_model.FieldWeight);
        for (int c = 0; c < count; c++)
        {
            T own = _model.HasField ? weight * tokens.Fields[(head * tokens.Stride) + _columns[c]] : T.Zero;
            _fields[c] = own - penalties[c];
        }
    }

    /// <summary>−E counts a pair twice, a penalty once.</summary>
    private void WriteCouplings(int head, int count, Span<float> couplings)
    {
        Similarities(head, _column, count, _column, count, _forward);
        T weight = T.CreateTruncating(_model.CouplingWeight);
        ReadOnlySpan<int> positions = _column.Positions.AsSpan(0, count);
        for (int i = 0; i < count; i++)
        {
            FindPairs(head, positions[i], positions);
            for (int j = i + 1; j < count; j++)
            {
                T both = _forward[(i * _shape.Stride) + j] + _forward[(j * _shape.Stride) + i];
                T value = _interacting[j] == T.Zero ? T.Zero : (weight * (_half * both)) - (_half * _penalties[j]);
                couplings[(i * _shape.ProblemStride) + j] = couplings[(j * _shape.ProblemStride) + i] = float.CreateTruncating(value);
            }
        }
    }

    /// <summary>Tokens that stay act on the block's own as fields.</summary>
    private void AddFrozen(in TokenFeatures<T> tokens, OwnTokens own, KeptTokens<T> kept, int head, int tile)
    {
        int count = TakeColumns(tokens, own, kept, head, tile, bothOrders: true);
        TakeRows(tokens, own, head, 0, _shape.Block);
        Similarities(head, _row, _shape.Block, _column, count, _forward);
        Similarities(head, _column, count, _row, _shape.Block, _backward);
        ReadOnlySpan<T> weights = kept.Weights(head).Slice((tile - 1) * _shape.Tile, count);
        T weight = T.CreateTruncating(_model.CouplingWeight);
        for (int i = 0; i < _shape.Block; i++)
        {
            FindPairs(head, _row.Positions[i], _column.Positions.AsSpan(0, count));
            for (int c = 0; c < count; c++)
            {
                T both = _forward[(i * _shape.Stride) + c] + _backward[(c * _shape.Stride) + i];
                _fields[i] += _interacting[c] == T.Zero ? T.Zero : ((weight * both) - _penalties[c]) * weights[c];
            }
        }
    }

    /// <summary>Penalties and mask of a token with others.</summary>
    private void FindPairs(int head, int position, ReadOnlySpan<int> others)
    {
        Span<T> penalties = _penalties.AsSpan(0, others.Length);
        penalties.Clear();
        _layer.PenalizePairs(head, position, others, penalties);
        _layer.Interacting(position, others, _interacting.AsSpan(0, others.Length));
    }

    /// <summary>Places that another head has a token for and this one has none: selecting one costs more than any token can.</summary>
    private void Discourage(ReadOnlySpan<float> couplings, Span<float> fields, int count, int candidates)
    {
        float largest = 0;
        for (int i = 0; i < count; i++)
        {
            float size = Math.Abs(fields[i]);
            for (int j = 0; j < count; j++)
            {
                size += 2 * Math.Abs(couplings[(i * _shape.ProblemStride) + j]);
            }

            largest = Math.Max(largest, size);
        }

        fields[count..candidates].Fill(-(1 + (2 * largest)));
    }
}
