using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Golden.Tests;

/// <summary>Layers whose couplings are kept as features of query and key compute what those compute whose couplings are written
/// out.</summary>
public class FactoredFormTests
{
    private static double Tolerance => typeof(Number) == typeof(double) ? 1e-10 : 1e-5;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Outputs_energies_and_gradients_are_the_same(long seed, bool shared)
    {
        Compare(new WrittenPatches(seed), new FeaturePatches(seed), shared, LayerMode.Training);
        Compare(new WrittenAlone(seed), new FeatureAlone(seed), shared, LayerMode.Evaluation);
        Compare(new WrittenThrees(seed), new FeatureThrees(seed), shared, LayerMode.Training);
        Compare(new WrittenThrees(seed), new FeatureThrees(seed), shared, LayerMode.Evaluation);
        Compare(new WrittenAttention(seed), new FeatureAttention(seed), shared, LayerMode.Training);
        Compare(new WrittenAttention(seed), new FeatureAttention(seed), shared, LayerMode.Evaluation);
        Compare(new WrittenPlainAttention(seed), new FeaturePlainAttention(seed), shared, LayerMode.Training);
        Compare(new WrittenEntropies(seed), new FeatureEntropies(seed), shared, LayerMode.Training);
        Compare(new WrittenNormalised(seed), new FeatureNormalised(seed), shared, LayerMode.Training);
        Compare(new WrittenNormalised(seed), new FeatureNormalised(seed), shared, LayerMode.Evaluation);
    }

