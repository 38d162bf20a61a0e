using System.Collections.Concurrent;
using Qama.Annealing;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>What annealing and tempering tell while they run.</summary>
public class AnnealingTraceTests
{
    private const int Restarts = 3;
    private const int Sweeps = 20;

    private readonly ConcurrentDictionary<(int Problem, int Read), List<(int Step, double Energy)>> _seen = new();

    [Fact]
    public void Annealing_tells_the_lowest_energy_after_every_sweep()
    {
        foreach (ProblemBatch batch in new ProblemBatch[]
        {
            RandomProblems.Batch<PublishedPlan>(2, 1), RandomProblems.Batch<BoundedPlan>(2, 1),
            new QuboProblemBatch(RandomProblems.Qubo(40, 1), RandomProblems.Qubo(40, 2)),
        })
        {
            Traced(batch, Annealer(Trace), Annealer(null), Restarts * Sweeps);
        }
    }

    [Fact]
    public void Tempering_tells_the_lowest_energy_after_every_round() => Traced(
        RandomProblems.Batch<PublishedPlan>(2, 1), new ParallelTemperingSampler { Rounds = 15, Trace = Trace },
        new ParallelTemperingSampler { Rounds = 15 }, 15);

    [Fact]
    public void Nothing_is_told_at_a_temperature()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(1, 1);
        var result = new SampleSet(1, 1, batch.VariableCount) { Temperature = 1 };
        Annealer(Trace).Fill(batch, result);
        new ParallelTemperingSampler { Rounds = 3, Trace = Trace }.Fill(batch, result);
        Assert.Empty(_seen);
    }

    private void Traced(ProblemBatch batch, ISampler telling, ISampler silent, int steps)
    {
        _seen.Clear();
        SampleSet expected = new(2, 2, batch.VariableCount), result = new(2, 2, batch.VariableCount);
        silent.Fill(batch, expected, new SamplingKey(4));
        telling.Fill(batch, result, new SamplingKey(4));
        Assert.Equal(4, _seen.Count);
        for (int p = 0; p < 2; p++)
        {
            double[] ends = [.. _seen.Where(s => s.Key.Problem == p).Select(s => s.Value[^1].Energy).Order()];
            for (int r = 0; r < 2; r++)
            {
                Assert.Equal(expected.State(p, r).ToArray(), result.State(p, r).ToArray());
            }

            Assert.True(result.Energy(p) <= ends[0] + 1e-6); // the descent at the end is no sweep
        }

        Assert.All(_seen.Values, trace =>
        {
            Assert.Equal(Enumerable.Range(1, steps), trace.Select(t => t.Step));
            Assert.Equal(trace.Select(t => t.Energy).OrderDescending(), trace.Select(t => t.Energy));
        });
    }

    private void Trace(int problem, int read, int step, double energy) =>
        _seen.GetOrAdd((problem, read), _ => []).Add((step, energy));

    private static SimulatedAnnealingSampler Annealer(EnergyTrace? trace) =>
        new() { Sweeps = Sweeps, Restarts = Restarts, Threads = 2, Trace = trace };
}
