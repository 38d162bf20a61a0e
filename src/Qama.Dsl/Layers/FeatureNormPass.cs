using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Norms;

namespace Qama.Layers;

/// <summary>
/// Batch normalisation of couplings that are kept as features: moments of all pairs of different tokens, and the part of the gradient that
/// goes through them, from Gram matrices of features; all in double, of features from which their means are taken.
/// </summary>
/// <remarks>Derivation: docs/mathematics.md, "Couplings of finite rank".</remarks>
/// <param name="norm">The normalisation.</param>
/// <param name="model">The model.</param>
/// <param name="workers">Threads.</param>
internal sealed class FeatureNormPass<T>(HeadNormPass<T> norm, ModelDescriptor model, int workers)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads = model.HeadCount;
    private readonly int _rank = model.CouplingRank;
    private readonly int _width = Padding.Stride(model.CouplingRank);
    private readonly int _stride = Padding.Stride(model.Tokens);
    private readonly double _factor = model.CouplingFactor ?? 1;
    private readonly double[] _memory = new double[LengthOf(model, workers)];

    /// <summary>Numbers in double that so many workers need.</summary>
    public static int LengthOf(ModelDescriptor model, int workers)
    {
        int width = Padding.Stride(model.CouplingRank);
        return checked(workers * ((3 * width * model.Tokens) + (4 * width * width) + (3 * width) + model.Tokens));
    }

    /// <summary>Writes what couplings of the batch are multiplied by and what is added to them, once mean and variance are settled.</summary>
    public void WriteScales(double[] scales, double[] shifts)
    {
        for (int h = 0; h < scales.Length; h++)
        {
            scales[h] = _factor * norm.Factor(h);
            shifts[h] = norm.Shift(h) - (norm.Factor(h) * norm.Mean(h));
        }
    }

    /// <summary>Measures the couplings of one sample.</summary>
    public void Measure(int sample, in SampleBuffers<T> buffers, int worker)
    {
        var body = new HeadsPart(this, sample, buffers, worker, isGradient: false);
        InnerLoop<HeadsPart>.Run(ref body, Math.Max(1, buffers.Parts), Work(buffers.TokenCount));
    }

    private void Measure(int sample, in SampleBuffers<T> buffers, int memory, int first, int end)
    {
        int n = buffers.TokenCount;
        for (int h = first; h < end; h++)
        {
            if (n < 2)
            {
                norm.Measure(sample, h, default);
                continue;
            }

            Head head = Load(buffers, h, memory);
            Grams(head);
            (double ofTokens, double diagonal, double diagonalSquares) = (0, 0, 0);
            for (int i = 0; i < n; i++)
            {
                double own = Self(head, i), deviation = (2 * head.Own[i]) + own;
                ofTokens += head.Own[i] * head.Own[i];
                diagonal += own;
                diagonalSquares += deviation * deviation;
            }

            double products = 0;
            for (int r = 0; r < _rank; r++)
            {
                for (int s = 0; s < _rank; s++)
                {
                    products += (head.RowGram[(r * _width) + s] * head.ColumnGram[(r * _width) + s])
                        + (head.Mixed[(r * _width) + s] * head.Mixed[(s * _width) + r]);
                }
            }

            // F[i,j] = m + u_i + u_j + T[i,j] with sums of u and rows of T that are 0; the diagonal is taken out.
            long count = (long)n * (n - 1);
            double squares = (2 * n * ofTokens) + (0.5 * _factor * _factor * products) - diagonalSquares;
            norm.Measure(sample, h, new Moments(
                count, head.Middle - (diagonal / count), NonNegative(squares - (diagonal * diagonal / count))));
        }
    }

    /// <summary>Takes the sums that readouts left of one sample's gradient.</summary>
    public void MeasureGradient(int sample, ReadOnlySpan<double> sums)
    {
        for (int h = 0; h < model.HeadCount; h++)
        {
            double gradient = sums[2 * h], product = sums[(2 * h) + 1];
            norm.MeasureGradient(sample, h, gradient, (_factor * product) - (norm.Mean(h) * gradient));
        }
    }

    /// <summary>Adds to the gradients of one sample's features what goes through mean and variance: of each coupling
    /// −f (mean of g + x̂ · mean of g x̂).</summary>
    public void Backward(in SampleBuffers<T> buffers, int worker)
    {
        var body = new HeadsPart(this, 0, buffers, worker, isGradient: true);
        InnerLoop<HeadsPart>.Run(ref body, Math.Max(1, buffers.Parts), Work(buffers.TokenCount));
    }

    private void Backward(in SampleBuffers<T> buffers, int memory, int first, int end)
    {
        for (int h = first; h < end && buffers.TokenCount > 1; h++)
        {
            (double gradient, double projection) = norm.MeanGradient(h);
            double constant = -norm.Factor(h) * gradient, slope = -norm.Factor(h) * projection * norm.Inverse(h);
            if (constant == 0 && slope == 0)
            {
                continue;
            }

            Head head = Load(buffers, h, memory);
            Grams(head);
            double beyond = head.Middle - norm.Mean(h);
            Span<T> ofRows = Part(buffers.RowFeaturesGradient, h), ofColumns = Part(buffers.ColumnFeaturesGradient, h);
            Add(head, head.Rows, head.Columns, head.ColumnGram, head.MixedTurned, head.ColumnMean, constant, slope, beyond, ofRows);
            Add(head, head.Columns, head.Rows, head.RowGram, head.Mixed, head.RowMean, constant, slope, beyond, ofColumns);
        }
    }

    // c Σ_{j≠i} (p + q (F[i,j] − μ)) b_j, b_j = b̄ + β_j, is added to the gradient of a_i.
    private void Add(
        in Head head, ReadOnlySpan<double> own, ReadOnlySpan<double> other, ReadOnlySpan<double> gram, ReadOnlySpan<double> mixed,
        ReadOnlySpan<double> mean, double constant, double slope, double beyond, Span<T> gradient)
    {
        int n = head.Own.Length;
        double half = 0.5 * _factor;
        MatrixProduct.Multiply(own, _width, 1, gram, _width, head.Result, _width, n, _rank, _width, half, accumulate: false);
        MatrixProduct.Multiply(other, _width, 1, mixed, _width, head.Result, _width, n, _rank, _width, half, accumulate: true);
        MatrixProduct.Multiply(head.Own, n, 1, other, _width, head.Sums, _width, 1, n, _width);
        for (int i = 0; i < n; i++)
        {
            double all = n * (constant + (slope * (beyond + head.Own[i])));
            double self = constant + (slope * (beyond + (2 * head.Own[i]) + Self(head, i)));
            for (int r = 0; r < _rank; r++)
            {
                int at = (i * _width) + r;
                double value = (all * mean[r]) + (slope * (head.Sums[r] + head.Result[at])) - (self * (mean[r] + other[at]));
                gradient[(r * _stride) + i] += T.CreateTruncating(_factor * value);
            }
        }
    }

    private void Grams(in Head head)
    {
        int n = head.Own.Length;
        MatrixProduct.Multiply(head.Rows, 1, _width, head.Rows, _width, head.RowGram, _width, _rank, n, _width);
        MatrixProduct.Multiply(head.Columns, 1, _width, head.Columns, _width, head.ColumnGram, _width, _rank, n, _width);
        MatrixProduct.Multiply(head.Columns, 1, _width, head.Rows, _width, head.Mixed, _width, _rank, n, _width);
        MatrixProduct.Multiply(head.Rows, 1, _width, head.Columns, _width, head.MixedTurned, _width, _rank, n, _width);
    }

    // Features token by token without their means, and u_i = c/2 (α_i·b̄ + β_i·ā).
    private Head Load(in SampleBuffers<T> buffers, int h, int memory)
    {
        int n = buffers.TokenCount, next = memory * (_memory.Length / workers);
        var head = new Head
        {
            Rows = Take(n * _width), Columns = Take(n * _width), Result = Take(n * _width), RowGram = Take(_width * _width),
            ColumnGram = Take(_width * _width), Mixed = Take(_width * _width), MixedTurned = Take(_width * _width),
            RowMean = Take(_width), ColumnMean = Take(_width), Sums = Take(_width), Own = Take(n),
        };
        Centre(Part(buffers.RowFeatures, h), head.Rows, head.RowMean, n);
        Centre(Part(buffers.ColumnFeatures, h), head.Columns, head.ColumnMean, n);
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            for (int r = 0; r < _rank; r++)
            {
                sum += (head.Rows[(i * _width) + r] * head.ColumnMean[r]) + (head.Columns[(i * _width) + r] * head.RowMean[r]);
            }

            head.Own[i] = 0.5 * _factor * sum;
        }

        double middle = 0;
        for (int r = 0; r < _rank; r++)
        {
            middle += head.RowMean[r] * head.ColumnMean[r];
        }

        return head with { Middle = _factor * middle };

        Span<double> Take(int length)
        {
            next += length;
            return _memory.AsSpan(next - length, length);
        }
    }

    private void Centre(ReadOnlySpan<T> features, Span<double> centred, Span<double> means, int n)
    {
        centred.Clear();
        for (int r = 0; r < _rank; r++)
        {
            ReadOnlySpan<T> row = features.Slice(r * _stride, n);
            double sum = 0;
            foreach (T value in row)
            {
                sum += double.CreateTruncating(value);
            }

            means[r] = n > 0 ? sum / n : 0;
            for (int i = 0; i < n; i++)
            {
                centred[(i * _width) + r] = double.CreateTruncating(row[i]) - means[r];
            }
        }
    }

    private double Self(in Head head, int token)
    {
        double sum = 0;
        for (int r = 0; r < _rank; r++)
        {
            sum += head.Rows[(token * _width) + r] * head.Columns[(token * _width) + r];
        }

        return _factor * sum;
    }

    // What is not a number stays so: an overflow must be seen.
    private static double NonNegative(double value) => value < 0 ? 0 : value;

    private Span<T> Part(Span<T> features, int head) => features.Slice(head * _rank * _stride, _rank * _stride);

    // Products of all features of a token, and passes over features that run number by number.
    private long Work(int tokens) => (long)model.HeadCount * tokens * _width * (8 * _width + 256);

    // Some heads of a sample, in a thread's memory.
    private readonly ref struct HeadsPart(FeatureNormPass<T> pass, int sample, in SampleBuffers<T> buffers, int worker, bool isGradient)
        : IInnerBody
    {
        private readonly SampleBuffers<T> _buffers = buffers;

        public void Run(int index)
        {
            int parts = Math.Max(1, _buffers.Parts), memory = worker * parts + index;
            (int first, int end) = (index * pass._heads / parts, (index + 1) * pass._heads / parts);
            if (isGradient)
            {
                pass.Backward(_buffers, memory, first, end);
            }
            else
            {
                pass.Measure(sample, _buffers, memory, first, end);
            }
        }
    }

    /// <summary>One head of one sample.</summary>
    private readonly ref struct Head
    {
        /// <summary>α, [tokens, width].</summary>
        public required Span<double> Rows { get; init; }

        /// <summary>β, likewise.</summary>
        public required Span<double> Columns { get; init; }

        public required Span<double> Result { get; init; }

        /// <summary>Σ α αᵀ, [width, width].</summary>
        public required Span<double> RowGram { get; init; }

        /// <summary>Σ β βᵀ.</summary>
        public required Span<double> ColumnGram { get; init; }

        /// <summary>Σ β αᵀ.</summary>
        public required Span<double> Mixed { get; init; }

        /// <summary>Σ α βᵀ.</summary>
        public required Span<double> MixedTurned { get; init; }

        public required Span<double> RowMean { get; init; }

        public required Span<double> ColumnMean { get; init; }

        public required Span<double> Sums { get; init; }

        /// <summary>u, [tokens].</summary>
        public required Span<double> Own { get; init; }

        /// <summary>m = c ā·b̄.</summary>
        public double Middle { get; init; }
    }
}
