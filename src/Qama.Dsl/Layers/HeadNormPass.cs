using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Norms;

namespace Qama.Layers;

/// <summary>
/// One batch on its way through a batch normalisation. Samples are measured in parallel; what they measured is put
/// together in the order of the samples, so results do not depend on threads.
/// </summary>
internal sealed class HeadNormPass<T>(HeadNorm<T> norm, int capacity)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads = norm.Scale.Length;
    private readonly Moments[] _moments = new Moments[checked(capacity * norm.Scale.Length)];
    private readonly Moments[] _total = new Moments[norm.Scale.Length];
    private readonly double[] _mean = new double[norm.Scale.Length];
    private readonly double[] _inverse = new double[norm.Scale.Length];
    private readonly (double Sum, double Projection)[] _gradients =
        new (double, double)[checked(capacity * norm.Scale.Length)];
    private readonly double[] _meanGradient = new double[norm.Scale.Length];
    private readonly double[] _meanProjection = new double[norm.Scale.Length];
    private bool _usesBatch;
    private int _count;

    /// <summary>Measures one sample.</summary>
    public void Measure(int sample, ReadOnlySpan<T> values, in HeadEntries<T> entries)
    {
        var body = new MeasureBody(this, sample, values, default, isGradient: false, entries);
        InnerLoop<MeasureBody>.Run(ref body, _heads, Work(entries));
    }

    /// <summary>Takes what was measured of one sample and head elsewhere.</summary>
    public void Measure(int sample, int head, in Moments moments) => _moments[sample * _heads + head] = moments;

    /// <summary>Mean of the entries of a head, once settled.</summary>
    public double Mean(int head) => _mean[head];

    /// <summary>1 / sqrt(variance + ε).</summary>
    public double Inverse(int head) => _inverse[head];

    /// <summary>What entries are multiplied by after the mean is taken from them.</summary>
    public double Factor(int head) => double.CreateTruncating(norm.Scale.Value[head]) * _inverse[head];

    /// <summary>β.</summary>
    public double Shift(int head) => double.CreateTruncating(norm.Shift.Value[head]);

    /// <summary>Means of g and of g x̂ over the batch, once gradients are put together; 0 where mean and variance are constants.</summary>
    public (double Gradient, double Projection) MeanGradient(int head) => (_meanGradient[head], _meanProjection[head]);

    /// <summary>Takes Σ g and Σ g (x − mean) of one sample and head, measured elsewhere.</summary>
    public void MeasureGradient(int sample, int head, double sum, double product) =>
        _gradients[sample * _heads + head] = (sum, product * _inverse[head]);

    /// <summary>Settles mean and variance: of the batch in training mode, the running ones otherwise.</summary>
    public void Combine(int count, LayerMode mode)
    {
        (_usesBatch, _count) = (mode == LayerMode.Training, count);
        for (int h = 0; h < _heads; h++)
        {
            Moments total = default;
            for (int s = 0; s < count && _usesBatch; s++)
            {
                total += _moments[s * _heads + h];
            }

            _total[h] = total;
            _mean[h] = _usesBatch ? total.Mean : double.CreateTruncating(norm.RunningMean.Value[h]);
            double variance = _usesBatch ? total.BiasedVariance : double.CreateTruncating(norm.RunningVariance.Value[h]);
            _inverse[h] = 1 / Math.Sqrt(variance + BatchNorm.Epsilon);
        }
    }

    /// <summary>Writes one sample normalised; what is not among the entries is copied.</summary>
    public void Normalise(ReadOnlySpan<T> values, in HeadEntries<T> entries, Span<T> result) =>
        Write(values, default, isGradient: false, entries, result);

    /// <summary>Why the batch's statistics must not enter the running ones, which would never get well again; null if
    /// they may.</summary>
    public string? Obstacle()
    {
        for (int h = 0; h < _heads && _usesBatch; h++)
        {
            (T mean, T variance) = Running(h);
            if (T.IsFinite(mean) && T.IsFinite(variance))
            {
                continue;
            }

            int sample = FirstNonFinite(h);
            return sample >= 0 ? $"sample {sample} of the batch has a value in head {h} that is NaN or infinite"
                : T.IsFinite(norm.RunningMean.Value[h]) && T.IsFinite(norm.RunningVariance.Value[h])
                    ? $"values of the batch in head {h} are too large for their variance"
                    : $"the running mean or variance of head {h} is NaN or infinite already";
        }

        return null;
    }

    /// <summary>Lets the batch's statistics into the running ones. A head without two entries leaves the variance
    /// alone.</summary>
    public void UpdateRunningStatistics()
    {
        for (int h = 0; h < _heads && _usesBatch; h++)
        {
            (norm.RunningMean.Value[h], norm.RunningVariance.Value[h]) = Running(h);
        }
    }

    /// <summary>Measures one sample's ∂L/∂y.</summary>
    public void MeasureGradient(int sample, ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, in HeadEntries<T> entries)
    {
        var body = new MeasureBody(this, sample, values, gradient, isGradient: true, entries);
        InnerLoop<MeasureBody>.Run(ref body, _heads, Work(entries));
    }

    /// <summary>Puts the gradient together and adds those of scale and shift to the parameters.</summary>
    /// <param name="count">Samples.</param>
    /// <param name="isFinal">Whether they are added: not while the pass may still fail.</param>
    public void CombineGradients(int count, bool isFinal = true)
    {
        for (int h = 0; h < _heads; h++)
        {
            double sum = 0;
            double projection = 0;
            for (int s = 0; s < count; s++)
            {
                sum += _gradients[s * _heads + h].Sum;
                projection += _gradients[s * _heads + h].Projection;
            }

            if (isFinal)
            {
                norm.Shift.Gradient[h] += T.CreateTruncating(sum);
                norm.Scale.Gradient[h] += T.CreateTruncating(projection);
            }

            bool depends = _usesBatch && _total[h].Count > 0;
            _meanGradient[h] = depends ? sum / _total[h].Count : 0;
            _meanProjection[h] = depends ? projection / _total[h].Count : 0;
        }
    }

    /// <summary>One sample's ∂L/∂x from ∂L/∂y; may be the same memory. What is not among the entries is copied.</summary>
    public void Backward(ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, in HeadEntries<T> entries, Span<T> result) =>
        Write(values, gradient, isGradient: true, entries, result);

    private void Write(
        ReadOnlySpan<T> values, ReadOnlySpan<T> gradient, bool isGradient, in HeadEntries<T> entries, Span<T> result)
    {
        // Where memory is a head's own, its loop copies what is no entry.
        if (!entries.IsOnePiece)
        {
            (isGradient ? gradient : values).CopyTo(result);
        }

        long work = Work(entries);
        int rows = InnerParts.Rows(entries.AllRows, work / _heads, tile: 1);
        var body = new WriteBody(this, values, gradient, isGradient, entries, result, rows);
        InnerLoop<WriteBody>.Run(ref body, _heads * InnerParts.Count(entries.AllRows, rows), work);
    }

    private long Work(in HeadEntries<T> entries) => InnerParts.PerNumber * _heads * entries.AllRows * entries.Length;

    // Heads are measured each for itself, so that sums do not depend on threads.
    private readonly ref struct MeasureBody(
        HeadNormPass<T> pass, int sample, ReadOnlySpan<T> values, ReadOnlySpan<T> gradient, bool isGradient, HeadEntries<T> entries)
        : IInnerBody
    {
        private readonly ReadOnlySpan<T> _values = values;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly HeadEntries<T> _entries = entries;

        public void Run(int index)
        {
            int place = sample * pass._heads + index;
            if (!isGradient)
            {
                pass._moments[place] = BatchNorm.Measure(_values, index, _entries);
            }
            else
            {
                pass._gradients[place] =
                    BatchNorm.MeasureGradient(_gradient, _values, index, _entries, pass._mean[index], pass._inverse[index]);
            }
        }
    }

    private readonly ref struct WriteBody(
        HeadNormPass<T> pass, ReadOnlySpan<T> values, ReadOnlySpan<T> gradient, bool isGradient, HeadEntries<T> entries,
        Span<T> result, int rowsPerPart) : IInnerBody
    {
        private readonly ReadOnlySpan<T> _values = values;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly HeadEntries<T> _entries = entries;
        private readonly Span<T> _result = result;

        public void Run(int index)
        {
            int parts = InnerParts.Count(_entries.AllRows, rowsPerPart);
            (int h, int first) = (index / parts, index % parts * rowsPerPart);
            Range rows = first..Math.Min(first + rowsPerPart, _entries.AllRows);
            if (!isGradient)
            {
                BatchNorm.Normalise(_values, h, _entries, rows, pass._mean[h], pass.Factor(h), pass.Shift(h), _result);
            }
            else
            {
                var statistics = new NormStatistics(
                    pass._mean[h], pass._inverse[h], pass.Factor(h), pass._meanGradient[h], pass._meanProjection[h]);
                BatchNorm.Backward(_gradient, _values, h, _entries, rows, statistics, _result);
            }
        }
    }

    private (T Mean, T Variance) Running(int head)
    {
        (T mean, T variance) = (norm.RunningMean.Value[head], norm.RunningVariance.Value[head]);
        Moments total = _total[head];
        return (
            total.Count > 0 ? Approach(mean, total.Mean) : mean,
            total.Count > 1 ? Approach(variance, total.UnbiasedVariance) : variance);
    }

    private int FirstNonFinite(int head)
    {
        for (int s = 0; s < _count; s++)
        {
            Moments own = _moments[s * _heads + head];
            if (!double.IsFinite(own.Mean) || !double.IsFinite(own.SquaredDeviations))
            {
                return s;
            }
        }

        return -1;
    }

    private static T Approach(T running, double value) => T.CreateTruncating(
        (1 - HeadNorm<T>.Momentum) * double.CreateTruncating(running) + HeadNorm<T>.Momentum * value);
}
