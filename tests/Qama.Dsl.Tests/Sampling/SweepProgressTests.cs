using Qama.Annealing;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>What a caller is told of reads under way.</summary>
public class SweepProgressTests
{
    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(7, 3, null)]
    [InlineData(5, 4, 1.5)]
    public void Every_sweep_of_every_read_is_told(int sweeps, int restarts, double? temperature)
    {
        foreach (ProblemBatch batch in new ProblemBatch[]
        {
            RandomProblems.Batch<PublishedPlan>(2, 1), RandomProblems.Batch<BoundedPlan>(2, 1), FeatureProblems.Batch<ThreeHeads>(2, 1).Factored,
            new QuboProblemBatch(RandomProblems.Qubo(40, 1), RandomProblems.Qubo(40, 2)),
        })
        {
            var progress = new Record();
            SampleSet silent = new(2, 3, batch.VariableCount) { Temperature = temperature };
            SampleSet told = new(2, 3, batch.VariableCount) { Temperature = temperature };
            Sampler(sweeps, restarts, null).Fill(batch, silent, new SamplingKey(4));
            Sampler(sweeps, restarts, progress).Fill(batch, told, new SamplingKey(4));
            Assert.Equal(silent.States(0, 0, 3).ToArray(), told.States(0, 0, 3).ToArray());
            long all = (long)sweeps * (temperature is null ? restarts : 1);
            for (int p = 0; p < 2; p++)
            {
                for (int r = 0; r < 3; r++)
                {
                    Assert.Equal(
                        Enumerable.Range(1, (int)all).Select(s => new SweepProgress(p, r, s, all)),
                        progress.Told.Where(t => t.Problem == p && t.Read == r));
                }
            }

            Assert.Equal(6 * all, progress.Told.Count);
        }
    }

    [Fact]
    public void A_read_can_be_ended_by_what_is_told()
    {
        using var source = new CancellationTokenSource();
        ProblemBatch batch = FeatureProblems.Batch<ManyTokens>(1, 3, dense: false).Factored;
        var progress = new Record { Then = t => { if (t.Sweep == 3) { source.Cancel(); } } };
        Assert.Throws<OperationCanceledException>(() => Sampler(1_000_000, 1, progress)
            .SampleAsync(batch, new SampleSet(1, 1, batch.VariableCount), default, source.Token).AsTask().GetAwaiter().GetResult());
        Assert.Equal(3, progress.Told.Count);
    }

    private static SimulatedAnnealingSampler Sampler(int sweeps, int restarts, Record? progress) =>
        new() { Sweeps = sweeps, Restarts = restarts, Threads = 2, Progress = progress };

    private sealed class Record : IProgress<SweepProgress>
    {
        public List<SweepProgress> Told { get; } = [];

        public Action<SweepProgress> Then { get; init; } = _ => { };

        public void Report(SweepProgress value)
        {
            lock (Told)
            {
                Told.Add(value);
            }

            Then(value);
        }
    }
}
