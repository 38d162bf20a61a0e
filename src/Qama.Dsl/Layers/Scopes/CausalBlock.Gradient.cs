using System.Numerics;
using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// The gradients of a block's answers, selections held.
internal sealed partial class CausalBlock<T>
{
    /// <summary>Adds the gradients of a block's answers to those of what they were made of.</summary>
    /// <param name="tokens">Features.</param>
    /// <param name="gradients">∂L/∂ of each; fields still to be taken to values.</param>
    /// <param name="own">The block.</param>
    /// <param name="kept">What was kept of tokens before it.</param>
    /// <param name="outputGradient">∂L/∂output of the block, [tokens, heads·dim].</param>
    /// <param name="learnablesGradient">∂L/∂learnables.</param>
    public void Differentiate(
        in TokenFeatures<T> tokens, in TokenFeatures<T> gradients, OwnTokens own, KeptTokens<T> kept,
        ReadOnlySpan<T> outputGradient, Span<T> learnablesGradient)
    {
        int rows = own.Count;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            int length = _shape.TilesOf(kept.Counts[h]) * _shape.Stride;
            WriteScores(tokens, own, kept, h, 0, rows, length);
            for (int r = 0; r < rows; r++)
            {
                Span<T> result = _results.AsSpan(r * _dimStride, _dimStride);
                outputGradient.Slice((r * _model.OutputDim) + (h * _dim), _dim).CopyTo(result);
                result[_dim..].Clear();
            }

            if (_model.ReadsSimilarity)
            {
                DifferentiateAttention(rows, length);
            }
            else
            {
                DifferentiateEnergies(tokens, gradients, own, h, rows, length, learnablesGradient);
            }

            _row.ClearGradients();
            for (int tile = 0; tile * _shape.Stride < length; tile++)
            {
                DifferentiateTile(tokens, gradients, own, kept, h, tile, rows, length, learnablesGradient);
            }

            AddRows(_row.QueryGradient, gradients.Query, gradients.Stride, own, h);
            AddRows(_row.KeyGradient, gradients.Key, gradients.Stride, own, h);
        }
    }

    /// <summary>∂L/∂F, ∂L/∂f and, where values were, ∂L/∂v. v̄_j = Σ_i a_ij ȳ_i; ā_ij = ȳ_i·v_j, then through the softmax.</summary>
    private void DifferentiateAttention(int rows, int length)
    {
        Span<T> attention = _scores.AsSpan(0, rows * length), gradient = _gradient.AsSpan(0, rows * length);
        QueryAttention.Weights<T>(
            attention, _model.HasField ? _fields.AsSpan(0, length) : default, _weights.AsSpan(0, rows * length), attention, length);
        MatrixProduct.Multiply<T>(_results, _dimStride, 1, _values, length, gradient, length, rows, _dim, length);
        MatrixProduct.Multiply<T>(attention, 1, length, _results, _dimStride, _turned, _dimStride, length, rows, _dimStride);
        Span<T> fields = _fieldsGradient.AsSpan(0, length);
        fields.Clear();
        QueryAttention.Backward(attention, gradient, fields, length);
    }

    /// <summary>∂L/∂J_ij = −w_J ε̄_i w_ij, ∂L/∂f_i = −w_f ε̄_i, ∂L/∂g = Σ ε_i ȳ_i.</summary>
    private void DifferentiateEnergies(
        in TokenFeatures<T> tokens, in TokenFeatures<T> gradients, OwnTokens own, int head, int rows, int length,
        Span<T> learnablesGradient)
    {
        int offset = 0;
        for (int l = 0; l < EnergyToValue; l++)
        {
            offset += _model.Learnables[l].Length;
        }

        Span<T> generatorGradient = learnablesGradient.Slice(offset, _dim);
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<T> result = _results.AsSpan(r * _dimStride, _dim);
            Rows.AddScaled(EnergyOf(tokens, own, head, 0, r, length), result, generatorGradient);
            T energy = Rows.Dot(result, Generator);
            Rows.Scale<T>(-CouplingWeight * energy, _weights.AsSpan(r * length, length), _gradient.AsSpan(r * length, length));
            if (_model.HasField)
            {
                gradients.Fields[(head * gradients.Stride) + own.Column + r] -= FieldWeight * energy;
            }
        }
    }

    private void DifferentiateTile(
        in TokenFeatures<T> tokens, in TokenFeatures<T> gradients, OwnTokens own, KeptTokens<T> kept, int head, int tile, int rows,
        int length, Span<T> learnablesGradient)
    {
        int count = TakeColumns(tokens, own, kept, head, tile, !_model.ReadsSimilarity), start = tile * _shape.Stride;
        _column.ClearGradients();
        for (int r = 0; r < rows; r++)
        {
            _gradient.AsSpan((r * length) + start, _shape.Stride).CopyTo(_forward.AsSpan(r * _shape.Stride));
        }

        if (_model.ReadsSimilarity)
        {
            AddValues(gradients, head, count, start);
        }
        else
        {
            // J = (F + Fᵀ)/2, of which one half has rows and columns changed.
            Rows.Scale<T>(_half, _forward.AsSpan(0, rows * _shape.Stride), _forward);
            Padding.Transpose<T>(_forward, _shape.Stride, _backward, _shape.Stride, rows, count);
            Differentiate(head, _column, count, _row, rows, _backward, learnablesGradient);
            Scatter(_column.QueryGradient, count, gradients.Query, gradients.Stride, head);
        }

        Differentiate(head, _row, rows, _column, count, _forward, learnablesGradient);
        Scatter(_column.KeyGradient, count, gradients.Key, gradients.Stride, head);
    }

    private void AddValues(in TokenFeatures<T> gradients, int head, int count, int start)
    {
        for (int c = 0; c < count; c++)
        {
            if (_model.HasField)
            {
                gradients.Fields[(head * gradients.Stride) + _columns[c]] += _fieldsGradient[start + c];
            }

            for (int d = 0; d < _dim; d++)
            {
                gradients.Value[(((head * _dim) + d) * gradients.Stride) + _columns[c]] += _turned[((start + c) * _dimStride) + d];
            }
        }
    }

    private void AddRows(ReadOnlySpan<T> rows, Span<T> features, int stride, OwnTokens own, int head)
    {
        for (int d = 0; d < _dim; d++)
        {
            Rows.AddScaled(
                T.One, rows.Slice(d * _shape.Stride, own.Count),
                features.Slice((((head * _dim) + d) * stride) + own.Column, own.Count));
        }
    }
}
