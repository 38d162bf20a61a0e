using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Queries;

/// <summary>The gradient of an estimator from its definition: that of Σ y·G with the selections held, and of −Σ a E(s) over the statistics
/// (a, s) of every problem, which the test gives. Coefficients, norms and projections are those of <see cref="LiteralQueries"/>.</summary>
internal sealed class LiteralQueryEstimator(QueryCase run)
{
    private readonly Dictionary<byte[], double[][]> _real = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Problem, double Factor, byte[] State)> _statistics = [];

    private LiteralQueries Literal => run.LiteralWith(state => _real.GetValueOrDefault(state));

    public void Add(int problem, double factor, byte[] state) => _statistics.Add((problem, factor, state));

    /// <summary>A statistic of real weights, [head][candidate].</summary>
    public void Add(int problem, double factor, double[][] weights)
    {
        var stand = new byte[run.Layer.Model.VariableCount];
        _real[stand] = weights;
        Add(problem, factor, stand);
    }

    /// <summary>What gradients are the derivatives of.</summary>
    public double Value()
    {
        byte[][][] states = [.. run.States.Select((_, p) => _statistics.Where(s => s.Problem == p).Select(s => s.State).ToArray())];
        double[][] energies = Literal.Energies(run.Input, states, run.QueryCounts, run.KeyCounts);
        return Dot(Output()) - energies.Select((e, p) =>
            _statistics.Where(s => s.Problem == p).Zip(e, (s, energy) => s.Factor * energy).Sum()).Sum();
    }

    /// <summary>∂(Σ y·G)/∂s of one read as if the output were the mean of equal reads, [head][candidate], 0 for absent ones.</summary>
    public double[][] Slopes(int problem, int read)
    {
        byte[] state = run.States[problem][read];
        double[][] weights = Weights(state);
        _real[state] = weights;
        double[] here = Output();
        int candidates = run.CandidatesOf(problem);
        double[][] slopes = [.. weights.Select(own => own.Select((_, t) =>
        {
            if (t >= candidates)
            {
                return 0;
            }

            double[] slope = LiteralSlope.Of(Output, here, ref own[t], run.Declared.Readout == ReadoutKind.SelectedAttention);
            return Dot(slope) * run.States[problem].Length; // other reads have no part in it
        }).ToArray())];
        _real.Remove(state);
        return slopes;
    }

    /// <summary>Selection weights of a state, [head][candidate].</summary>
    public double[][] Weights(byte[] state)
    {
        int bits = run.Declared.Bits, most = run.Layer.Model.Problem.Tokens;
        return [.. Enumerable.Range(0, run.Declared.Heads).Select(h => Enumerable.Range(0, most).Select(t =>
            Enumerable.Range(0, bits).Sum(b => state[(((h * most) + t) * bits) + b] << b) / (Math.Pow(2, bits) - 1)).ToArray())];
    }

    /// <summary>What slopes come to for every bit; null for bits of absent candidates.</summary>
    public double?[] Costs(int problem, double[][] slopes)
    {
        int bits = run.Declared.Bits, most = run.Layer.Model.Problem.Tokens, candidates = run.CandidatesOf(problem);
        return [.. Enumerable.Range(0, run.Layer.Model.VariableCount).Select(v => v / bits % most >= candidates
            ? (double?)null
            : slopes[v / bits / most][v / bits % most] * (1 << (v % bits)) / (Math.Pow(2, bits) - 1))];
    }

    private double[] Output() => Literal.Forward(run.Input, run.States, run.QueryCounts, run.KeyCounts);

    private double Dot(double[] output) => output.Zip(run.OutputGradient, (y, g) => y * g).Sum();
}
