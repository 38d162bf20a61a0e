using Qama.Numerics.Vectors;

namespace Qama.Benchmarks.Terms;

/// <summary>
/// The same formula by hand, with care: softmax once per token, features transposed so that tokens j are the lanes of
/// a vector, both orders of each pair, then the mean of the two.
/// </summary>
internal sealed class HandWritten
{
    private const float Epsilon = 1e-6f;

    private readonly int _heads, _tokens, _dim, _stride;
    private readonly float[] _q, _k, _ordered;

    public HandWritten(int heads, int tokens, int dim)
    {
        (_heads, _tokens, _dim) = (heads, tokens, dim);
        _stride = (tokens + 15) / 16 * 16;
        _q = new float[tokens * dim];
        _k = new float[dim * _stride];
        _ordered = new float[tokens * _stride];
    }

    /// <summary>Couplings, heads × tokens × tokens, of queries and keys, tokens × (heads · dim).</summary>
    public void Compute(ReadOnlySpan<float> query, ReadOnlySpan<float> key, Span<float> result)
    {
        for (int h = 0; h < _heads; h++)
        {
            for (int i = 0; i < _tokens; i++)
            {
                int from = (i * _heads + h) * _dim;
                Softmax(query.Slice(from, _dim), _q.AsSpan(i * _dim, _dim), 1);
                Softmax(key.Slice(from, _dim), _k.AsSpan(i), _stride);
            }

            for (int i = 0; i < _tokens; i++)
            {
                Row(_q.AsSpan(i * _dim, _dim), _k, _ordered.AsSpan(i * _stride, _stride));
            }

            Symmetrise(result.Slice(h * _tokens * _tokens, _tokens * _tokens));
        }
    }

    private void Row(ReadOnlySpan<float> q, ReadOnlySpan<float> k, Span<float> row)
    {
        var action = new RowAction(q, k, _stride, row);
        VectorPath.Run<float, RowAction>(ref action);
    }

    private void Symmetrise(Span<float> result)
    {
        for (int i = 0; i < _tokens; i++)
        {
            result[i * _tokens + i] = 0;
            for (int j = 0; j < i; j++)
            {
                float mean = 0.5f * (_ordered[i * _stride + j] + _ordered[j * _stride + i]);
                result[i * _tokens + j] = result[j * _tokens + i] = mean;
            }
        }
    }

    private static void Softmax(ReadOnlySpan<float> x, Span<float> y, int step)
    {
        float max = float.NegativeInfinity, sum = 0;
        foreach (float value in x)
        {
            max = MathF.Max(max, value);
        }

        for (int d = 0; d < x.Length; d++)
        {
            sum += y[d * step] = MathF.Exp(x[d] - max);
        }

        for (int d = 0; d < x.Length; d++)
        {
            y[d * step] /= sum;
        }
    }

    // Natural logarithms, turned into binary ones at the end.
    private readonly ref struct RowAction(ReadOnlySpan<float> q, ReadOnlySpan<float> k, int stride, Span<float> row)
        : IVectorAction<float>
    {
        private readonly ReadOnlySpan<float> _q = q;
        private readonly ReadOnlySpan<float> _k = k;
        private readonly int _stride = stride;
        private readonly Span<float> _row = row;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            TVector half = TVector.All(0.5f), epsilon = TVector.All(Epsilon), bits = TVector.All(0.5f / MathF.Log(2));
            for (int j = 0; j < _stride; j += TVector.Count)
            {
                TVector first = TVector.Zero, second = TVector.Zero;
                for (int d = 0; d < _q.Length; d++)
                {
                    TVector p = TVector.All(_q[d]), r = TVector.Load(_k, d * _stride + j);
                    TVector middle = half * (p + r) + epsilon;
                    first = TVector.FusedMultiplyAdd(p, TVector.Log(p / middle + epsilon), first);
                    second = TVector.FusedMultiplyAdd(r, TVector.Log(r / middle + epsilon), second);
                }

                TVector.Store(_row, j, bits * (first + second));
            }
        }
    }
}
