using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tests;

namespace Qama.Golden.Tests;

/// <summary>Results of generated layers depend on declaration, seed, step and sample alone; steps allocate nothing.</summary>
public class ReproducibilityTests
{
    private const int Batch = 5;

    public static TheoryData<string> Models =>
        [nameof(SecondVersion), nameof(Overridden), nameof(SoftBudget), nameof(Windowed), nameof(Selected)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Neither_threads_nor_the_split_of_a_batch_change_a_bit(string name)
    {
        (Number[] Output, Number[] Gradients) expected = Run(name, threads: 1, split: Batch);
        foreach ((int threads, int split) in new[] { (2, Batch), (7, Batch), (1, 2), (3, 1) })
        {
            (Number[] output, Number[] gradients) = Run(name, threads, split);
            Assert.Equal(expected.Output, output);
            if (split == Batch)
            {
                // A batch's gradient is a sum over its samples, so it is compared for the whole batch only.
                Assert.Equal(expected.Gradients, gradients);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_step_allocates_nothing_after_the_first(string name)
    {
        QuboAttentionLayer<Number> layer = Create(name);
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(Batch, threads: 1);
        var sampler = new SimulatedAnnealingSampler { Sweeps = 20, Threads = 1 };
        Number[] input = Numbers(Batch * layer.Model.Tokens * layer.Model.EmbeddingDim);
        var output = new Number[Batch * layer.Model.Tokens * layer.Model.OutputDim];
        var gradient = new Number[input.Length];
        Step();
        Step();
        Allocations.AssertNone(Step);

        void Step()
        {
            layer.Forward(input, output, workspace, sampler);
            layer.Backward(output, gradient, workspace);
        }
    }

    private static (Number[] Output, Number[] Gradients) Run(string name, int threads, int split)
    {
        QuboAttentionLayer<Number> layer = Create(name);
        LayerWorkspace<Number> workspace = layer.CreateWorkspace(split, threads);
        var sampler = new SimulatedAnnealingSampler { Sweeps = 10, Threads = threads };
        int inputLength = layer.Model.Tokens * layer.Model.EmbeddingDim, outputLength = layer.Model.Tokens * layer.Model.OutputDim;
        Number[] input = Numbers(Batch * inputLength);
        var output = new Number[Batch * outputLength];
        for (int first = 0; first < Batch; first += split)
        {
            int count = Math.Min(split, Batch - first);
            Span<Number> part = output.AsSpan(first * outputLength, count * outputLength);
            workspace.Key = new SamplingKey(11, Step: 2, FirstSample: first);
            layer.Forward(input.AsSpan(first * inputLength, count * inputLength), part, workspace, sampler);
            layer.Backward(part, [], workspace);
        }

        return (output, [.. layer.Parameters.SelectMany(p => p.Gradient.ToArray())]);
    }

    private static QuboAttentionLayer<Number> Create(string name) => name switch
    {
        nameof(SecondVersion) => new SecondVersion(4),
        nameof(Overridden) => new Overridden(4),
        nameof(SoftBudget) => new SoftBudget(4),
        nameof(Windowed) => new Windowed(4),
        _ => new Selected(4),
    };

    private static Number[] Numbers(int count)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, count).Select(_ => (Number)(2 * random.NextDouble() - 1))];
    }
}
