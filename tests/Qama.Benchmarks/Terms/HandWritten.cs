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
        switch (Lanes.RegisterBits)
        {
            case 512:
                Row<Register512<float>>(q, k, row);
                break;
            case 256:
                Row<Register256<float>>(q, k, row);
                break;
            default:
                Row<Register128<float>>(q, k, row);
                break;
        }
    }

    // Natural logarithms, turned into binary ones at the end.
    private void Row<TVector>(ReadOnlySpan<float> q, ReadOnlySpan<float> k, Span<float> row)
        where TVector : struct, IVector<TVector, float>
    {
        TVector half = TVector.All(0.5f), epsilon = TVector.All(Epsilon), bits = TVector.All(0.5f / MathF.Log(2));
        for (int j = 0; j < _stride; j += TVector.Count)
        {
            TVector first = TVector.Zero, second = TVector.Zero;
            for (int d = 0; d < q.Length; d++)
            {
                TVector p = TVector.All(q[d]), r = TVector.Load(k, d * _stride + j);
                TVector middle = half * (p + r) + epsilon;
                first = TVector.FusedMultiplyAdd(p, TVector.Log(p / middle + epsilon), first);
                second = TVector.FusedMultiplyAdd(r, TVector.Log(r / middle + epsilon), second);
            }

            TVector.Store(row, j, bits * (first + second));
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
