using Qama.Cim.Emulator;
using Qama.Cim.Transport;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim.Tests;

/// <summary>A selection of two keys at most for every query; keys interact.</summary>
[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[LearnedCoupling(Initial = double.NaN, Weight = 0.3)]
[Sparsity(AtMost = 2)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QueryAttention;

/// <summary>Blocks of two queries that select among the keys in front of them.</summary>
[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Query, QueryBlock = 2)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 2)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class CausalQueryAttention;

/// <summary>Blocks of two tokens beside the three that each head keeps.</summary>
[QuboAttention(Tokens = 12, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 2, Memory = 3)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueNorm, Weight = 0.5)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryAttention;

/// <summary>Blocks of three tokens that stay selected for good, two of each at most.</summary>
[QuboAttention(Tokens = 12, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 3)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueNorm, Weight = 0.5)]
[Sparsity(AtMost = 2)]
[Readout(ReadoutKind.LocalEnergy)]
public sealed partial class FrozenAttention;

/// <summary>Layers with several problems of a sample on the machine.</summary>
public class ScopeTests
{
    private const int Samples = 3, FineBits = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Problems_of_all_queries_share_tasks_and_come_back_as_the_exact_ones(ulong seed)
    {
        await CheckQueriesAsync(new QueryAttention(3), seed, counts: [8, 8, 8]);
        await CheckQueriesAsync(new QueryAttention(3), seed, counts: [8, 5, 1]);
        await CheckQueriesAsync(new CausalQueryAttention(3), seed, counts: [8, 8, 8]);
        await CheckQueriesAsync(new CausalQueryAttention(3), seed, counts: [8, 5, 1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Blocks_of_a_causal_layer_are_sent_one_after_another_one_task_for_all_samples(ulong seed)
    {
        // With a memory a block has a problem where a token comes after it, as every block but the last.
        await CheckBlocksAsync(new MemoryAttention(3), seed, counts: [12, 12, 12], problems: 5);
        await CheckBlocksAsync(new MemoryAttention(3), seed, counts: [5, 9, 1], problems: 4);
        await CheckBlocksAsync(new FrozenAttention(3), seed, counts: [12, 12, 12], problems: 3);
        await CheckBlocksAsync(new FrozenAttention(3), seed, counts: [0, 7, 4], problems: 2);
    }

    private static async Task CheckQueriesAsync(QuboAttentionLayer<float> layer, ulong seed, int[] counts)
    {
        (float[] exact, LayerWorkspace<float> reference) = Exact(layer, seed, counts);
        await using Client client = await StartAsync();
        LayerWorkspace<float> workspace = layer.CreateWorkspace(Samples);
        var output = new float[exact.Length];
        await layer.ForwardAsync(Input(layer, seed), output, workspace, client.Sampler, counts);

        Assert.Equal(reference.Problems.Count, workspace.Problems.Count);
        for (int p = 0; p < workspace.Problems.Count; p++)
        {
            Assert.True(workspace.Problems.IsFeasible(p, workspace.Samples.State(p)));
            Assert.Equal(reference.Samples.Energy(p), workspace.Samples.Energy(p));
        }

        Assert.Equal(exact, output);
        CimStatistics statistics = client.Sampler.Statistics;
        Assert.Equal(workspace.Problems.Count, statistics.Problems);
        Assert.Equal(statistics.Tasks, client.Emulator.Accepted);

        // Problems of at most so many spins leave less than that free in every task but the last.
        CimPlan plan = await client.Sampler.PlanAsync(workspace.Problems);
        int largest = plan.Problems.Max(p => p.SpinCount);
        Assert.InRange(client.Emulator.Accepted, 1, 1 + (plan.Problems.Sum(p => p.SpinCount) / (550 - largest)));
    }

    private static async Task CheckBlocksAsync(QuboAttentionLayer<float> layer, ulong seed, int[] counts, int problems)
    {
        (float[] exact, LayerWorkspace<float> reference) = Exact(layer, seed, counts);
        await using Client client = await StartAsync();
        LayerWorkspace<float> workspace = layer.CreateWorkspace(Samples);
        var output = new float[exact.Length];
        await layer.ForwardAsync(Input(layer, seed), output, workspace, client.Sampler, counts);
        Assert.Equal(exact, output);
        Assert.Equal(problems * Samples, client.Sampler.Statistics.Problems);
        Assert.InRange(client.Emulator.Accepted, 1, problems);

        // What is known is not sent again.
        int accepted = client.Emulator.Accepted;
        await layer.ForwardAsync(Input(layer, seed), output, workspace, client.Sampler, counts);
        Assert.Equal(accepted, client.Emulator.Accepted);
        Assert.Equal(exact, output);
    }

    /// <summary>A machine that finds optima of numbers fine enough to keep them: what is left is how problems get there and back.</summary>
    private static Task<Client> StartAsync() => Client.StartAsync(
        new EmulatorOptions { Bits = FineBits, Solver = new ComponentSolver() },
        Client.Fast with
        {
            Machine = CimMachine.Cpqc550 with { Limits = CimMachine.Cpqc550.Limits with { Bits = FineBits } },
            Precision = new PrecisionOptions { MaxFieldSpins = 1 },
        });

    private static (float[] Output, LayerWorkspace<float> Workspace) Exact(QuboAttentionLayer<float> layer, ulong seed, int[] counts)
    {
        LayerWorkspace<float> workspace = layer.CreateWorkspace(Samples);
        float[] input = Input(layer, seed), output = new float[input.Length];
        layer.Forward(input, output, workspace, new ExactSampler(), counts);
        return (output, workspace);
    }

    private static float[] Input(QuboAttentionLayer<float> layer, ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, Samples * layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ => (float)random.NextNormal())];
    }
}
