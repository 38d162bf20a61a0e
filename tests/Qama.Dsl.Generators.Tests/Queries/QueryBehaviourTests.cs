using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Queries;

/// <summary>What a user counts on: nothing depends on later tokens, on threads or on how a batch is split; marginals are those of the
/// distribution.</summary>
public class QueryBehaviourTests
{
    private const int Tokens = 12, Width = 6;

    private static readonly string[] _sources =
    [
        Declare("Single", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), LearnedCoupling, Field(Importance.ValueProjection), Sparsity(AtMost = 3), Readout(ReadoutKind.SelectedAttention)"),
        Declare("Blocks", "Select(Per = SelectionScope.Query, QueryBlock = 3, Unit = 2), Mask(MaskPattern.Causal), HeadExclusion(Weight = 0.2), LongRange(MinDistance = 3, Weight = 0.1)"),
        "[QuboAttention(Tokens = 12, EmbeddingDim = 6, Preset = Preset.Boltzmann), Heads(2)] public sealed partial class Boltzmann;",
        Small("Short", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), LearnedCoupling, Field(Importance.ValueProjection), Sparsity(AtMost = 3), Readout(ReadoutKind.SelectedAttention)"),
        Small("Fields", "Select(Per = SelectionScope.Query), Field(Importance.ValueProjection), Sparsity(AtMost = 3)"),
        Declare("Soft", "Select(Per = SelectionScope.Query, Unit = 2), Sparsity(AtMost = 4), Sparsity(AtLeast = 3, Slack = SlackKind.Unbalanced, Weight = 1.5)"),
        Small("Free", "Select(Per = SelectionScope.Query, QueryBlock = 2), Field(Importance.ValueNorm), SoftSelection(Curvature = 0.4)"),
        Declare("Leaking", "Select(Per = SelectionScope.Query, QueryBlock = 3), Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)"),
        "[QuboAttention(Tokens = 5, KeyTokens = 9, EmbeddingDim = 6), Heads(2), Select(Per = SelectionScope.Query, QueryBlock = 2), HeadExclusion(Weight = 0.3)] public sealed partial class Cross;",
        "[QuboAttention(Tokens = 3, EmbeddingDim = 6), Heads(1), Select(Per = SelectionScope.Query), LearnedCoupling, Readout(ReadoutKind.MarginalAttention, Reads = 4000, Temperature = 0.7)] public sealed partial class Marginal;",
    ];

    private static readonly Lazy<CompiledQueries<float>> _compiled = new(() => new CompiledQueries<float>(_sources));

    [Theory]
    [InlineData("Single")]
    [InlineData("Blocks")]
    [InlineData("Boltzmann")]
    public void Behind_a_causal_mask_nothing_depends_on_later_tokens(string name)
    {
        QuboAttentionLayer<float> layer = Create(name);
        Assert.Equal(0, Leaks(layer));

        // The gradient of an output towards later inputs is exactly 0.
        for (int query = 0; query < Tokens; query++)
        {
            LayerWorkspace<float> workspace = layer.CreateWorkspace(1);
            float[] input = Input(1), gradient = new float[input.Length], outputGradient = new float[Tokens * Width];
            outputGradient.AsSpan(query * Width, Width).Fill(1);
            layer.Forward(input, new float[outputGradient.Length], workspace, new SimulatedAnnealingSampler());
            layer.Backward(outputGradient, gradient, workspace);
            Assert.All(gradient[((query + 1) * Width)..], g => Assert.Equal(0, g));
            Assert.Contains(gradient[(query * Width)..((query + 1) * Width)], g => g != 0);
        }
    }

    [Fact]
    public void Without_a_mask_the_same_measurement_finds_leaks() => Assert.True(Leaks(Create("Leaking")) > 0);

