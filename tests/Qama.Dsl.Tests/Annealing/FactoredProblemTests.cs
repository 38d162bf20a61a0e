using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Problems whose couplings are kept as features are the same problems as with couplings written out.</summary>
public class FactoredProblemTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Energies_slopes_and_matrices_are_those_of_written_couplings(ulong seed)
    {
        CompareEnergies<SmallFeatures>(seed, 4);
        CompareEnergies<TinyFeatures>(seed, 2);
        CompareEnergies<ThreeHeads>(seed, 3);
        CompareEnergies<OneHead>(seed, 21);
        CompareEnergies<FreeHeads>(seed, 17);
        CompareEnergies<FreeHeads>(seed, 0);
    }

    [Fact]
    public async Task Annealing_finds_the_minima_of_small_problems()
    {
        await FindMinima<SmallFeatures>();
        await FindMinima<ThreeHeads>();
        await FindMinima<OneHead>();
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public async Task A_chain_samples_the_boltzmann_distribution(double temperature)
    {
        // With exclusion strong enough that most of the mixing is due to hand-overs.
        var batch = FeatureProblems.Batch<TinyFeatures>(1, 31).Factored;
        var reads = new SampleSet(1, 20_000, batch.VariableCount) { Temperature = temperature };
        await new SimulatedAnnealingSampler { Sweeps = 40 }.SampleAsync(batch, reads, new SamplingKey(5));
        Boltzmann.AssertDistribution(batch, reads);
    }

    [Fact]
    public async Task A_chain_of_three_heads_samples_the_boltzmann_distribution()
    {
        var batch = FeatureProblems.Batch<ThreeHeads>(1, 32, 0.7f).Factored;
        var reads = new SampleSet(1, 40_000, batch.VariableCount) { Temperature = 1.2 };
        await new SimulatedAnnealingSampler { Sweeps = 60 }.SampleAsync(batch, reads, new SamplingKey(6));
        Boltzmann.AssertDistribution(batch, reads);
    }

    [Fact]
    public async Task Reads_do_not_depend_on_threads_or_on_how_a_batch_is_split()
    {
        var batch = FeatureProblems.Batch<FreeHeads>(3, 8, dense: false).Factored;
        SampleSet one = await Sample(batch, threads: 1, seed: 4), three = await Sample(batch, threads: 3, seed: 4);
        for (int p = 0; p < 3; p++)
        {
            Assert.Equal(one.State(p, 1).ToArray(), three.State(p, 1).ToArray());
            Assert.Equal(batch.Energy(p, one.State(p)), one.Energy(p));
        }
    }

    [Fact]
    public async Task After_many_sweeps_no_flip_lowers_the_energy()
    {
        var batch = FeatureProblems.Batch<ManyTokens>(1, 9, dense: false).Factored;
        var result = new SampleSet(1, 1, batch.VariableCount);
        await new SimulatedAnnealingSampler { Sweeps = 1_000 }.SampleAsync(batch, result, new SamplingKey(1));
        float[] state = [.. result.State(0).ToArray().Select(x => (float)x)];
        var slope = new float[state.Length];
        batch.Slope(0, state, slope);
        double typical = slope.Average(Math.Abs);
        for (int v = 0; v < state.Length; v++)
        {
            // The slope at a selected token has the square of its weight in it, which a flip has not: pairs alone are linear.
            Assert.True((1 - (2 * state[v])) * slope[v] > -1e-3 * typical, $"variable {v}: slope {slope[v]}, typical {typical}");
        }
    }

    [Fact]
    public void The_hot_scale_is_no_less_than_where_agreeing_couplings_order()
    {
        // One head, rank one, q = k: the largest eigenvalue of w J is about w c Σ q², far above what random states show.
        int n = OneHead.Tokens;
        float[] features = [.. Enumerable.Range(0, n).Select(i => 1f + (0.1f * i))];
        var batch = FactoredProblemBatch<FactoredModel<OneHead>>.FromFeatures([(features, features, default)]);
        double expected = 0.8 * LargestEigenvalue(features, features, 0.4) * 0.5 / 0.6;
        Assert.Equal(expected, batch.EnergyScale(0, new float[batch.ScratchLength]).Hot, 0.01 * expected);

        // q = −k: no couplings agree, and the eigenvalue of largest size is negative.
        float[] opposite = [.. features.Select(x => -x)];
        var frustrated = FactoredProblemBatch<FactoredModel<OneHead>>.FromFeatures([(features, opposite, default)]);
        Assert.True(frustrated.EnergyScale(0, new float[batch.ScratchLength]).Hot < expected / 3);
    }

    [Fact]
    public void The_scale_is_that_of_written_couplings_where_they_do_not_agree()
    {
        (FactoredProblemBatch<FactoredModel<FreeHeads>> factored, AttentionProblemBatch<FactoredModel<FreeHeads>>? dense) =
            FeatureProblems.Batch<FreeHeads>(4, 5);
        for (int p = 0; p < 4; p++)
        {
            factored.TokenCounts[p] = dense!.TokenCounts[p] = 13;
            TemperatureScale ours = factored.EnergyScale(p, new float[factored.ScratchLength]);
            TemperatureScale theirs = dense.EnergyScale(p, new float[dense.ScratchLength]);
            Assert.True(ours.Hot >= theirs.Hot * 0.9, $"{ours} {theirs}");
        }
    }

    [Theory]
    [InlineData(1e-12f)]
    [InlineData(1e12f)]
    public async Task The_scale_of_a_problem_does_not_change_what_is_found(float size)
    {
        var ordinary = FeatureProblems.Batch<FreeHeads>(1, 12, 1, dense: false).Factored;
        var scaled = FeatureProblems.Batch<FreeHeads>(1, 12, MathF.ScaleB(1, (int)MathF.Log2(size)), dense: false).Factored;
        Assert.Equal((await Sample(ordinary, 1, 7)).State(0).ToArray(), (await Sample(scaled, 1, 7)).State(0).ToArray());
    }

    [Fact]
    public async Task Every_other_sampler_works_on_features()
    {
        var small = FeatureProblems.Batch<SmallFeatures>(1, 3).Factored;
        var large = FeatureProblems.Batch<TooManyToWriteOut>(1, 3, dense: false).Factored;
        var best = new SampleSet(1, 1, small.VariableCount);
        await new ExactSampler().SampleAsync(small, best, default);
        ISampler[] samplers =
        [
            new TabuSampler { Steps = 200 }, new BifurcationSampler { Steps = 50 }, new CoherentIsingMachineSampler { Steps = 50 },
            new ParallelTemperingSampler { Rounds = 5 }, new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 5 }),
        ];
        foreach (ISampler sampler in samplers)
        {
            var result = new SampleSet(1, 1, small.VariableCount);
            await sampler.SampleAsync(small, result, new SamplingKey(2));
            Assert.Equal(small.Energy(0, result.State(0)), result.Energy(0), 1e-9);
            Assert.True(result.Energy(0) >= best.Energy(0) - 1e-9);
            var big = new SampleSet(1, 1, large.VariableCount);
            await sampler.SampleAsync(large, big, new SamplingKey(2));
            Assert.True(big.Energy(0) < 0, $"{sampler.Name}: {big.Energy(0)}");
        }

        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(
            async () => await new ExactSampler().SampleAsync(large, new SampleSet(1, 1, large.VariableCount), default));
        Assert.Contains("8200 variables", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_samplers_find_what_annealing_finds()
    {
        // Analogue dynamics come within half a percent of the best, as few flips from a random state not as far.
        var batch = FeatureProblems.Batch<MediumFeatures>(2, 21, dense: false).Factored;
        ISampler[] samplers =
        [
            new SimulatedAnnealingSampler { Sweeps = 200 },
            new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 200 }) { TabuSteps = 500 },
            new ParallelTemperingSampler { Rounds = 40 }, new BifurcationSampler { Steps = 500 },
            new CoherentIsingMachineSampler { Steps = 500 }, new TabuSampler { Steps = 4_000 },
        ];
        double[] energies = new double[samplers.Length];
        for (int k = 0; k < samplers.Length; k++)
        {
            var result = new SampleSet(2, 1, batch.VariableCount);
            await samplers[k].SampleAsync(batch, result, new SamplingKey(2));
            energies[k] = result.Energy(0) + result.Energy(1);
        }

        double best = energies.Min();
        for (int k = 0; k < samplers.Length; k++)
        {
            double share = samplers[k] is TabuSampler ? 0.85 : 0.99;
            Assert.True(energies[k] < share * best, $"{samplers[k].Name}: {energies[k]} of {best}");
        }

        Assert.True(energies[1] <= energies[0]);
    }

    [Fact]
    public void Wrong_memory_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new FactoredProblemBatch<FactoredModel<SmallFeatures>>(1, new float[10], new float[32]));
        Assert.Throws<ArgumentException>(() => new FactoredProblemBatch<FactoredModel<SmallFeatures>>(1, new float[192], new float[31]));
        Assert.Throws<ArgumentException>(() => FactoredProblemBatch<FactoredModel<SmallFeatures>>.FromFeatures([]));
        Assert.Throws<ArgumentException>(() => FactoredProblemBatch<FactoredModel<SmallFeatures>>.FromFeatures(
            [(new float[30], new float[29], new float[10])]));
        var batch = new FactoredProblemBatch<FactoredModel<SmallFeatures>>(1, new float[192], new float[32]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Energy(1, new byte[10]));
        Assert.Throws<ArgumentException>(() => batch.Energy(0, new byte[9]));
        Assert.Throws<ArgumentException>(() => batch.Slope(0, new float[9], new float[10]));
        RandomStream random = default;
        Assert.Throws<ArgumentException>(() => batch.Anneal(0, new(1, 1, 1), ref random, new byte[10], new float[3]));
        Assert.Throws<ArgumentException>(() => batch.Anneal(0, new(1, 1, 1), ref random, new byte[9], new float[batch.ScratchLength]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e25f)]
    public async Task A_feature_that_no_energy_can_be_made_of_is_refused(float bad)
    {
        var features = new float[192];
        Array.Fill(features, 1f);
        features[96 + 3] = bad;
        features[0] = 1e15f;
        var batch = new FactoredProblemBatch<FactoredModel<SmallFeatures>>(1, features, new float[32]);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await new SimulatedAnnealingSampler().SampleAsync(batch, new SampleSet(1, 1, 10), default));
    }

    private static async Task FindMinima<TEnergy>()
        where TEnergy : struct, IFeatureEnergy
    {
        var batch = FeatureProblems.Batch<TEnergy>(4, 17).Factored;
        SampleSet exact = new(4, 1, batch.VariableCount), found = new(4, 1, batch.VariableCount);
        await new ExactSampler().SampleAsync(batch, exact, default);
        await new SimulatedAnnealingSampler { Sweeps = 100, Restarts = 10 }.SampleAsync(batch, found, new SamplingKey(3));
        for (int p = 0; p < 4; p++)
        {
            Assert.Equal(exact.Energy(p), found.Energy(p), 1e-9);
        }
    }

    private static void CompareEnergies<TEnergy>(ulong seed, int tokens)
        where TEnergy : struct, IFeatureEnergy
    {
        (FactoredProblemBatch<FactoredModel<TEnergy>> factored, AttentionProblemBatch<FactoredModel<TEnergy>>? dense) =
            FeatureProblems.Batch<TEnergy>(2, seed);
        factored.TokenCounts[1] = dense!.TokenCounts[1] = tokens;
        QuboMatrix ours = factored.ToQubo(1), theirs = dense.ToQubo(1);
        for (int i = 0; i < ours.Size * ours.Size; i++)
        {
            Assert.Equal(theirs.Coefficients[i], ours.Coefficients[i], 1e-6 * (1 + Math.Abs(theirs.Coefficients[i])));
        }

        var random = new RandomStream(seed);
        float[] real = [.. Enumerable.Range(0, factored.VariableCount)
            .Select(v => factored.IsPresent(1, v) ? (float)random.NextDouble() : 0)];
        (float[] slope, float[] expected) = (new float[real.Length], new float[real.Length]);
        factored.Slope(1, real, slope);
        dense.Slope(1, real, expected);
        double typical = 1 + expected.Max(Math.Abs);
        for (int v = 0; v < real.Length; v++)
        {
            Assert.Equal(expected[v], slope[v], 1e-6 * typical);
        }

        for (int p = 0; p < 2; p++)
        {
            byte[] state = FeatureProblems.RandomState(factored, p, seed + 10);
            double energy = dense.Energy(p, state);
            Assert.Equal(energy, factored.Energy(p, state), 1e-6 * (1 + Math.Abs(energy)));
        }
    }

    private static async Task<SampleSet> Sample(ProblemBatch batch, int threads, long seed)
    {
        var result = new SampleSet(batch.Count, 2, batch.VariableCount);
        await new SimulatedAnnealingSampler { Sweeps = 20, Threads = threads }.SampleAsync(batch, result, new SamplingKey(seed));
        return result;
    }

    private static double LargestEigenvalue(float[] query, float[] key, double factor)
    {
        double[] v = [.. query.Select(_ => 1.0)];
        double size = 0;
        for (int step = 0; step < 500; step++)
        {
            double[] image = [.. v.Select((_, i) => Enumerable.Range(0, v.Length).Where(j => j != i)
                .Sum(j => 0.5 * factor * (((double)query[i] * key[j]) + ((double)query[j] * key[i])) * v[j]))];
            size = Math.Sqrt(image.Sum(x => x * x));
            v = [.. image.Select(x => x / size)];
        }

        return size;
    }
}
