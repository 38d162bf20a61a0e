namespace Qama.Tests.Layers;

/// <summary>Batch normalisation of one channel, as the paper writes it.</summary>
internal sealed class LiteralBatchNorm(IReadOnlyCollection<double> values, double scale, double shift)
{
    private readonly double _mean = values.Average();
    private readonly double _variance = values.Average(v => Math.Pow(v - values.Average(), 2));

    public double RunningMean(double before) => 0.9 * before + 0.1 * _mean;

    public double RunningVariance(double before) => 0.9 * before + 0.1 * _variance * values.Count / (values.Count - 1);

    public double Of(double value) => scale * (value - _mean) / Math.Sqrt(_variance + 1e-5) + shift;
}