    [Theory]
    [InlineData("Single")]
    [InlineData("Blocks")]
    [InlineData("Boltzmann")]
    public void Results_depend_neither_on_threads_nor_on_the_split_of_a_batch(string name)
    {
        QuboAttentionLayer<float> layer = Create(name);
        int length = Tokens * Width;
        float[] input = Input(5), whole = new float[input.Length], gradient = new float[input.Length];
        LayerWorkspace<float> workspace = layer.CreateWorkspace(5, threads: 1);
        workspace.Key = new SamplingKey(9, 4, 20);
        layer.Forward(input, whole, workspace, new SimulatedAnnealingSampler { Threads = 1 });
        layer.Parameters.ZeroGradients();
        layer.Backward(whole, gradient, workspace);
        float[][] parameters = [.. layer.Parameters.Select(p => p.Gradient.ToArray())];

        LayerWorkspace<float> other = layer.CreateWorkspace(5, threads: 3);
        other.Key = workspace.Key;
        float[] again = new float[input.Length], gradientAgain = new float[input.Length];
        layer.Forward(input, again, other, new SimulatedAnnealingSampler { Threads = 2 });
        layer.Parameters.ZeroGradients();
        layer.Backward(whole, gradientAgain, other);
        Assert.Equal(whole, again);
        Assert.Equal(gradient, gradientAgain);
        Assert.All(layer.Parameters.Zip(parameters), pair => Assert.Equal(pair.Second, pair.First.Gradient.ToArray()));

        for (int first = 0, count = 2; first < 5; first += count, count = 3)
        {
            other.Key = workspace.Key with { FirstSample = 20 + first };
            var part = new float[count * length];
            layer.Forward(input.AsSpan(first * length, count * length), part, other, new SimulatedAnnealingSampler());
            Assert.Equal(whole.AsSpan(first * length, count * length).ToArray(), part);
        }
    }

