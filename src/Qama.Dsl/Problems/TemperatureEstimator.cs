using Qama.Numerics;

namespace Qama.Problems;

/// <summary>
/// Estimates temperatures by maximum pseudo-likelihood; keeps its memory, so that an estimate of a size it has seen
/// allocates nothing.
/// </summary>
/// <remarks>
/// Given all others, a variable has the value it has with probability σ(βd), where d is what its flip costs. So the
/// score of a read is
/// U = Σ_v d σ(−βd), its information I = Σ_v d² σ(βd) σ(−βd), and β solves Σ U = 0: a falling function with one root,
/// if there are
/// d of both signs. Σ I says how steep it is, but not how much it varies, since the terms of one read depend on each
/// other; reads do not.
/// </remarks>
internal sealed class TemperatureEstimator : ParallelJob
{
    /// <summary>Flips that are looked at unless told otherwise.</summary>
    public const int DefaultLimit = 1 << 23;

    private const int CostsPerCall = 1 << 20; // of one worker
    private const int MostSteps = 200;

    private ProblemBatch _problems = null!;
    private SampleSet _samples = null!;
    private double[] _costs = []; // [problems, reads, kept], in units of the largest once that is known
    private double[] _scores = []; // [problems, reads]
    private double[] _information = []; // [problems, reads]
    private double[][] _memory = []; // of each worker
    private int _stride; // one of so many variables of a read is looked at
    private int _kept; // costs kept of a read, at most
    private double _beta;
    private bool _collects;

