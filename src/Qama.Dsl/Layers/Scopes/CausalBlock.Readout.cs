using System.Numerics;
using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// The answers to queries: attention over, or local energies with, what was kept and what came before in the block.
internal sealed partial class CausalBlock<T>
{
    private int EnergyToValue => _energyToValue ??= Enumerable.Range(0, _model.Learnables.Count)
        .First(l => _model.Learnables[l].Name == "EnergyToValue");

    private int? _energyToValue;

    private ReadOnlySpan<T> Generator => _layer.LearnableValues(EnergyToValue);

    private T CouplingWeight => _model.WeighsReadout ? T.CreateTruncating(_model.CouplingWeight) : T.One;

    private T FieldWeight => _model.WeighsReadout ? T.CreateTruncating(_model.FieldWeight) : T.One;

    /// <summary>Answers some of a block's queries.</summary>
    /// <param name="tokens">Features.</param>
    /// <param name="own">The block, with those queries.</param>
    /// <param name="kept">What was kept of tokens before it.</param>
    /// <param name="first">The first of the queries.</param>
    /// <param name="output">Receives [queries, heads·dim].</param>
    public void Read(in TokenFeatures<T> tokens, OwnTokens own, KeptTokens<T> kept, int first, Span<T> output)
    {
        int rows = output.Length / _model.OutputDim;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            int length = _shape.TilesOf(kept.Counts[h]) * _shape.Stride;
            WriteScores(tokens, own, kept, h, first, rows, length);
            if (_model.ReadsSimilarity)
            {
                Attend(rows, length);
            }
            else
            {
                ReadEnergies(tokens, own, h, first, rows, length);
            }

            for (int r = 0; r < rows; r++)
            {
                _results.AsSpan(r * _dimStride, _dim).CopyTo(output[((r * _model.OutputDim) + (h * _dim))..]);
            }
        }
    }

    /// <summary>F or J of queries and all they may see, and how much they see of it, [rows, length]; values, fields of it.</summary>
    private void WriteScores(
        in TokenFeatures<T> tokens, OwnTokens own, KeptTokens<T> kept, int head, int first, int rows, int length)
    {
        TakeRows(tokens, own, head, first, rows);
        for (int tile = 0; tile * _shape.Stride < length; tile++)
        {
            int count = TakeColumns(tokens, own, kept, head, tile, !_model.ReadsSimilarity), start = tile * _shape.Stride;
            Similarities(head, _row, rows, _column, count, _forward);
            if (!_model.ReadsSimilarity)
            {
                Similarities(head, _column, count, _row, rows, _backward);
            }

            for (int r = 0; r < rows; r++)
            {
                Span<T> scores = _scores.AsSpan((r * length) + start, _shape.Stride);
                Span<T> weights = _weights.AsSpan((r * length) + start, _shape.Stride);
                _forward.AsSpan(r * _shape.Stride, _shape.Stride).CopyTo(scores);
                scores[count..].Clear();
                for (int c = 0; c < count && !_model.ReadsSimilarity; c++)
                {
                    scores[c] = _half * (scores[c] + _backward[(c * _shape.Stride) + r]);
                }

                WriteWeights(kept, head, tile, r, first + r, count, weights);
            }

            WriteValues(tokens, head, count, start, length);
        }
    }

    /// <summary>How much a row's query sees of a tile's columns, given its number in the block.</summary>
    private void WriteWeights(KeptTokens<T> kept, int head, int tile, int row, int query, int count, Span<T> weights)
    {
        weights.Clear();
        _layer.Interacting(_row.Positions[row], _column.Positions.AsSpan(0, count), weights);
        int own = tile == 0 ? _shape.Block : 0;
        int seen = _model.ReadsSimilarity ? query + 1 : query; // an energy has no pair of a token with itself
        if (own > seen)
        {
            weights[seen..own].Clear();
        }

        ReadOnlySpan<T> selected = kept.Weights(head);
        int from = tile == 0 ? 0 : (tile - 1) * _shape.Tile;
        for (int c = own; c < count; c++)
        {
            weights[c] *= selected[from + c - own];
        }
    }

    private void WriteValues(in TokenFeatures<T> tokens, int head, int count, int start, int length)
    {
        for (int c = 0; c < _shape.Stride; c++)
        {
            _fields[start + c] = c < count && _model.HasField ? tokens.Fields[(head * tokens.Stride) + _columns[c]] : T.Zero;
        }

        for (int d = 0; d < _dim && _model.ReadsSimilarity; d++)
        {
            ReadOnlySpan<T> source = tokens.Value.Slice(((head * _dim) + d) * tokens.Stride, tokens.Stride);
            Span<T> row = _values.AsSpan((d * length) + start, _shape.Stride);
            for (int c = 0; c < count; c++)
            {
                row[c] = source[_columns[c]];
            }

            row[count..].Clear();
        }
    }

    /// <summary>Attention, in the place of scores, and the mean of values.</summary>
    private void Attend(int rows, int length)
    {
        Span<T> scores = _scores.AsSpan(0, rows * length);
        QueryAttention.Weights<T>(
            scores, _model.HasField ? _fields.AsSpan(0, length) : default, _weights.AsSpan(0, rows * length), scores, length);
        Padding.Transpose<T>(_values, length, _turned, _dimStride, _dim, length);
        MatrixProduct.Multiply<T>(scores, length, 1, _turned, _dimStride, _results, _dimStride, rows, length, _dimStride);
    }

    private void ReadEnergies(in TokenFeatures<T> tokens, OwnTokens own, int head, int first, int rows, int length)
    {
        for (int r = 0; r < rows; r++)
        {
            T energy = EnergyOf(tokens, own, head, first, r, length);
            Rows.Scale(energy, Generator, _results.AsSpan(r * _dimStride, _dim));
        }
    }

    /// <summary>ε_i = −(w_J Σ_j J_ij w_ij + w_f f_i).</summary>
    private T EnergyOf(in TokenFeatures<T> tokens, OwnTokens own, int head, int first, int row, int length)
    {
        T reward = CouplingWeight * Rows.Dot<T>(_scores.AsSpan(row * length, length), _weights.AsSpan(row * length, length));
        return _model.HasField
            ? -(reward + (FieldWeight * tokens.Fields[(head * tokens.Stride) + own.Column + first + row])) : -reward;
    }
}
