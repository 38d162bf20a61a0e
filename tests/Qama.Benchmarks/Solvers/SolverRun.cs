using System.Diagnostics;
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

    private readonly SampleSet _result = new(problems.Count, 1, problems.VariableCount);

    public async Task<Measurement> MeasureAsync(Contender contender, int budget)
    {
        ISampler sampler = contender.Create(budget);
        List<double> times = [];
        (double gap, double solved) = (0, 0);
        await WarmUpAsync(sampler);
        long start = Stopwatch.GetTimestamp();
        while (times.Count < LeastRepeats || (times.Count < MostRepeats && Stopwatch.GetElapsedTime(start) < Enough))
        {
            await sampler.SampleAsync(problems, _result, new SamplingKey(1, times.Count));
            times.Add(_result.SamplingTime.TotalMicroseconds / problems.Count);
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

    // Until the JIT has made its best code of it, or a while has passed.
    private async Task WarmUpAsync(ISampler sampler)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round == 0 || Stopwatch.GetElapsedTime(start) < Enough / 2; round++)
        {
            await sampler.SampleAsync(problems, _result, new SamplingKey(2, round));
        }
    }
}
