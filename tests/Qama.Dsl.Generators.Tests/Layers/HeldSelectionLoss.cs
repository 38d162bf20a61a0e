namespace Qama.Generators.Tests.Layers;

/// <summary>
/// L = Σ y G as a function of inputs and parameters, with the selections held. Where the output is an expectation, reads are
/// weighted by how probable parameters make them, exp(−(E − E₀)/T): its derivative is the mean of the reads' derivatives
/// minus their covariance with the energy's over T, here with the divisor R − 1 of an unbiased estimate.
/// </summary>
internal sealed class HeldSelectionLoss
{
    private readonly LayerCase<double> _run;
    private readonly double[][] _energies = [];
    private readonly double[][] _losses = [];

    public HeldSelectionLoss(LayerCase<double> run)
    {
        _run = run;
        Scale = run.Forward().Zip(run.OutputGradient, (y, g) => Math.Abs(y * g)).Sum();
        if (run.Declared.AveragesReads)
        {
            _energies = Energies();
            _losses = Losses();
        }
    }

    /// <summary>Σ |y G|: what rounding errors of the loss are relative to.</summary>
    public double Scale { get; }

    public double Value()
    {
        double direct = _run.Forward().Zip(_run.OutputGradient, (y, g) => y * g).Sum();
        if (!_run.Declared.AveragesReads)
        {
            return direct;
        }

        double[][] energies = Energies();
        int reads = _run.Declared.Reads;
        for (int b = 0; b < _run.Batch; b++)
        {
            double[] weights = [.. energies[b].Zip(_energies[b], (now, before) => Math.Exp((before - now) / _run.Declared.Temperature))];
            direct += reads / (reads - 1.0) * weights.Zip(_losses[b], (w, l) => w * l).Sum() / weights.Sum();
        }

        return direct;
    }

    private double[][] Energies() => _run.Literal.Energies(_run.Input, _run.States, _run.TokenCounts);

    /// <summary>Σ y G of each sample and read.</summary>
    private double[][] Losses()
    {
        int length = _run.OutputGradient.Length / _run.Batch;
        double[][] byRead = [.. Enumerable.Range(0, _run.Declared.Reads).Select(r =>
            _run.Literal.Forward(_run.Input, [.. _run.States.Select(reads => new[] { reads[r] })], _run.TokenCounts))];
        return [.. Enumerable.Range(0, _run.Batch).Select(b => byRead.Select(output =>
            Enumerable.Range(b * length, length).Sum(k => output[k] * _run.OutputGradient[k])).ToArray())];
    }
}