    [Fact]
    public void Marginals_are_those_of_the_enumerated_distribution()
    {
        QuboAttentionLayer<float> layer = Create("Marginal");
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1);
        float[] input = [.. Enumerable.Range(0, 3 * Width).Select(i => MathF.Sin(i * 1.7f))];
        layer.Forward(input, new float[3 * Width], workspace, new SimulatedAnnealingSampler { Sweeps = 30 });
        for (int p = 0; p < 3; p++)
        {
            byte[][] states = [.. Enumerable.Range(0, 8).Select(code => new[] { (byte)(code & 1), (byte)((code >> 1) & 1), (byte)(code >> 2) })];
            double[] weights = [.. states.Select(s => Math.Exp(-workspace.Problems.Energy(p, s) / 0.7))];
            for (int v = 0; v < 3; v++)
            {
                double expected = states.Zip(weights, (s, w) => s[v] * w).Sum() / weights.Sum();
                double actual = Enumerable.Range(0, 4000).Average(r => (double)workspace.Samples.State(p, r)[v]);
                Assert.Equal(expected, actual, 0.05); // 6 standard deviations
            }
        }
    }

    [Theory]
    [InlineData("Short")]
    [InlineData("Blocks")]
    [InlineData("Cross")]
    [InlineData("Fields")]
    [InlineData("Soft")]
    [InlineData("Free")]
    public void Annealed_selections_are_the_enumerated_optima(string name)
    {
        QuboAttentionLayer<float> layer = Create(name);
        LayerWorkspace<float> workspace = Run(layer, new SimulatedAnnealingSampler { Sweeps = 300, Restarts = 4 });
        LayerWorkspace<float> exact = Run(layer, new ExactSampler());
        for (int p = 0; p < workspace.Problems.Count; p++)
        {
            Assert.True(workspace.Problems.IsFeasible(p, exact.Samples.State(p)));
            Assert.Equal(exact.Samples.Energy(p), workspace.Samples.Energy(p), 1e-4);
        }

        SelectionReport report = workspace.Describe(exact.Samples);
        Assert.Equal(workspace.Problems.Count, report.Problems);
        Assert.Equal(0, report.InfeasibleShare);
        Assert.Equal(0, report.MeanGap!.Value, 1e-4);
        Assert.Equal(
            report.MeanEnergy, Enumerable.Range(0, report.Problems).Average(p => workspace.Samples.Energy(p)), 1e-6);
    }

    [Theory]
    [InlineData("Single")]
    [InlineData("Blocks")]
    [InlineData("Cross")]
    public void A_problem_is_exported_as_a_QUBO_of_the_same_energies(string name)
    {
        LayerWorkspace<float> workspace = Run(Create(name), new SimulatedAnnealingSampler());
        for (int p = 0; p < workspace.Problems.Count; p++)
        {
            var qubo = workspace.Problems.ToQubo(p);
            byte[] state = [.. workspace.Samples.State(p)];
            double least = Enumerable.Range(0, 1 << workspace.Problems.SlackCount).Min(slack =>
                qubo.Energy([.. state, .. Enumerable.Range(0, workspace.Problems.SlackCount).Select(b => (byte)((slack >> b) & 1))]));
            Assert.Equal(workspace.Problems.Energy(p, state), least, 1e-4);
        }
    }

    [Theory]
    [InlineData("Single")]
    [InlineData("Blocks")]
    [InlineData("Boltzmann")]
    public void The_bytes_of_a_workspace_are_what_it_says(string name)
    {
        QuboAttentionLayer<float> layer = Create(name);
        layer.CreateWorkspace(1, 1);
        foreach ((int batch, int threads) in new[] { (1, 1), (40, 1), (40, 3) })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            layer.CreateWorkspace(batch, threads);
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(taken, layer.WorkspaceBytes(batch, threads) - 8192, layer.WorkspaceBytes(batch, threads) + 16384);
        }
    }

    [Fact]
    public void Separate_lengths_are_checked()
    {
        QuboAttentionLayer<float> layer = Create("Cross");
        LayerWorkspace<float> workspace = layer.CreateWorkspace(2);
        float[] query = new float[2 * 5 * Width], key = new float[2 * 9 * Width], output = new float[2 * 5 * Width];
        var sampler = new SimulatedAnnealingSampler();
        Assert.Contains(
            "KeyTokens", Assert.Throws<InvalidOperationException>(() => layer.Forward(query, output, workspace, sampler)).Message, StringComparison.Ordinal);
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => layer.Forward(query, query, key, output, workspace, sampler)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => layer.Forward(query, key, query, output, workspace, sampler)).ParamName);
        Assert.Equal("keyTokenCounts", Assert.Throws<ArgumentException>(() => layer.Forward(query, key, key, output, workspace, sampler, [5, 5], [9, 10])).ParamName);
        layer.Forward(query, key, key, output, workspace, sampler, [5, 4], [9, 0]);
        Assert.All(output[(5 * Width)..], y => Assert.Equal(0, y));
        Assert.Equal("keyGradient", Assert.Throws<ArgumentException>(() => layer.Backward(output, query, query, key, workspace)).ParamName);
        layer.Backward(output, query, key, new float[key.Length], workspace);

        QuboAttentionLayer<float> same = Create("Single");
        Assert.Equal("keyTokenCounts", Assert.Throws<ArgumentException>(() => same.Forward(
            Input(1), Input(1), Input(1), new float[Tokens * Width], same.CreateWorkspace(1), sampler, default, [3])).ParamName);
    }

    private static string Declare(string name, string attributes) =>
        $"[QuboAttention(Tokens = {Tokens}, EmbeddingDim = {Width}), Heads(2), {attributes}] public sealed partial class {name};";

    /// <summary>Of tokens few enough for every selection of every query to be enumerated.</summary>
    private static string Small(string name, string attributes) =>
        $"[QuboAttention(Tokens = 8, EmbeddingDim = {Width}), Heads(2), {attributes}] public sealed partial class {name};";

    private static QuboAttentionLayer<float> Create(string name)
    {
        QuboAttentionLayer<float> layer = _compiled.Value.Create(name, 5);
        var random = new Random(8);
        foreach (Parameter<float> parameter in layer.Parameters)
        {
            foreach (ref float value in parameter.Value)
            {
                value += (float)(random.NextDouble() - 0.5);
            }
        }

        return layer;
    }

    private static float[] Input(int batch, int tokens = Tokens) =>
        [.. Enumerable.Range(0, batch * tokens * Width).Select(i => MathF.Sin((i * 1.3f) + 0.4f) + MathF.Cos(i * i * 0.01f))];

    private static LayerWorkspace<float> Run(QuboAttentionLayer<float> layer, ISampler sampler)
    {
        LayerWorkspace<float> workspace = layer.CreateWorkspace(2);
        ModelDescriptor model = layer.Model;
        float[] query = Input(2, model.Tokens), key = Input(2, model.KeyTokens);
        layer.Forward(query, key, key, new float[2 * model.Tokens * model.OutputDim], workspace, sampler);
        return workspace;
    }

    /// <summary>Outputs in front of a token that change with it, of all tokens.</summary>
    private static int Leaks(QuboAttentionLayer<float> layer)
    {
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1);
        float[] input = Input(1), before = new float[Tokens * Width], after = new float[Tokens * Width];
        layer.Forward(input, before, workspace, new SimulatedAnnealingSampler());
        int leaks = 0;
        for (int token = 1; token < Tokens; token++)
        {
            float[] changed = [.. input];
            for (int e = 0; e < Width; e++)
            {
                changed[(token * Width) + e] = -3 * changed[(token * Width) + e] + e;
            }

            layer.Forward(changed, after, workspace, new SimulatedAnnealingSampler());
            leaks += Enumerable.Range(0, token * Width).Count(k => before[k] != after[k]);
            Assert.NotEqual(before[(token * Width)..], after[(token * Width)..]);
        }

        return leaks;
    }
}
