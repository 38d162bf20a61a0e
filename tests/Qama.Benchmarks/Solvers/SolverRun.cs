using System.Diagnostics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Solvers;

/// <summary>Measures one sampler with one budget.</summary>
/// <param name="problems">The problems.</param>
/// <param name="best">Their lowest known energies.</param>
internal sealed class SolverRun(ProblemBatch problems, double[] best)
{
    private const int LeastRepeats = 3;
    private const int MostRepeats = 60;
    private const double Solved = 1e-5;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.6);

    private readonly HashSet<string> _warm = [];
    private readonly SampleSet _result = new(problems.Count, 1, problems.VariableCount);

    public Measurement Measure(Contender contender, int budget)
    {
        ISampler sampler = contender.Create(budget);
        List<double> times = [];
        (double gap, double solved) = (0, 0);
        WarmUp(sampler);
        long start = Stopwatch.GetTimestamp();
        while (times.Count < LeastRepeats || (times.Count < MostRepeats && Stopwatch.GetElapsedTime(start) < Enough))
        {
            times.Add(Time(sampler, new SamplingKey(1, times.Count)) / problems.Count);
            for (int p = 0; p < problems.Count; p++)
            {
                double relative = (_result.Energy(p) - best[p]) / Math.Abs(best[p]);
                gap += relative;
                solved += relative <= Solved ? 1 : 0;
            }
        }

        int runs = times.Count * problems.Count;
        times.Sort();
        return new(contender.Name, budget, contender.Unit, gap / runs, solved / runs, times[times.Count / 2], times.Count);
    }

    // Until the JIT has made its best code of it, which takes a while the first time, more on a busy machine.
    private void WarmUp(ISampler sampler)
    {
        TimeSpan enough = _warm.Add(sampler.Name) ? 4 * Enough : Enough / 2;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round == 0 || Stopwatch.GetElapsedTime(start) < enough; round++)
        {
            Time(sampler, new SamplingKey(2, round));
        }
    }

    // Simulators on one thread have finished when they return, so this thread's clock counts their work.
    private double Time(ISampler sampler, SamplingKey key)
    {
        double start = ThreadClock.Microseconds;
        sampler.Finish(problems, _result, key);
        return ThreadClock.Microseconds - start;
    }
}