    /// <summary>Estimates the temperature of the reads of a batch whose arguments have been checked.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="samples">Their reads.</param>
    /// <param name="threads">Threads, at least 1. Results do not depend on it.</param>
    /// <param name="limit">Flips to look at: of reads that have more, every k-th variable, from one read to the next
    /// another one.</param>
    public TemperatureEstimate Estimate(ProblemBatch problems, SampleSet samples, int threads, long limit = DefaultLimit)
    {
        (_problems, _samples) = (problems, samples);
        try
        {
            Reserve(threads, limit);
            _collects = true;
            WorkerPool.Shared.Run(this, problems.Count, threads);
            _collects = false;
            (double beta, double error) = Solve(threads);
            return new TemperatureEstimate(beta, error, samples.ReadCount, problems.Count);
        }
        finally
        {
            (_problems, _samples) = (null!, null!);
        }
    }

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        if (_collects)
        {
            Collect(index, worker);
        }
        else
        {
            AddUp(index);
        }
    }

    private void Reserve(int threads, long limit)
    {
        int variables = _problems.VariableCount;
        long rows = (long)_problems.Count * _samples.ReadCount;
        _stride = (int)Math.Clamp((((rows * variables) - 1) / limit) + 1, 1, Math.Max(1, variables));
        _kept = variables == 0 ? 0 : ((variables - 1) / _stride) + 1;
        Grow(ref _costs, rows * _kept);
        Grow(ref _scores, rows);
        Grow(ref _information, rows);
        if (_memory.Length < threads)
        {
            int had = _memory.Length;
            Array.Resize(ref _memory, threads);
            _memory.AsSpan(had).Fill([]);
        }
    }

    private static void Grow(ref double[] memory, long length)
    {
        if (memory.LongLength < length)
        {
            memory = new double[length];
        }
    }

    private void Collect(int problem, int worker)
    {
        (int reads, int variables) = (_samples.ReadCount, _problems.VariableCount);
        int most = Math.Clamp(CostsPerCall / Math.Max(1, variables), 1, reads);
        Grow(ref _memory[worker], (long)most * variables);
        for (int first = 0; first < reads; first += most)
        {
            int count = Math.Min(most, reads - first);
            Span<double> costs = _memory[worker].AsSpan(0, count * variables);
            _problems.FlipCosts(problem, _samples.States(problem, first, count), costs);
            for (int r = 0; r < count; r++)
            {
                int row = (problem * reads) + first + r;
                Span<double> kept = Row(row);
                kept.Clear();
                ReadOnlySpan<double> own = costs.Slice(r * variables, variables);
                for (int k = 0, v = row % _stride; v < variables; k++, v += _stride)
                {
                    kept[k] = own[v];
                }
            }
        }
    }

    private Span<double> Row(int row) => _costs.AsSpan((int)((long)row * _kept), _kept);

    // Scores and information of a problem's reads.
    private void AddUp(int problem)
    {
        int reads = _samples.ReadCount;
        for (int row = problem * reads; row < (problem + 1) * reads; row++)
        {
            (double score, double information) = (0, 0);
            foreach (double cost in Row(row))
            {
                if (cost != 0)
                {
                    // σ(−z) and σ(z) σ(−z) without overflow.
                    double z = _beta * cost;
                    double tail = Math.Exp(-Math.Abs(z));
                    double rare = tail / (1 + tail);
                    score += cost * (z > 0 ? rare : 1 - rare);
                    information += cost * cost * rare * (1 - rare);
                }
            }

            (_scores[row], _information[row]) = (score, information);
        }
    }

    private (double Score, double Information) Sums(double beta, int threads)
    {
        _beta = beta;
        WorkerPool.Shared.Run(this, _problems.Count, threads);
        (double score, double information) = (0, 0);
        for (int row = 0; row < _problems.Count * _samples.ReadCount; row++)
        {
            score += _scores[row];
            information += _information[row];
        }

        return (score, information);
    }

    private (double Beta, double Error) Solve(int threads)
    {
        Findings findings = Look();
        if (findings.Falling == 0 || findings.Rising == 0)
        {
            double limit = findings.Rising > 0 ? double.PositiveInfinity
                : findings.Falling > 0 ? double.NegativeInfinity : double.NaN;
            return (limit, double.NaN);
        }

        double unit = PowerOfTwo.Inverse(findings.Largest);
        foreach (ref double cost in _costs.AsSpan(0, _problems.Count * _samples.ReadCount * _kept))
        {
            cost *= unit;
        }

        double beta = Root(threads);
        (_, double information) = Sums(beta, threads);
        double error = findings.Falling == 1 || findings.Rising == 1
            ? double.PositiveInfinity
            : Jackknife(information, findings.Informative);
        return (beta * unit, error * unit);
    }

    // Newton's method, kept between the ends of the interval that the root is known to be in.
    private double Root(int threads)
    {
        (double beta, double low, double high) = (0, double.NegativeInfinity, double.PositiveInfinity);
        for (int step = 0; step < MostSteps; step++)
        {
            (double score, double information) = Sums(beta, threads);
            if (score == 0)
            {
                break;
            }

            (low, high) = score > 0 ? (beta, high) : (low, beta);
            double next = Next(beta, score, information, low, high);
            double change = Math.Abs(next - beta);
            beta = next;
            if (change <= 1e-13 * Math.Abs(beta) || change * Math.Sqrt(information) <= 1e-11)
            {
                break;
            }
        }

        return beta;
    }

    private static double Next(double beta, double score, double information, double low, double high)
    {
        double newton = beta + (score / information);
        return newton > low && newton < high ? newton
            : double.IsFinite(low) && double.IsFinite(high) ? low + (0.5 * (high - low))
            : (2 * beta) + Math.Sign(score);
    }

    // Without read c, β moves by −U_c / (I − I_c). Few reads may be alike by chance, which must not look like
    // certainty: no less than the
    // error of as many independent variables.
    private double Jackknife(double information, int informative)
    {
        double squares = 0;
        for (int row = 0; row < _problems.Count * _samples.ReadCount; row++)
        {
            double change = _scores[row] / (information - _information[row]);
            squares += change * change;
        }

        return Math.Sqrt(Math.Max(squares * (informative - 1) / informative, 1 / information));
    }

    private Findings Look()
    {
        var findings = default(Findings);
        for (int row = 0; row < _problems.Count * _samples.ReadCount; row++)
        {
            (bool rises, bool falls) = (false, false);
            foreach (double cost in Row(row))
            {
                rises |= cost > 0;
                falls |= cost < 0;
                findings.Largest = Math.Max(findings.Largest, Math.Abs(cost));
            }

            findings.Rising += rises ? 1 : 0;
            findings.Falling += falls ? 1 : 0;
            findings.Informative += rises || falls ? 1 : 0;
        }

        return findings;
    }

    /// <summary>The number of reads of which some flip raises the energy, of which some lowers it, of which some does
    /// either; the largest
    /// change.</summary>
    private struct Findings
    {
        public int Rising;
        public int Falling;
        public int Informative;
        public double Largest;
    }
}
