using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Serving;
using Qama.Tool.Tests.Inspecting;
using Qama.Tool.Weighing;

namespace Qama.Tool.Tests.Serving;

/// <summary>Problems with other weights: with the declared ones they are the layer's own; with others they are what the parts
/// say.</summary>
public sealed class WeighedProblemTests
{
    public static TheoryData<Type> Kinds =>
        [typeof(SmallGrid), typeof(EveryPart), typeof(Dense), typeof(Factored), typeof(PerQuery), typeof(Outer.Perturbed), typeof(Sampled)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void With_declared_weights_energies_are_those_of_the_layer(Type type)
    {
        AttentionProblemBatch declared = Problems(type, out IWeighedModel model);
        int problem = declared.Count - 1;
        IWeighedProblem weighed = model.Weigh(
            Coefficients.ReaderOf(declared).Read(declared, problem), [.. model.Parts.Select(_ => 1.0)]);
        Assert.Equal(declared.SlackCount, weighed.Batch.SlackCount);
        foreach (byte[] state in States(declared, problem, 20))
        {
            double expected = declared.Energy(problem, state);
            double tolerance = 2e-5 * (1 + Math.Abs(expected));
            Assert.Equal(expected, weighed.Measure(state).Sum(), tolerance);
            Assert.Equal(expected, weighed.Batch.Energy(0, state), tolerance);
            Assert.Equal(declared.IsFeasible(problem, state), weighed.Batch.IsFeasible(0, state));
        }
    }

    /// <summary>A part's energy is proportional to its scale, and what samplers see is the sum of the parts.</summary>
    [Theory]
    [InlineData(typeof(SmallGrid))]
    [InlineData(typeof(EveryPart))]
    [InlineData(typeof(PerQuery))]
    public void Every_part_is_scaled_and_no_other(Type type)
    {
        AttentionProblemBatch declared = Problems(type, out IWeighedModel model);
        Coefficients coefficients = Coefficients.ReaderOf(declared).Read(declared, declared.Count - 1);
        double[] ones = [.. model.Parts.Select(_ => 1.0)];
        IWeighedProblem plain = model.Weigh(coefficients, ones);
        for (int k = 0; k < ones.Length; k++)
        {
            // What hard constraints need of the others' sizes is a matter of its own.
            double[] scales = [.. ones];
            scales[k] = 0.5;
            IWeighedProblem weighed = model.Weigh(coefficients, scales);
            foreach (byte[] state in States(declared, declared.Count - 1, 5))
            {
                (double[] before, double[] after) = (plain.Measure(state), weighed.Measure(state));
                Assert.Equal(0.5 * before[k], after[k], 1e-9 * (1 + Math.Abs(before[k])));
                Assert.Equal(after.Sum(), weighed.Batch.Energy(0, state), 2e-5 * (1 + Math.Abs(after.Sum())));
                for (int other = 0; other < ones.Length; other++)
                {
                    bool isComputed = double.IsNaN(model.Parts[other].Declared);
                    Assert.True(other == k || isComputed || before[other] == after[other],
                        $"{model.Parts[other].Name} changed with {model.Parts[k].Name}");
                }
            }
        }
    }

    /// <summary>Sufficient weights are computed for the weights asked for: no lowest state violates a constraint, however large the others
    /// are.</summary>
    [Theory]
    [InlineData(typeof(SmallGrid), 8)]
    [InlineData(typeof(EveryPart), 5)]
    public void Computed_weights_suffice_for_other_weights_too(Type type, int tokens)
    {
        AttentionProblemBatch declared = Problems(type, out IWeighedModel model, Math.Min(tokens, 6));
        Coefficients coefficients = Coefficients.ReaderOf(declared).Read(declared, 0);
        foreach (double large in new[] { 3.0, 8.0 })
        {
            for (int k = 0; k < model.Parts.Count; k++)
            {
                double[] scales = [.. model.Parts.Select((p, i) => i == k && !double.IsNaN(p.Declared) ? large : 1.0)];
                IWeighedProblem weighed = model.Weigh(coefficients, scales);
                var lowest = Spectrum.Lowest(weighed, model.Problem, 4, default)!;
                Assert.True(weighed.Batch.IsFeasible(0, lowest[0].State), $"{model.Parts[k].Name} times {large}");
            }
        }
    }

    /// <summary>Against the sampler that visits all states.</summary>
    [Theory]
    [InlineData(typeof(SmallGrid), 6)]
    [InlineData(typeof(EveryPart), 3)]
    [InlineData(typeof(PerQuery), 7)]
    public async Task The_lowest_states_are_those_of_enumeration(Type type, int tokens)
    {
        AttentionProblemBatch declared = Problems(type, out IWeighedModel model, tokens);
        IWeighedProblem weighed = model.Weigh(
            Coefficients.ReaderOf(declared).Read(declared, declared.Count > 1 ? tokens - 1 : 0), [.. model.Parts.Select(_ => 1.0)]);
        var exact = new SampleSet(1, 10, weighed.Batch.VariableCount);
        await new ExactSampler().SampleAsync(weighed.Batch, exact, new SamplingKey(1));
        var lowest = Spectrum.Lowest(weighed, model.Problem, 10, default)!;
        for (int k = 0; k < Math.Min(10, lowest.Count); k++)
        {
            Assert.Equal(exact.Energy(0, k), lowest[k].Energy, 1e-5);
        }

        Assert.Equal(exact.State(0, 0).ToArray(), lowest[0].State);
    }

    private static AttentionProblemBatch Problems(Type type, out IWeighedModel model, int? tokens = null)
    {
        var layer = (QuboAttentionLayer<float>)Activator.CreateInstance(type, 1L)!;
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        var random = new RandomStream(5);
        float[] input = [.. Enumerable.Range(0, layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ => (float)random.NextNormal())];
        layer.Forward(
            input, new float[layer.Model.Tokens * layer.Model.OutputDim], workspace,
            new SimulatedAnnealingSampler { Sweeps = 1, Threads = 1 }, tokens is { } t ? [t] : default);
        model = WeighedModel.Of(workspace.Problems);
        return workspace.Problems;
    }

    private static IEnumerable<byte[]> States(ProblemBatch batch, int problem, int count)
    {
        var random = new RandomStream(9);
        for (int s = 0; s < count; s++)
        {
            yield return [.. Enumerable.Range(0, batch.VariableCount).Select(v =>
                (byte)(batch.IsPresent(problem, v) && random.NextInt32(3) == 0 ? 1 : 0))];
        }
    }
}
