using Qama.Benchmarks.Solvers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Settings;

/// <summary>Measures the settings of samplers on one group of problems, in turns, on one thread.</summary>
internal sealed class SettingsRun
{
    private const int LeastRepeats = 3;
    private const int MostRepeats = 12;
    private const double EnoughMicroseconds = 20_000; // of one setting and budget
    private const double LeastGap = 1e-7; // what stands for none in a curve
    private const double Solved = 1e-5;

    private readonly ProblemGroup _group;
    private readonly IReadOnlyList<ProblemBatch> _batches;
    private readonly SampleSet[] _results;
    private readonly double[] _best;

    public SettingsRun(ProblemGroup group)
    {
        (_group, _batches) = (group, group.Create());
        _results = [.. _batches.Select(b => new SampleSet(b.Count, 1, b.VariableCount))];
        _best = new double[_batches.Sum(b => b.Count)];
        Array.Fill(_best, double.PositiveInfinity);
        // What the best-known energies start from: annealing and tabu search, longer than what is measured.
        var annealing = new SimulatedAnnealingSampler { Sweeps = 1000, Restarts = 30, Threads = 1 };
        Time(new PolishedSampler(annealing) { TabuSteps = 30_000, Threads = 1 }, new SamplingKey(3));
    }

    /// <summary>All families; a sampler's energies count for the best-known ones of all.</summary>
    public IReadOnlyList<SettingsMeasurement> Measure(IReadOnlyList<SettingsFamily> families)
    {
        List<(SettingsFamily Family, int Setting, Trial[] Trials)> all = [];
        foreach (SettingsFamily family in families)
        {
            Trial[][] trials = [.. family.Budgets.Select(budget => MeasureInTurns(family, budget))];
            all.AddRange(family.Settings.Select((_, s) => (family, s, trials.Select(t => t[s]).ToArray())));
        }

        return [.. all.Select(a => Summarise(a.Family, a.Setting, a.Trials))];
    }

    private Trial[] MeasureInTurns(SettingsFamily family, (int Length, int Restarts) budget)
    {
        ISampler[] samplers = [.. family.Settings.Select(s => s.Create(budget.Length, budget.Restarts))];
        Trial[] trials = [.. samplers.Select(_ => new Trial())];
        Median.Warm(() => Time(samplers[0], new SamplingKey(2)), budget == family.Budgets[0] ? 0.3 : 0);
        for (int repeat = 0; repeat < MostRepeats; repeat++)
        {
            for (int s = 0; s < samplers.Length; s++)
            {
                trials[s].Add(Time(samplers[s], new SamplingKey(1, repeat)), _results);
            }

            if (repeat + 1 >= LeastRepeats && trials[0].Microseconds > EnoughMicroseconds)
            {
                break;
            }
        }

        return trials;
    }

    private double Time(ISampler sampler, SamplingKey key)
    {
        double start = ThreadClock.Microseconds;
        for (int b = 0; b < _batches.Count; b++)
        {
            sampler.Finish(_batches[b], _results[b], key);
        }

        double time = ThreadClock.Microseconds - start;
        int next = 0;
        foreach (SampleSet result in _results)
        {
            for (int p = 0; p < result.Capacity; p++, next++)
            {
                _best[next] = Math.Min(_best[next], result.Energy(p));
            }
        }

        return time;
    }

    private SettingsMeasurement Summarise(SettingsFamily family, int setting, Trial[] trials)
    {
        List<(double Gap, double Unsolved, double Time)> points = [.. trials.Select(t => t.Point(_best))];
        var gaps = new GapCurve(points.Select(p => (Math.Max(p.Gap, LeastGap), p.Time)));
        var unsolved = new GapCurve(points.Select(p => (Math.Max(p.Unsolved, LeastGap), p.Time)));
        return new(
            family.Name, family.Settings[setting].Name, setting == 0, _group.Name, _group.IsModel, _group.IsValidation,
            gaps.TimeToReach(0.002), gaps.TimeToReach(0.001), unsolved.TimeToReach(0.1), points.Max(p => p.Time),
            points[^1].Gap);
    }

    /// <summary>One setting with one budget.</summary>
    private sealed class Trial
    {
        private readonly List<double> _times = [];
        private readonly List<double[]> _energies = [];

        public double Microseconds => _times.Sum();

        public void Add(double time, SampleSet[] results)
        {
            _times.Add(time);
            _energies.Add([.. results.SelectMany(r => Enumerable.Range(0, r.Capacity).Select(p => r.Energy(p)))]);
        }

        public (double Gap, double Unsolved, double Time) Point(double[] best)
        {
            double[] gaps = [.. _energies.SelectMany(e => e.Select((energy, p) => Gap(energy, best[p])))];
            return (gaps.Average(), gaps.Average(g => g > Solved ? 1.0 : 0), Median.Of(_times) / best.Length);
        }

        // Where nothing selected is best, the energy is 0: any other state is a whole gap away.
        private static double Gap(double energy, double best) =>
            energy <= best ? 0 : Math.Min(1, (energy - best) / Math.Max(Math.Abs(best), double.Epsilon));
    }
}
