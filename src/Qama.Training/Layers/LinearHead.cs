using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Training.Layers;

/// <summary>
/// Linear attention of one head, some tokens at a time: what came before a block is one matrix S = Σ_j φ(k_j) [v_j, 1]ᵀ, its
/// own pairs are counted one by one. One thread's memory.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="tokens">Tokens N.</param>
/// <param name="dim">Width of the head.</param>
/// <param name="causal">Whether a token sees itself and those before it only.</param>
internal sealed class LinearHead<T>(int tokens, int dim, bool causal)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Block = 64;

    private readonly int _stride = Padding.Stride(dim);
    private readonly int _valueStride = Padding.Stride(dim + 1);
    private readonly T _epsilon = T.CreateTruncating(1e-6);
    private readonly T[] _queries = new T[checked(tokens * Padding.Stride(dim))]; // φ(q)
    private readonly T[] _keys = new T[tokens * Padding.Stride(dim)]; // φ(k)
    private readonly T[] _values = new T[checked(tokens * Padding.Stride(dim + 1))]; // v, 1
    private readonly T[] _outputs = new T[tokens * Padding.Stride(dim + 1)]; // sums of values, sum of weights; then their gradients
    private readonly T[] _queriesGradient = new T[tokens * Padding.Stride(dim)];
    private readonly T[] _keysGradient = new T[tokens * Padding.Stride(dim)];
    private readonly T[] _valuesGradient = new T[tokens * Padding.Stride(dim + 1)];
    private readonly T[] _state = new T[dim * Padding.Stride(dim + 1)];
    private readonly T[] _turnedState = new T[(dim + 1) * Padding.Stride(dim)];
    private readonly T[] _turned = new T[(dim + 1) * Block];
    private readonly T[] _weights = new T[Block * Block];
    private readonly T[] _slopes = new T[Block * Block];

    /// <summary>Takes the head's rows from where all heads' stand side by side.</summary>
    /// <param name="queries">From the head's first number of the first row on.</param>
    /// <param name="keys">Likewise.</param>
    /// <param name="values">Likewise.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="present">Keys that are present, the first: the others weigh nothing.</param>
    public void Load(ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, int stride, int present)
    {
        Padding.Copy(queries, stride, _queries, _stride, tokens, dim);
        Padding.Copy(keys, stride, _keys, _stride, tokens, dim);
        Padding.Copy(values, stride, _values, _valueStride, tokens, dim);
        Map(_queries);
        Map(_keys);
        _keys.AsSpan(present * _stride).Clear();
        for (int t = 0; t < tokens; t++)
        {
            _values[t * _valueStride + dim] = T.One;
        }
    }

    /// <summary>The head's outputs.</summary>
    /// <param name="output">From the head's first number of the first row on; other heads' are left alone.</param>
    /// <param name="stride">Distance between its rows.</param>
    public void Forward(Span<T> output, int stride)
    {
        Begin(_keys, _values);
        for (int first = 0; first < tokens; first += Block)
        {
            int count = Math.Min(Block, tokens - first);
            Sums(first, count);
            Extend(_keys, _values, first, count);
            for (int t = first; t < first + count; t++)
            {
                ReadOnlySpan<T> sums = _outputs.AsSpan(t * _valueStride, dim + 1);
                Rows.Scale(T.One / (sums[dim] + _epsilon), sums[..dim], output.Slice(t * stride, dim));
            }
        }
    }

    /// <summary>Gradients of the head's queries, keys and values, from those of its outputs.</summary>
    /// <param name="outputGradient">From the head's first number of the first row on.</param>
    /// <param name="outputStride">Distance between its rows.</param>
    /// <param name="queries">Receives gradients, as <see cref="Forward"/> does outputs.</param>
    /// <param name="keys">Likewise.</param>
    /// <param name="values">Likewise.</param>
    /// <param name="stride">Distance between their rows.</param>
    public void Backward(
        ReadOnlySpan<T> outputGradient, int outputStride, Span<T> queries, Span<T> keys, Span<T> values, int stride)
    {
        Begin(_keys, _values);
        for (int first = 0; first < tokens; first += Block)
        {
            int count = Math.Min(Block, tokens - first);
            Sums(first, count);
            for (int t = first; t < first + count; t++)
            {
                Divide(outputGradient.Slice(t * outputStride, dim), _outputs.AsSpan(t * _valueStride, _valueStride));
            }

            // ∂φ(q): Σ_j (∂s_i · v_j) φ(k_j), s_i the sums.
            TimesTurnedState(_outputs, first, count, _queriesGradient);
            Own(_outputs, _valueStride, _values, first, count, dim + 1, _slopes);
            AddOwn(_slopes, Block, 1, _keys, _queriesGradient, _stride, first, count);
            Extend(_keys, _values, first, count);
        }

        // From the last block to the first: the state is that of the tokens behind, R = Σ_i φ(q_i) ∂s_iᵀ.
        Begin(_queries, _outputs);
        int blocks = (tokens + Block - 1) / Block;
        for (int first = (blocks - 1) * Block; first >= 0; first -= Block)
        {
            int count = Math.Min(Block, tokens - first);
            TimesTurnedState(_values, first, count, _keysGradient);
            TimesState(_keys, first, count, _valuesGradient);
            Own(_outputs, _valueStride, _values, first, count, dim + 1, _slopes);
            Own(_queries, _stride, _keys, first, count, dim, _weights);
            AddOwn(_slopes, 1, Block, _queries, _keysGradient, _stride, first, count);
            AddOwn(_weights, 1, Block, _outputs, _valuesGradient, _valueStride, first, count);
            Extend(_queries, _outputs, first, count);
        }

        Unmap(_queriesGradient, _queries, queries, stride);
        Unmap(_keysGradient, _keys, keys, stride);
        for (int t = 0; t < tokens; t++)
        {
            _valuesGradient.AsSpan(t * _valueStride, dim).CopyTo(values[(t * stride)..]);
        }
    }

    private void Map(T[] rows)
    {
        var action = new MapAction(rows);
        VectorPath.Run<T, MapAction>(ref action);
        for (int t = 0; t < tokens; t++)
        {
            rows.AsSpan(t * _stride, _stride)[dim..].Clear();
        }
    }

    // φ'(x) = min(1, φ(x)).
    private void Unmap(T[] gradient, T[] mapped, Span<T> destination, int stride)
    {
        for (int t = 0; t < tokens; t++)
        {
            Span<T> row = destination.Slice(t * stride, dim);
            for (int d = 0; d < dim; d++)
            {
                row[d] = gradient[t * _stride + d] * T.Min(T.One, mapped[t * _stride + d]);
            }
        }
    }

    // The state before the first block: of nothing, or of all tokens.
    private void Begin(T[] left, T[] right)
    {
        Array.Clear(_state);
        if (!causal)
        {
            Add(left, right, 0, tokens);
        }
    }

    private void Extend(T[] left, T[] right, int first, int count)
    {
        if (causal)
        {
            Add(left, right, first, count);
        }
    }

    private void Add(T[] left, T[] right, int first, int count) => MatrixProduct.Multiply(
        left.AsSpan(first * _stride), 1, _stride, right.AsSpan(first * _valueStride), _valueStride, _state, _valueStride, dim, count,
        _valueStride, accumulate: true);

    // s_i = Σ_j (φ(q_i)·φ(k_j)) [v_j, 1].
    private void Sums(int first, int count)
    {
        TimesState(_queries, first, count, _outputs);
        Own(_queries, _stride, _keys, first, count, dim, _weights);
        AddOwn(_weights, Block, 1, _values, _outputs, _valueStride, first, count);
    }

    // From ∂y and s to ∂s, in the place of s: y = s_v / (s_1 + ε).
    private void Divide(ReadOnlySpan<T> gradient, Span<T> sums)
    {
        T inverse = T.One / (sums[dim] + _epsilon);
        T mean = Rows.Dot(gradient, sums[..dim]) * inverse;
        Rows.Scale(inverse, gradient, sums[..dim]);
        sums[dim] = -mean * inverse;
        sums[(dim + 1)..].Clear();
    }

    private void TimesState(T[] rows, int first, int count, T[] result) => MatrixProduct.Multiply(
        rows.AsSpan(first * _stride), _stride, 1, _state, _valueStride, result.AsSpan(first * _valueStride), _valueStride, count, dim,
        _valueStride);

    private void TimesTurnedState(T[] rows, int first, int count, T[] result)
    {
        Padding.Transpose<T>(_state, _valueStride, _turnedState, _stride, dim, dim + 1);
        MatrixProduct.Multiply(
            rows.AsSpan(first * _valueStride), _valueStride, 1, _turnedState, _stride, result.AsSpan(first * _stride), _stride, count,
            dim + 1, _stride);
    }

    // pairs[i, j] = a_i · b_j for j ≤ i of the block, else 0.
    private void Own(T[] a, int stride, T[] b, int first, int count, int length, T[] pairs)
    {
        if (!causal)
        {
            return;
        }

        int width = Padding.Stride(count);
        Padding.Transpose<T>(b.AsSpan(first * stride), stride, _turned, Block, count, length);
        MatrixProduct.Multiply(a.AsSpan(first * stride), stride, 1, _turned, Block, pairs, Block, count, length, width);
        for (int i = 0; i < count; i++)
        {
            pairs.AsSpan(i * Block, width)[(i + 1)..].Clear();
        }
    }

    // Adds Σ_j pairs(i, j) row_j to each row i of the block.
    private void AddOwn(T[] pairs, int pairRow, int pairColumn, T[] rows, T[] sums, int stride, int first, int count)
    {
        if (causal)
        {
            MatrixProduct.Multiply(
                pairs, pairRow, pairColumn, rows.AsSpan(first * stride), stride, sums.AsSpan(first * stride), stride, count, count,
                stride, accumulate: true);
        }
    }

    // φ(x) = elu(x) + 1: x + 1 above 0, eˣ below.
    private readonly ref struct MapAction(Span<T> rows) : IVectorAction<T>
    {
        private readonly Span<T> _rows = rows;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            TVector one = TVector.All(T.One);
            for (int i = 0; i < _rows.Length; i += TVector.Count)
            {
                TVector x = TVector.Load(_rows, i);
                TVector exponential = TVector.Exp(TVector.Min(x, TVector.Zero));
                TVector.Store(_rows, i, TVector.WhereNonZero(TVector.Greater(x, TVector.Zero), x + one, exponential));
            }
        }
    }
}
