using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Training.Modules;

namespace Qama.Examples.Book;

/// <summary>The trained softmax layer over as many tokens as there are: attention of some queries at a time, so that memory grows with the
/// tokens and only time with their pairs.</summary>
internal sealed class BlockedSoftmax
{
    private const int Queries = 32; // at a time
    private const int Width = WordVectors.Width;
    private const int Heads = PageAttention.HeadCount;
    private const int Dim = PageAttention.HeadDim;
    private const int Out = Heads * Dim;
    private const double Epsilon = 1e-5; // of the layer norm, as in training

    private readonly float[] _scale;
    private readonly float[] _shift;
    private readonly float[] _projection; // [3 · heads · dim, width]
    private readonly int _tokens;
    private readonly int _stride;
    private readonly float[] _normalised; // [width, stride]
    private readonly float[] _projected; // [3 · heads · dim, stride]
    private readonly float[] _values; // [heads, tokens, dim]

    /// <param name="trained">The layer's parameters.</param>
    /// <param name="tokens">Tokens of a reading.</param>
    public BlockedSoftmax(IReadOnlyList<NamedParameter<float>> trained, int tokens)
    {
        (_scale, _shift, _projection) = (Of("Norm.Weight"), Of("Norm.Bias"), Of("Projection.Weight"));
        (_tokens, _stride) = (tokens, Padding.Stride(tokens));
        _normalised = new float[Width * _stride];
        _projected = new float[3 * Out * _stride];
        _values = new float[Out * tokens];

        float[] Of(string name) => trained.Single(p => p.Name == name).Parameter.Value.ToArray();
    }

    /// <summary>Bytes of memory, those of a worker's block included.</summary>
    public long Bytes(int threads) =>
        sizeof(float) * ((long)_normalised.Length + _projected.Length + _values.Length + ((long)threads * Queries * _stride));

    /// <summary>The output of the first queries.</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="queries">How many.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="output">Receives [queries, heads · dim].</param>
    public void Read(float[] input, int queries, int threads, float[] output)
    {
        Project(input);
        int blocks = (queries + Queries - 1) / Queries;
        Parallel.For(
            0, blocks * Heads, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new float[Queries * _stride],
            (item, _, scores) =>
            {
                int first = item / Heads * Queries;
                Attend(item % Heads, first, Math.Min(Queries, queries - first), scores, output);
                return scores;
            },
            static _ => { });
    }

    private void Project(float[] input)
    {
        for (int i = 0; i < _tokens; i++)
        {
            ReadOnlySpan<float> token = input.AsSpan(i * Width, Width);
            (double mean, double squares) = (0, 0);
            foreach (float x in token)
            {
                mean += x / (double)Width;
                squares += (double)x * x / Width;
            }

            double inverse = 1 / Math.Sqrt(squares - (mean * mean) + Epsilon);
            for (int d = 0; d < Width; d++)
            {
                _normalised[(d * _stride) + i] = (float)((token[d] - mean) * inverse * _scale[d]) + _shift[d];
            }
        }

        MatrixProduct.Multiply<float>(_projection, Width, 1, _normalised, _stride, _projected, _stride, 3 * Out, Width, _stride);
        for (int h = 0; h < Heads; h++)
        {
            for (int d = 0; d < Dim; d++)
            {
                ReadOnlySpan<float> row = _projected.AsSpan(((2 * Out) + (h * Dim) + d) * _stride, _tokens);
                for (int i = 0; i < _tokens; i++)
                {
                    _values[(((h * _tokens) + i) * Dim) + d] = row[i];
                }
            }
        }
    }

    private void Attend(int head, int first, int count, float[] scores, float[] output)
    {
        MatrixProduct.Multiply<float>(
            _projected.AsSpan((head * Dim * _stride) + first), 1, _stride, _projected.AsSpan((Out + (head * Dim)) * _stride), _stride,
            scores, _stride, count, Dim, _stride, 1 / MathF.Sqrt(Dim), accumulate: false);
        Span<float> sums = stackalloc float[Queries];
        for (int q = 0; q < count; q++)
        {
            sums[q] = Exponentials(scores.AsSpan(q * _stride, _tokens));
        }

        Span<float> own = stackalloc float[Queries * Dim];
        MatrixProduct.Multiply<float>(
            scores, _stride, 1, _values.AsSpan(head * _tokens * Dim, _tokens * Dim), Dim, own, Dim, count, _tokens, Dim);
        for (int q = 0; q < count; q++)
        {
            for (int d = 0; d < Dim; d++)
            {
                output[((first + q) * Out) + (head * Dim) + d] = own[(q * Dim) + d] / sums[q];
            }
        }
    }

    // In place; their sum.
    private static float Exponentials(Span<float> row)
    {
        float largest = float.NegativeInfinity;
        foreach (float x in row)
        {
            largest = MathF.Max(largest, x);
        }

        var shift = new Vector<float>(largest);
        Vector<float> sum = Vector<float>.Zero;
        int k = 0;
        for (; k + Vector<float>.Count <= row.Length; k += Vector<float>.Count)
        {
            Vector<float> e = Vector.Exp(new Vector<float>(row[k..]) - shift);
            e.CopyTo(row[k..]);
            sum += e;
        }

        float total = Vector.Sum(sum);
        for (; k < row.Length; k++)
        {
            row[k] = MathF.Exp(row[k] - largest);
            total += row[k];
        }

        return total;
    }
}
