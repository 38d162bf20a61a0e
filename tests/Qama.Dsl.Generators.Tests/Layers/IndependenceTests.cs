using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tests;

namespace Qama.Generators.Tests.Layers;

/// <summary>What results do not depend on, with the simulated annealer.</summary>
public class IndependenceTests
{
    private const int Batch = 4;

    private static IEnumerable<Operator> Sample =>
        Operators.All.Where((o, i) => i % 4 == 1 && !o.HasBatchStatistics);

    [Fact]
    public void Splitting_a_batch_or_using_other_threads_changes_no_bit()
    {
        foreach (Operator declared in Sample)
        {
            QuboAttentionLayer<double> layer = CompiledOperators<double>.Shared.Create(declared, 5);
            double[] input = Input(declared, Batch);
            (double[] output, double[] gradient, double[][] parameters) = Run(layer, input, Batch, threads: 1);
            (double[] threaded, double[] threadedGradient, double[][] threadedParameters) = Run(layer, input, Batch, threads: 3);
            Assert.Equal(output, threaded);
            Assert.Equal(gradient, threadedGradient);
            Assert.Equal(parameters, threadedParameters);

            int half = input.Length / 2;
            (double[] first, double[] firstGradient, _) = Run(layer, input[..half], Batch / 2, threads: 1);
            (double[] second, double[] secondGradient, _) = Run(layer, input[half..], Batch / 2, threads: 1, firstSample: Batch / 2);
            Assert.Equal(output, first.Concat(second));
            Assert.Equal(gradient, firstGradient.Concat(secondGradient));
        }
    }

    [Fact]
    public void Padding_is_as_good_as_a_declaration_of_fewer_tokens()
    {
        // Nothing that depends on N itself.
        Operator[] pairs = [.. Operators.All
            .Where((o, i) => i % 4 == 2 && o is { Tokens: > 4, FieldScale: TermScale.None, Columns: 0, Penalties: "" } && !o.HasBatchStatistics)
            .SelectMany(o => new[] { o with { Name = "Padded" + o.Name }, o with { Name = "Short" + o.Name, Tokens = o.Tokens - 2 } })];
        Assert.NotEmpty(pairs);
        var compiled = new CompiledOperators<double>(pairs);
        Failures failures = new();
        foreach (Operator[] pair in pairs.Chunk(2))
        {
            int tokens = pair[1].Tokens;
            double[] input = Input(pair[0], 1);
            QuboAttentionLayer<double> padded = compiled.Create(pair[0], 9), few = compiled.Create(pair[1], 9);
            var random = new Random(4);
            byte[][] shortReads = [.. Enumerable.Range(0, pair[1].Reads).Select(_ =>
                Enumerable.Range(0, few.Model.VariableCount).Select(_ => (byte)random.Next(2)).ToArray())];
            byte[][] reads = [.. shortReads.Select(read => read.Chunk(tokens * pair[0].Bits)
                .SelectMany(head => head.Concat(new byte[2 * pair[0].Bits])).ToArray())];
            var output = new double[padded.Model.Tokens * padded.Model.OutputDim];
            var shortOutput = new double[tokens * padded.Model.OutputDim];
            LayerWorkspace<double> workspace = padded.CreateWorkspace(1), shortWorkspace = few.CreateWorkspace(1);
            padded.Forward(input, output, workspace, new GivenSelections([reads]), [tokens]);
            few.Forward(input.AsSpan(0, tokens * pair[0].Width), shortOutput, shortWorkspace, new GivenSelections([shortReads]));
            failures.Compare(pair[0], "output", shortOutput, output[..shortOutput.Length], 1e-12);

            padded.Backward(output, default, workspace);
            few.Backward(shortOutput, default, shortWorkspace);
            foreach ((Parameter<double> expected, Parameter<double> actual) in few.Parameters.Zip(padded.Parameters))
            {
                failures.Compare(pair[0], expected.Name, expected.Gradient.ToArray(), actual.Gradient.ToArray(), 1e-11, 1e-6);
            }
        }

        failures.Check();
    }

    [Fact]
    public void A_step_allocates_nothing_after_the_first()
    {
        foreach (Operator declared in Operators.All.Where((_, i) => i % 12 == 0))
        {
            QuboAttentionLayer<double> layer = CompiledOperators<double>.Shared.Create(declared, 5);
            double[] input = Input(declared, Batch), inputGradient = new double[input.Length];
            var output = new double[Batch * declared.Tokens * declared.OutputDim];
            LayerWorkspace<double> workspace = layer.CreateWorkspace(Batch, threads: 1);
            var sampler = new SimulatedAnnealingSampler { Sweeps = 5, Threads = 1 };
            Step();
            Step();
            Allocations.AssertNone(Step);

            void Step()
            {
                layer.Forward(input, output, workspace, sampler);
                layer.Backward(output, inputGradient, workspace);
            }
        }
    }

    private static (double[] Output, double[] Gradient, double[][] Parameters) Run(
        QuboAttentionLayer<double> layer, double[] input, int batch, int threads, int firstSample = 0)
    {
        var output = new double[batch * layer.Model.Tokens * layer.Model.OutputDim];
        var gradient = new double[input.Length];
        LayerWorkspace<double> workspace = layer.CreateWorkspace(batch, threads);
        workspace.Key = new SamplingKey(11, 2, firstSample);
        layer.Parameters.ZeroGradients();
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler { Sweeps = 5, Threads = threads });
        layer.Backward(output, gradient, workspace);
        return (output, gradient, [.. layer.Parameters.Select(p => p.Gradient.ToArray())]);
    }

    private static double[] Input(Operator declared, int batch)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, batch * declared.Tokens * declared.Width).Select(_ => 0.1 + random.NextDouble())];
    }
}