    [Fact]
    public void The_descriptor_says_which_form_and_why()
    {
        Assert.Equal("factored", FeaturePatches.Descriptor.CouplingForm);
        Assert.Equal(1 / Math.Sqrt(5), FeaturePatches.Descriptor.CouplingFactor);
        Assert.Equal("factored", AtCrossover.Descriptor.CouplingForm);
        Assert.Equal("dense because 255 tokens are fewer than 256", BelowCrossover.Descriptor.CouplingForm);
        Assert.Equal("dense because it is declared so", WrittenPatches.Descriptor.CouplingForm);
        Assert.Equal("dense because JensenShannon does not factor", Divergences.Descriptor.CouplingForm);
        Assert.Null(BelowCrossover.Descriptor.CouplingFactor);
        Assert.Equal(0, BelowCrossover.Descriptor.CouplingRank);
        Assert.Equal(5, FeaturePatches.Descriptor.CouplingRank);
        Assert.False(FeaturePatches.Descriptor.ComputesFeatures);
        Assert.Equal(3 + 2, FeatureNormalised.Descriptor.CouplingRank); // (2/√3 q + w∘q)·k, |q|² · 1, 1 · |k|²
        Assert.True(FeatureNormalised.Descriptor.ComputesFeatures);
        Assert.IsType<FactoredProblemBatch<AtCrossover>>(new AtCrossover(1).CreateWorkspace(1).Problems);
        Assert.IsType<AttentionProblemBatch<BelowCrossover>>(new BelowCrossover(1).CreateWorkspace(1).Problems);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_workspace_takes_the_memory_that_is_stated(int threads)
    {
        QuboAttentionLayer<Number>[] layers =
        [
            new WrittenPatches(1), new FeaturePatches(1), new WrittenThrees(1), new FeatureThrees(1), new WrittenNormalised(1),
            new FeatureNormalised(1), new FeatureExpectation(1), new AtCrossover(1), new FirstVersion(1), new SecondVersion(1),
        ];
        foreach (QuboAttentionLayer<Number> layer in layers)
        {
            layer.CreateWorkspace(1, threads);
            foreach (int batch in new[] { 1, 20 })
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                layer.CreateWorkspace(batch, threads);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                // Headers of arrays and small objects come besides; statistics of a normalisation, less than a KiB of a sample.
                long stated = layer.WorkspaceBytes(batch, threads);
                Assert.InRange(allocated, stated, stated + 8_192 + (1_024 * batch));
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => layers[0].WorkspaceBytes(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => layers[0].WorkspaceBytes(1, -1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_layer_that_anneals_with_bfloat16_ends_where_no_flip_lowers_its_energy(long seed)
    {
        var layer = new CompactPatches(seed);
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(1);
        var random = new RandomStream((ulong)seed);
        Number[] input = [.. Enumerable.Range(0, 37 * 10).Select(_ => (Number)random.NextNormal())];
        layer.Forward(input, new Number[input.Length], workspace, new SimulatedAnnealingSampler { Sweeps = 5 });
        byte[] state = workspace.Samples.State(0).ToArray();
        double energy = workspace.Problems.Energy(0, state);
        Assert.Equal(workspace.Samples.Energy(0), energy, 1e-9 * Math.Abs(energy));
        for (int v = 0; v < state.Length; v++)
        {
            state[v] ^= 1;
            Assert.True(workspace.Problems.Energy(0, state) > energy - (1e-6 * Math.Abs(energy)), $"variable {v}");
            state[v] ^= 1;
        }

        int single = new FeaturePatches(seed).CreateWorkspace(1).Problems.ScratchLength;
        Assert.True(workspace.Problems.ScratchLength < single, $"{workspace.Problems.ScratchLength} {single}");
    }

    [Fact]
    public void A_layer_of_65536_tokens_runs_forward_and_backward()
    {
        var layer = new LongSequence(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(1, threads: 1);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(bytes, 1, 65_536L * 1_024 * sizeof(Number) / 4); // a KiB per token in single precision
        var random = new RandomStream(4);
        Number[] input = [.. Enumerable.Range(0, 65_536 * 8).Select(_ => (Number)random.NextNormal())];
        (Number[] output, Number[] gradient) = (new Number[input.Length], new Number[input.Length]);
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler { Sweeps = 3, Threads = 1 });
        double energy = workspace.Problems.Energy(0, workspace.Samples.State(0));
        Assert.Equal(workspace.Samples.Energy(0), energy, 1e-9 * Math.Abs(energy));
        SelectionReport report = workspace.Describe();
        Assert.InRange(report.SelectedShare, 0.01, 0.99);
        layer.Backward(output, gradient, workspace);
        Assert.All(new[] { output, gradient, layer.Parameters["QueryProjection"].Gradient.ToArray() }, numbers =>
        {
            Assert.DoesNotContain(numbers, x => !Number.IsFinite(x));
            Assert.Contains(numbers, x => x != 0);
        });
    }

    [Fact]
    public void Attention_of_16384_tokens_runs_forward_and_backward()
    {
        var layer = new LongAttention(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(1, threads: 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 16_384L * 1_024 * sizeof(Number) / 4);
        var random = new RandomStream(4);
        Number[] input = [.. Enumerable.Range(0, 16_384 * 8).Select(_ => (Number)random.NextNormal())];
        (Number[] output, Number[] gradient) = (new Number[input.Length], new Number[input.Length]);
        byte[] state = [.. Enumerable.Range(0, 2 * 16_384).Select(v => (byte)(v % 397 == 5 ? 1 : 0))];
        layer.Forward(input, output, workspace, new FixedSampler(state));
        layer.Backward(output, gradient, workspace);
        Assert.All(new[] { output, gradient, layer.Parameters["KeyProjection"].Gradient.ToArray() }, numbers =>
        {
            Assert.DoesNotContain(numbers, x => !Number.IsFinite(x));
            Assert.Contains(numbers, x => x != 0);
        });
    }

    [Fact]
    public void A_model_may_have_a_million_tokens()
    {
        Assert.Equal(2_097_152, LongestSequence.VariableCount);
        Assert.Throws<ArgumentException>(() => new AttentionProblemBatch<LongestSequence>(1, [], []));
        Assert.Throws<ArgumentException>(() => LongestSequence.AssembleQubo([], []));
    }

    private static void Compare(QuboAttentionLayer<Number> written, QuboAttentionLayer<Number> features, bool shared, LayerMode mode)
    {
        const int Batch = 3;
        Assert.Null(written.Model.CouplingFactor);
        Assert.NotNull(features.Model.CouplingFactor);
        (int n, int width, int output) = (written.Model.Tokens, written.Model.EmbeddingDim, written.Model.OutputDim);
        int[] counts = [n, n - 1, n / 2];
        var random = new RandomStream(7);
        Number[][] inputs = [.. Enumerable.Range(0, 3).Select(_ => Normal(Batch * n * width))];
        Number[] outputGradient = Normal(Batch * n * output);
        byte[][] states = [.. counts.Select(count => Enumerable.Range(0, written.Model.VariableCount)
            .Select(v => (byte)(v % n < count ? random.NextUInt64() & 1 : 0)).ToArray())];
        var sampler = new FixedSampler(states);

        (LayerWorkspace<Number> ofWritten, Number[][] expected) = Run(written);
        (LayerWorkspace<Number> ofFeatures, Number[][] actual) = Run(features);
        for (int k = 0; k < expected.Length; k++)
        {
            AssertClose(expected[k], actual[k], k == 0 ? "output" : "input gradient");
        }

        for (int p = 0; p < Batch && !written.Model.NormalizesCouplings; p++)
        {
            double energy = ofWritten.Samples.Energy(p);
            Assert.Equal(energy, ofFeatures.Samples.Energy(p), 1e-6 * (1 + Math.Abs(energy)));
        }

        // A softmax does not see what all keys have in common: of some parameters the gradient is rounding of sums of others.
        bool cancels = written.Model.ReadsSimilarity;
        double largest = cancels ? written.Parameters.Max(p => p.Gradient.ToArray().Max(x => Math.Abs((double)x))) : 0;
        foreach (Parameter<Number> buffer in written.Buffers)
        {
            AssertClose(buffer.Value.ToArray(), features.Buffers[buffer.Name].Value.ToArray(), buffer.Name);
        }

        foreach (Parameter<Number> parameter in written.Parameters)
        {
            AssertClose(parameter.Gradient.ToArray(), features.Parameters[parameter.Name].Gradient.ToArray(), parameter.Name, largest);
        }

        foreach ((HeadSelection one, HeadSelection other) in ofWritten.Describe().Heads.Zip(ofFeatures.Describe().Heads))
        {
            Assert.Equal(one.MeanCouplingEnergy, other.MeanCouplingEnergy, 1e-5 * (1 + Math.Abs(one.MeanCouplingEnergy)));
            Assert.Equal(one.MeanFieldEnergy, other.MeanFieldEnergy, 1e-5 * (1 + Math.Abs(one.MeanFieldEnergy)));
        }

        (LayerWorkspace<Number> Workspace, Number[][] Results) Run(QuboAttentionLayer<Number> layer)
        {
            layer.Mode = mode;
            LayerWorkspace<Number> workspace = layer.CreateWorkspace(Batch + 1, threads: 2);
            var result = new Number[Batch * n * output];
            Number[][] gradients = [.. inputs.Select(x => new Number[x.Length])];
            if (shared)
            {
                layer.Forward(inputs[0], result, workspace, sampler, counts);
                layer.Backward(outputGradient, gradients[0], workspace);
            }
            else
            {
                layer.Forward(inputs[0], inputs[1], inputs[2], result, workspace, sampler, counts);
                layer.Backward(outputGradient, gradients[0], gradients[1], gradients[2], workspace);
            }

            return (workspace, [result, .. gradients]);
        }

        Number[] Normal(int length) => [.. Enumerable.Range(0, length).Select(_ => (Number)random.NextNormal())];
    }

    private static void AssertClose(Number[] expected, Number[] actual, string what, double largest = 0)
    {
        double size = Math.Max(largest, expected.Max(x => Math.Abs((double)x)));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs((double)expected[i] - (double)actual[i]) <= Tolerance * (1e-3 + size), $"{what} {i}: {expected[i]} and {actual[i]}");
        }
    }
}
