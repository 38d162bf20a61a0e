using Qama.Benchmarks.Settings;
using Qama.Benchmarks.Solvers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Peers;

/// <summary>Time to an aim on problems of trained layers; microseconds of processor time per problem, null where no budget
/// was enough.</summary>
/// <param name="Problems">The problems.</param>
/// <param name="Solver">The solver, with its setting.</param>
/// <param name="Coarse">To a mean gap of 0.2 %.</param>
/// <param name="Fine">To a mean gap of 0.1 %.</param>
/// <param name="Solved">To the best-known energy on 90 % of problems.</param>
/// <param name="Slowest">Time of the largest budget.</param>
/// <param name="Gap">Mean gap with the largest budget.</param>
internal sealed record PeerTime(
    string Problems, string Solver, double? Coarse, double? Fine, double? Solved, double Slowest, double Gap);

/// <summary>Our annealing with its defaults beside dwave-samplers' on problems of trained layers. The peer's temperatures are
/// chosen on the problems for tuning; those for validation are measured, in turns.</summary>
internal static class AttentionPeers
{
    private const double LeastGap = 1e-7;
    private const double Solved = 1e-5;
    private const int Repeats = 4;

    private static readonly (int Sweeps, int Reads)[] _trials = [(30, 1), (100, 1), (300, 1), (1000, 1), (1000, 4)];

    private static readonly (int Sweeps, int Reads)[] _peer =
    [
        (10, 1), (20, 1), (40, 1), (80, 1), (160, 1), (320, 1), (1000, 1), (1000, 3), (1000, 10), (1000, 30), (1000, 100),
    ];

    public static List<PeerTime> Measure(FileInfo program)
    {
        (double Hot, double Cold) setting = Tune(program);
        SettingsFamily ours = SettingsFamily.For(isModel: true).Single(f => f.Name == SettingsFamily.AnnealingName);
        List<PeerTime> found = [];
        foreach (ProblemGroup group in ProblemGroup.All.Where(g => g.IsModel && g.IsValidation))
        {
            ProblemBatch problems = group.Create().Single();
            using var peer = new DWaveAnnealing(program, problems);
            var result = new SampleSet(problems.Count, 1, problems.VariableCount);
            var best = new double[problems.Count];
            Array.Fill(best, double.PositiveInfinity);
            ISampler search = new PolishedSampler(
                new SimulatedAnnealingSampler { Sweeps = 1000, Restarts = 100, Threads = 1 })
            { TabuSteps = 100_000, Threads = 1 };
            Ours(search, 3);
            List<PeerPoint> mine = [], theirs = [];
            for (int b = 0; b < Math.Max(ours.Budgets.Length, _peer.Length); b++)
            {
                if (b < ours.Budgets.Length)
                {
                    ISampler sampler = ours.Settings[0].Create(ours.Budgets[b].Length, ours.Budgets[b].Restarts);
                    Median.Warm(() => Ours(sampler, 2), b == 0 ? 1 : 0.1);
                    mine.Add(new([.. Enumerable.Range(0, Repeats).Select(k => Ours(sampler, 10 + k))]));
                }

                if (b < _peer.Length)
                {
                    theirs.Add(new([.. Enumerable.Range(0, Repeats).Select(
                        k => peer.Run(_peer[b].Sweeps, _peer[b].Reads, (ulong)(1000 * (k + 1)), setting))]));
                }
            }

            foreach (PeerPoint point in mine.Concat(theirs))
            {
                point.Lower(best);
            }

            found.Add(Summarise(group.Name, "Qama, defaults", mine, best));
            found.Add(Summarise(
                group.Name, FormattableString.Invariant($"dwave-samplers, {setting.Hot} to {setting.Cold}"), theirs, best));

            (double[] Energies, double Microseconds) Ours(ISampler sampler, long key)
            {
                double start = ThreadClock.Microseconds;
                sampler.Finish(problems, result, new SamplingKey(key));
                double time = ThreadClock.Microseconds - start;
                double[] energies = [.. Enumerable.Range(0, problems.Count).Select(p => problems.Energy(p, result.State(p)))];
                for (int p = 0; p < best.Length; p++)
                {
                    best[p] = Math.Min(best[p], energies[p]);
                }

                return (energies, time / problems.Count);
            }
        }

        return found;
    }

    /// <summary>The temperatures with which the peer is fastest on the problems for tuning: least geometric mean, over the
    /// groups, of the times to the three aims, where an aim that is not reached counts twice the largest budget.</summary>
    private static (double Hot, double Cold) Tune(FileInfo program)
    {
        var cost = DWaveAnnealing.Settings.ToDictionary(s => s, _ => 0.0);
        foreach (ProblemGroup group in ProblemGroup.All.Where(g => g.IsModel && !g.IsValidation))
        {
            ProblemBatch problems = group.Create().Single();
            using var peer = new DWaveAnnealing(program, problems);
            var best = new double[problems.Count];
            Array.Fill(best, double.PositiveInfinity);
            var points = cost.Keys.ToDictionary(s => s, s => _trials.Select(
                t => new PeerPoint([.. Enumerable.Range(0, 3).Select(
                    k => peer.Run(t.Sweeps, t.Reads, (ulong)(7000 * (k + 1)), s))])).ToList());
            foreach (PeerPoint point in points.Values.SelectMany(p => p))
            {
                point.Lower(best);
            }

            foreach (((double, double) setting, List<PeerPoint> list) in points)
            {
                PeerTime time = Summarise(group.Name, "", list, best);
                cost[setting] += new[] { time.Coarse, time.Fine, time.Solved }.Sum(t => Math.Log(t ?? 2 * time.Slowest));
            }
        }

        return cost.MinBy(c => c.Value).Key;
    }

    private static PeerTime Summarise(string problems, string solver, List<PeerPoint> points, double[] best)
    {
        (double Gap, double Unsolved, double Time)[] seen =
        [
            .. points.Select(p => (p.Gaps(best).Average(), p.Gaps(best).Average(g => g > Solved ? 1.0 : 0), p.Time)),
        ];
        var gaps = new GapCurve(seen.Select(p => (Math.Max(p.Gap, LeastGap), p.Time)));
        var unsolved = new GapCurve(seen.Select(p => (Math.Max(p.Unsolved, LeastGap), p.Time)));
        return new(
            problems, solver, gaps.TimeToReach(0.002), gaps.TimeToReach(0.001), unsolved.TimeToReach(0.1),
            seen.Max(p => p.Time), seen[^1].Gap);
    }

    /// <summary>What one budget found, in several runs.</summary>
    private sealed record PeerPoint(List<(double[] Energies, double Microseconds)> Runs)
    {
        public double Time => Median.Of(Runs.Select(r => r.Microseconds));

        public void Lower(double[] best)
        {
            foreach ((double[] energies, _) in Runs)
            {
                for (int p = 0; p < best.Length; p++)
                {
                    best[p] = Math.Min(best[p], energies[p]);
                }
            }
        }

        public IEnumerable<double> Gaps(double[] best) => Runs.SelectMany(r => r.Energies.Select((energy, p) =>
            energy <= best[p] ? 0 : Math.Min(1, (energy - best[p]) / Math.Max(Math.Abs(best[p]), double.Epsilon))));
    }
}
