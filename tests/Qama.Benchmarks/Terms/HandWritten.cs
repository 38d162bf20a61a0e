using System.Runtime.Intrinsics;
using Qama.Kernels;

namespace Qama.Benchmarks.Terms;

/// <summary>
/// The same formula by hand, with care: softmax once per token, features transposed so that sixteen tokens j are the
/// lanes of a vector, both orders of each pair, then the mean of the two.
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
        Vector512<float> half = Vector512.Create(0.5f), epsilon = Vector512.Create(Epsilon);
        for (int j = 0; j < _stride; j += Vector512<float>.Count)
        {
            Vector512<float> first = Vector512<float>.Zero, second = Vector512<float>.Zero;
            for (int d = 0; d < q.Length; d++)
            {
                Vector512<float> p = Vector512.Create(q[d]), r = Lanes.Load(k, d * _stride + j);
                Vector512<float> middle = half * (p + r) + epsilon;
                first = Lanes.FusedMultiplyAdd(p, Lanes.Log2(p / middle + epsilon), first);
                second = Lanes.FusedMultiplyAdd(r, Lanes.Log2(r / middle + epsilon), second);
            }

            Lanes.Store(row, j, half * (first + second));
        }
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
}
