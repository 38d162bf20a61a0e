using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Problems;

/// <summary>What samplers see of a problem whose couplings are kept as features is what they see of written
/// couplings.</summary>
public class StructuredFeaturesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Products_rows_sizes_slopes_and_matrices_are_those_of_written_couplings(ulong seed)
    {
        Compare<WindowedFeatures>(seed, null);
        Compare<WindowedFeatures>(seed, 11);
        Compare<WindowedFeatures>(seed, 3);
        Compare<WindowedFeatures>(seed, 0);
        Compare<BlockedWeights>(seed, null);
        Compare<BlockedWeights>(seed, 6);
        Compare<BlockedWeights>(seed, 1);
        Compare<PartitionedFeatures>(seed, null);
        Compare<PartitionedFeatures>(seed, 5);
        Compare<BandedWeights>(seed, null);
        Compare<BandedWeights>(seed, 20);
        Compare<FarFeatures>(seed, 200);
    }

    [Fact]
    public void Sizes_of_many_tokens_are_estimated_from_some_rows()
    {
        var batch = new FeatureBatch<FarFeatures>(3);
        (StructuredEnergy features, StructuredEnergy written) = (new(), new());
        batch.WriteStructure(0, features);
        written.Load<DeclaredPlan<FarFeatures>>(batch.Written);
        double expected = written.FieldDeviation<Register512<float>>();
        Assert.Equal(expected, features.FieldDeviation<Register512<float>>(), 0.1 * expected);
    }

    [Fact]
    public void Every_sampler_finds_the_minimum_of_a_small_problem()
    {
        FindMinimum<WindowedFeatures>(7);
        FindMinimum<BlockedWeights>(2);
        FindMinimum<PartitionedFeatures>(8);
        FindMinimum<BandedWeights>(3);
    }

    [Fact]
    public void Descents_end_where_no_flip_lowers_the_literal_energy()
    {
        EndInMinimum<WindowedFeatures>(19);
        EndInMinimum<BlockedWeights>(11);
        EndInMinimum<PartitionedFeatures>(8);
        EndInMinimum<BandedWeights>(30);
        EndInMinimum<FarFeatures>(512);
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(-20)]
    [InlineData(20)]
    [InlineData(40)]
    public void The_scale_of_features_does_not_change_what_is_found(int exponent)
    {
        byte[] expected = Search(0), found = Search(exponent);
        Assert.Equal(expected, found);

        static byte[] Search(int exponent)
        {
            var batch = FeatureProblems.Batch<FreeHeads>(1, 12, MathF.ScaleB(1, exponent), dense: false).Factored;
            var result = new SampleSet(1, 1, batch.VariableCount);
            new TabuSampler { Steps = 300 }.Fill(batch, result, new SamplingKey(4));
            byte[] tabu = result.State(0).ToArray();
            new BifurcationSampler { Steps = 200 }.Fill(batch, result, new SamplingKey(4));
            return [.. tabu, .. result.State(0)];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memory_grows_with_tokens_not_with_their_pairs(bool flips)
    {
        var batch = new FeatureBatch<LongFeatures>(5, written: false);
        var result = new SampleSet(1, 1, batch.VariableCount);
        ISampler[] samplers = flips
            ? [new TabuSampler { Steps = 3, Threads = 1 }]
            :
            [
                new BifurcationSampler { Steps = 3, Threads = 1 },
                new CoherentIsingMachineSampler { Steps = 3, Threads = 1, Descent = false },
            ];
        long before = GC.GetAllocatedBytesForCurrentThread(); // one thread is the caller
        foreach (ISampler sampler in samplers)
        {
            sampler.Fill(batch, result);
        }

        // Features, planes and rows, none of which is 16,384 · 16,384 floats, a GiB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 2 * 1024 * 1024,
            samplers.Length * 64L * 1024 * 1024);
    }

    private static void Compare<TEnergy>(ulong seed, int? tokenCount)
        where TEnergy : struct, IPairsOfFeatures<TEnergy>
    {
        var batch = new FeatureBatch<TEnergy>(seed, tokenCount);
        QuboMatrix ours = batch.ToQubo(0),
            theirs = new FeatureBatch<TEnergy>(seed, tokenCount) { HidesFeatures = true }.ToQubo(0);
        Equal(theirs.Coefficients.ToArray(), ours.Coefficients.ToArray(), 1e-6, "coefficient");
        Assert.Equal(theirs.Offset, ours.Offset, 1e-9);
        (StructuredEnergy features, StructuredEnergy written) = (new(), new());
        features.Load<DeclaredPlan<TEnergy>>(batch.Features);
        written.Load<DeclaredPlan<TEnergy>>(batch.Written);
        CompareStructures<Register512<float>>(seed, features, written);
        CompareStructures<Registers256<float>>(seed, features, written);
        CompareStructures<Registers128<float>>(seed, features, written);

        var random = new RandomStream(seed);
        float[] state = [.. Enumerable.Range(0, batch.VariableCount).Select(v => batch.IsPresent(0, v)
            ? (float)random.NextDouble() : 0)];
        (var slope, var expected) = (new float[state.Length], new float[state.Length]);
        features.Slope(state, slope);
        written.Slope(state, expected);
        Equal([.. expected], [.. slope], 1e-6, "slope");
    }

    private static unsafe void CompareStructures<TVector>(ulong seed, StructuredEnergy features,
        StructuredEnergy written)
        where TVector : struct, IVector<TVector, float>
    {
        var random = new RandomStream(seed);
        int length = features.PlaneLength;
        using var memory = new Native(5 * length);
        float* x = memory.Start;
        byte[] bits = [.. Enumerable.Range(0, features.VariableCount).Select(_ => (byte)random.NextInt32(2))];
        features.ToPlanes(bits, x);
        double energy = features.Costs<TVector>(x, x + length), expected = written.Costs<TVector>(x, x + (2 * length));
        Assert.Equal(expected, energy, 1e-5 * (1 + Math.Abs(expected)));
        Equal(Plane(2), Plane(1), 3e-6, "cost");
        for (int h = 0; h < features.Heads; h++)
        {
            for (int i = 0; i < features.TokenCount; i++)
            {
                // Written rows have penalties of absent tokens too, which nothing reads.
                float[] row = new ReadOnlySpan<float>(features.Row(h, i), features.Stride).ToArray();
                Equal(new ReadOnlySpan<float>(written.Row(h, i), features.TokenCount).ToArray(),
                    row[..features.TokenCount], 1e-6, "row");
                Assert.DoesNotContain(row[features.TokenCount..], x => x != 0);
            }
        }

        double deviation = written.FieldDeviation<TVector>();
        if (features.TokenCount < 128 && features.TokenCount == features.Tokens)
        {
            Assert.Equal(deviation, features.FieldDeviation<TVector>(), 1e-5 * (1 + deviation));
        }

        for (int i = 0; i < features.TokenCount; i++)
        {
            // Of the order of the rounding of written couplings, never far below it, and below its own bound.
            double rounding = features.SquaredRounding<TVector>(0, i);
            Assert.InRange(rounding, 0.5 * written.SquaredRounding<TVector>(0, i), features.LargestSquaredRounding);
        }

        double[] Plane(int number) => [.. new ReadOnlySpan<float>(x + (number * length), length)];
    }

    private static void FindMinimum<TEnergy>(int tokenCount)
        where TEnergy : struct, IPairsOfFeatures<TEnergy>
    {
        var batch = new FeatureBatch<TEnergy>(11, tokenCount);
        var exact = new SampleSet(1, 1, batch.VariableCount);
        new ExactSampler().Fill(batch, exact);
        ISampler[] samplers =
        [
            new TabuSampler { Restarts = 5 },
            new BifurcationSampler { Restarts = 20 },
            new BifurcationSampler { Restarts = 20, AuxiliarySpin = true },
            new BifurcationSampler { Restarts = 20, Variant = BifurcationVariant.Ballistic },
            new CoherentIsingMachineSampler { Restarts = 20 },
            new CoherentIsingMachineSampler { Restarts = 20, Limits = new MachineLimits(200, 14) },
            new ParallelTemperingSampler(),
            new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 50 }) { TabuSteps = 200 },
        ];
        foreach (ISampler sampler in samplers)
        {
            var result = new SampleSet(1, 1, batch.VariableCount);
            sampler.Fill(batch, result, new SamplingKey(3));
            Assert.Equal(batch.Energy(0, result.State(0)), result.Energy(0), 1e-9);
            double rounding = sampler is CoherentIsingMachineSampler { Limits: not null }
                ? 0.02 * Math.Abs(exact.Energy(0)) : 1e-5;
            Assert.True(
                result.Energy(0) <= exact.Energy(0) + rounding,
                $"{typeof(TEnergy).Name}, {sampler.Name}: {result.Energy(0)}, {exact.Energy(0)}");
        }
    }

    private static void EndInMinimum<TEnergy>(int tokenCount)
        where TEnergy : struct, IPairsOfFeatures<TEnergy>
    {
        var batch = new FeatureBatch<TEnergy>(12, tokenCount);
        var random = new RandomStream(8);
        byte[] start = [.. Enumerable.Range(0, batch.VariableCount).Select(v =>
            (byte)(batch.IsPresent(0, v) ? random.NextInt32(2) : 0))];
        (SampleSet result, SampleSet expected) = (new(1, 1, batch.VariableCount), new(1, 1, batch.VariableCount));
        new PolishedSampler(new FixedSampler([start])).Fill(batch, result);
        new PolishedSampler(new FixedSampler([start])).Fill(new FeatureBatch<TEnergy>(12,
            tokenCount)
        { HidesFeatures = true }, expected);
        Assert.Equal(expected.State(0).ToArray(), result.State(0).ToArray());

        // Some flips are enough of many.
        byte[] state = result.State(0).ToArray();
        double energy = batch.Energy(0, state);
        for (int v = 0; v < state.Length; v += 1 + (state.Length / 200))
        {
            if (batch.IsPresent(0, v))
            {
                state[v] ^= 1;
                Assert.True(batch.Energy(0, state) >= energy - (1e-5 * Math.Abs(energy)),
                    $"{typeof(TEnergy).Name}: variable {v}");
                state[v] ^= 1;
            }
        }
    }

    private static void Equal(double[] expected, double[] actual, double tolerance, string what)
    {
        double size = 1 + expected.Select(Math.Abs).DefaultIfEmpty().Max();
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance * size,
                $"{what} {k}: {expected[k]}, {actual[k]}");
        }
    }

    private static void Equal(float[] expected, float[] actual, double tolerance, string what) =>
        Equal(expected.Select(x => (double)x).ToArray(), actual.Select(x => (double)x).ToArray(), tolerance, what);

    private sealed unsafe class Native : IDisposable
    {
        public Native(int length) =>
            Start = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);

        public float* Start { get; }

        public void Dispose() => System.Runtime.InteropServices.NativeMemory.AlignedFree(Start);
    }
}
