using Qama.Annealing;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Long problems, whose sweeps several threads share: the decisions are those of a scalar chain in the same order, whatever the
/// registers and however many the threads.</summary>
[Collection(Alone.Name)] // the threads of the pool are free
[Trait("Registers", "All")]
public class LongSweepTests
{
    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(9, null, 1)]
    [InlineData(35, null, 2)]
    [InlineData(40, 0.5, 1)]
    public void Long_problems_are_annealed_bit_for_bit(int sweeps, double? temperature, int restarts)
    {
        AnnealingSchedule schedule = new(sweeps, 1.5, 0.05, temperature, restarts);
        Compare<ThreeHeads>(schedule, ThreeHeads.Tokens);
        Compare<SmallFeatures>(schedule, SmallFeatures.Tokens);
        Compare<OneHead>(schedule, OneHead.Tokens);
        Compare<FreeHeads>(schedule, FreeHeads.Tokens);
        Compare<CompactHeads>(schedule, 36);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(33)]
    public void Parts_without_tokens_are_annealed_bit_for_bit(int tokens)
    {
        Compare<FreeHeads>(new(5, 0.6, 0.07), tokens);
        Compare<CompactHeads>(new(5, 0.6, 0.07), tokens);
    }

    [Fact]
    public void Many_tokens_are_annealed_bit_for_bit()
    {
        Compare<ManyTokens>(new(4, 0.6, 0.07, null, 2), 1_090);
        Compare<ManyCompactTokens>(new(3, 0.6, 0.07), 1_090);
        Compare<SeveralParts>(new(4, 0.6, 0.07), 1_299);
    }

    [Theory]
    [InlineData(1.2, 6UL)]
    [InlineData(4, 7UL)]
    public void A_long_chain_samples_the_boltzmann_distribution(double temperature, ulong seed)
    {
        FactoredProblemBatch<FactoredModel<ThreeHeads>> batch = FeatureProblems.Batch<ThreeHeads>(1, 32, 0.7f).Factored;
        var reads = new SampleSet(1, 40_000, batch.VariableCount) { Temperature = temperature };
        var scratch = new float[batch.ScratchLength];
        var key = new SamplingKey((long)seed);
        for (int r = 0; r < reads.ReadCount; r++)
        {
            RandomStream random = key.Stream(0, r);
            FactoredChain<DeclaredPlan<ThreeHeads>, Register512<float>>.Run(
                batch.View(0), new(60, 1, 1, temperature), ref random, reads.State(0, r), scratch, longTokens: 0);
        }

        Boltzmann.AssertDistribution(batch, reads);
    }

    [Fact]
    public async Task Threads_within_a_read_do_not_change_it()
    {
        foreach (ProblemBatch batch in new ProblemBatch[]
        {
            FeatureProblems.Batch<LongHeads>(2, 5, dense: false).Factored, FeatureProblems.Batch<LongCompactHeads>(2, 5, dense: false).Factored,
        })
        {
            SampleSet[] results = new SampleSet[4];
            for (int threads = 1; threads <= 4; threads++)
            {
                SampleSet result = results[threads - 1] = new(2, 1, batch.VariableCount);
                await new SimulatedAnnealingSampler { Sweeps = 5, Restarts = 2, Threads = threads }
                    .SampleAsync(batch, result, new SamplingKey(8));
                Assert.Equal(results[0].State(0).ToArray(), result.State(0).ToArray());
                Assert.Equal(results[0].State(1).ToArray(), result.State(1).ToArray());
            }
        }
    }

    [Fact]
    public async Task A_long_read_on_several_threads_can_be_cancelled()
    {
        ProblemBatch batch = FeatureProblems.Batch<LongHeads>(1, 6, dense: false).Factored;
        for (int sweep = 1; sweep < 6; sweep++)
        {
            using var source = new CancellationTokenSource();
            var stop = new Stop(source, sweep);
            var sampler = new SimulatedAnnealingSampler { Sweeps = 1_000_000, Threads = 3, Progress = stop };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sampler
                .SampleAsync(batch, new SampleSet(1, 1, batch.VariableCount), new SamplingKey(8), source.Token).AsTask());
        }
    }

    // Cancels from another thread, within the sweep that follows.
    private sealed class Stop(CancellationTokenSource source, int sweep) : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value)
        {
            if (value.Sweep == sweep)
            {
                source.CancelAfter(TimeSpan.FromMilliseconds(sweep));
            }
        }
    }

    private static void Compare<TEnergy>(AnnealingSchedule schedule, int tokens)
        where TEnergy : struct, IFeatureEnergy
    {
        var workers = new Workers();
        for (int threads = 1; threads <= 3; threads++)
        {
            workers.Run(() => Compare<TEnergy, Register512<float>>(schedule, tokens), threads);
        }

        workers.Run(() => Compare<TEnergy, Registers256<float>>(schedule, tokens), 3);
        workers.Run(() => Compare<TEnergy, Registers128<float>>(schedule, tokens), 2);
    }

    private static void Compare<TEnergy, TVector>(AnnealingSchedule schedule, int tokens)
        where TEnergy : struct, IFeatureEnergy
        where TVector : struct, IVector<TVector, float>
    {
        FactoredProblemBatch<FactoredModel<TEnergy>> batch = FeatureProblems.Batch<TEnergy>(1, 41, dense: false).Factored;
        batch.TokenCounts[0] = tokens;
        var scratch = new float[batch.ScratchLength];
        Array.Fill(scratch, float.NaN);
        RandomStream vector = new SamplingKey(6).Stream(2);
        RandomStream scalar = vector;
        var actual = new byte[batch.VariableCount];
        FactoredChain<DeclaredPlan<TEnergy>, TVector>.Run(batch.View(0), schedule, ref vector, actual, scratch, longTokens: 0);
        TemperatureScale scale = FactoredChain<DeclaredPlan<TEnergy>, TVector>.EnergyScale(batch.View(0), scratch, longTokens: 0);
        byte[] expected = new FactoredScalarChain<DeclaredPlan<TEnergy>>(batch.View(0), scale, isLong: true).Run(schedule, ref scalar);
        Assert.Equal(expected, actual);
        Assert.Equal(scalar.NextUInt64(), vector.NextUInt64());
    }

    // A body with a number of threads for loops inside.
    private sealed class Workers : ParallelJob
    {
        private Action _body = () => { };

        public void Run(Action body, int threads)
        {
            _body = body;
            WorkerPool.Shared.Run(this, 1, threads);
        }

        public override void Execute(int index, int worker) => _body();
    }
}
