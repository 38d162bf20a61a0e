namespace Qama.Generators.Tests.Queries;

/// <summary>L = Σ y G with the selections held. Where the output is a mean over reads, each problem's reads are weighted by how probable
/// parameters make them: the derivative has the covariance with the energy, with the divisor R − 1 of an unbiased estimate.</summary>
internal sealed class HeldQueryLoss
{
    private readonly QueryCase _run;
    private readonly double[][] _energies = [];
    private readonly double[][] _losses = [];

    public HeldQueryLoss(QueryCase run)
    {
        _run = run;
        Scale = Output(run.States).Zip(run.OutputGradient, (y, g) => Math.Abs(y * g)).Sum();
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
        double sum = Output(_run.States).Zip(_run.OutputGradient, (y, g) => y * g).Sum();
        if (!_run.Declared.AveragesReads)
        {
            return sum;
        }

        double[][] energies = Energies();
        int reads = _run.Declared.Reads;
        for (int p = 0; p < energies.Length; p++)
        {
            double[] weights = [.. energies[p].Zip(_energies[p], (now, before) => Math.Exp((before - now) / _run.Declared.Temperature))];
            sum += reads / (reads - 1.0) * weights.Zip(_losses[p], (w, l) => w * l).Sum() / weights.Sum();
        }

        return sum;
    }

    private double[] Output(byte[][][] states) => _run.Literal.Forward(_run.Input, states, _run.QueryCounts, _run.KeyCounts);

    private double[][] Energies() => _run.Literal.Energies(_run.Input, _run.States, _run.QueryCounts, _run.KeyCounts);

    /// <summary>Σ y G of each problem and read.</summary>
    private double[][] Losses()
    {
        double[][] byRead = [.. Enumerable.Range(0, _run.Declared.Reads).Select(r =>
            Output([.. _run.States.Select(reads => new[] { reads[r] })]))];
        int width = _run.Declared.OutputDim, tokens = _run.Declared.Tokens;
        return [.. Enumerable.Range(0, _run.States.Length).Select(p => byRead.Select(output =>
        {
            int sample = p / _run.Declared.Problems, block = p % _run.Declared.Problems;
            return Enumerable.Range(0, tokens).Where(i => i / _run.Declared.QueryBlock == block)
                .SelectMany(i => Enumerable.Range(((sample * tokens) + i) * width, width))
                .Sum(k => output[k] * _run.OutputGradient[k]);
        }).ToArray())];
    }
}
