using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Layers;

/// <summary>Learned couplings beside every similarity or alone, with every readout, mask, grid, bits and norm.</summary>
public class LearnedCouplingTests
{
    // Central differences lose digits in what heads of one number are, signs and entropies of 1, and in norms of two numbers.
    private static readonly IReadOnlyList<Operator> _all =
        [.. Operators.All.Where((o, i) => i % 3 == 0 && o.HeadDim > 1 && o.Width > 2).Select(WithLearned)];

    private static readonly Lazy<CompiledOperators<double>> _compiled = new(() => new CompiledOperators<double>(_all));

    [Fact]
    public void Outputs_are_the_definitions_written_out()
    {
        Failures failures = new();
        foreach (Operator declared in _all)
        {
            var run = new LayerCase<double>(declared, _compiled.Value);
            double[] expected = run.Literal.Forward(run.Input, run.States, run.TokenCounts);
            failures.Compare(declared, "output", expected, run.Forward(), 1e-9);
        }

        failures.Check();
    }

    [Fact]
    public void Gradients_are_central_differences()
    {
        Failures failures = new();
        foreach (Operator declared in _all)
        {
            GradientTests.Compare(new LayerCase<double>(declared, _compiled.Value), failures);
        }

        failures.Check();
    }

    [Fact]
    public void Gradients_do_not_depend_on_threads()
    {
        bool learns = false;
        foreach (Operator declared in _all.Where((_, i) => i % 5 == 0))
        {
            double[][][] runs = [.. new[] { 1, 2, 3, 8 }.Select(threads => Gradients(declared, threads))];
            Assert.All(runs, run => Assert.Equal(runs[0], run));
            learns |= Array.Exists(runs[0][^1], g => g != 0);
        }

        Assert.True(learns);
    }

    [Fact]
    public void ComputeCouplings_adds_the_learned_numbers()
    {
        Operator[] declared =
        [
            Simple("PairsPerHead", LearnedCouplingForm.Static, perHead: true), Simple("Pairs", LearnedCouplingForm.Static, perHead: false),
            Simple("DistancesPerHead", LearnedCouplingForm.Relative, perHead: true) with { Columns = 3 },
        ];
        var compiled = new CompiledOperators<double>(declared);
        var random = new Random(3);
        foreach (Operator one in declared)
        {
            LearnedCouplingDescription learned = compiled.Create(one).Model.LearnedCoupling!;
            double[] numbers = [.. Enumerable.Range(0, learned.Length).Select(_ => random.NextDouble())];
            var couplings = new double[one.Heads * one.Tokens * one.Tokens];
            double[] nothing = new double[one.Tokens * one.OutputDim];
            var method = compiled.Method<LearnedCouplings>(one, "ComputeCouplings");
            method(nothing, nothing, numbers, couplings);
            for (int h = 0; h < one.Heads; h++)
            {
                for (int i = 0; i < one.Tokens; i++)
                {
                    for (int j = 0; j < one.Tokens; j++)
                    {
                        double expected = i == j ? 0 : one.LearnedWeight * (Number(i, j) + Number(j, i)) / 2;
                        Assert.Equal(expected, couplings[((h * one.Tokens) + i) * one.Tokens + j], 1e-12);
                    }
                }

                double Number(int i, int j) => numbers[(one.LearnedPerHead ? h * (numbers.Length / one.Heads) : 0)
                    + (one.Learned == LearnedCouplingForm.Static ? i * one.Tokens + j : one.Distance(i, j))];
            }

            var error = Assert.Throws<ArgumentException>(() => method(nothing, nothing, numbers.AsSpan(1), couplings));
            Assert.Contains($"= {numbers.Length} numbers, got {numbers.Length - 1}", error.Message, StringComparison.Ordinal);
            Assert.Equal("learnedCoupling", error.ParamName);
        }
    }

    [Fact]
    public void No_sample_has_memory_of_its_own_for_the_learned_table()
    {
        Operator[] declared = [Simple("Learned", LearnedCouplingForm.Static, true), Simple("Plain", LearnedCouplingForm.Static, true) with { Learned = null }];
        var compiled = new CompiledOperators<double>(declared);
        QuboAttentionLayer<double> learned = compiled.Create(declared[0]), plain = compiled.Create(declared[1]);
        Assert.Equal(
            learned.WorkspaceBytes(1, 1) - plain.WorkspaceBytes(1, 1), learned.WorkspaceBytes(100, 1) - plain.WorkspaceBytes(100, 1));
        Assert.Equal(2 * sizeof(double) * learned.Model.LearnedCoupling!.TableLength, learned.WorkspaceBytes(1, 1) - plain.WorkspaceBytes(1, 1));
    }

    private delegate void LearnedCouplings(
        ReadOnlySpan<double> query, ReadOnlySpan<double> key, ReadOnlySpan<double> learned, Span<double> couplings);

    private static Operator Simple(string name, LearnedCouplingForm form, bool perHead) => new()
    {
        Name = name, Tokens = 6, Heads = 2, HeadDim = 3, Width = 4, Similarity = Similarity.ScaledDotProduct, Learned = form,
        LearnedPerHead = perHead, LearnedWeight = 0.5,
    };

    /// <summary>A declaration of the others, drawn further by its number.</summary>
    private static Operator WithLearned(Operator declared, int number)
    {
        var random = new Random(number);
        return declared with
        {
            Name = "Learned" + declared.Name,
            Similarity = !declared.FirstVersion && random.Next(3) == 0 ? Similarity.None : declared.Similarity,
            Learned = (LearnedCouplingForm)random.Next(2),
            LearnedPerHead = random.Next(2) == 0,
            LearnedWeight = random.Next(1, 16) / 10.0,
        };
    }

    private static double[][] Gradients(Operator declared, int threads)
    {
        const int Batch = 7;
        QuboAttentionLayer<double> layer = _compiled.Value.Create(declared, 5);
        var random = new Random(3);
        double[] input = [.. Enumerable.Range(0, Batch * declared.Tokens * declared.Width).Select(_ => 0.1 + random.NextDouble())];
        var output = new double[Batch * declared.Tokens * declared.OutputDim];
        var gradient = new double[input.Length];
        LayerWorkspace<double> workspace = layer.CreateWorkspace(Batch, threads);
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler { Sweeps = 5, Threads = 1 });
        layer.Backward(output, gradient, workspace);
        return [gradient, .. layer.Parameters.Select(p => p.Gradient.ToArray()), layer.Parameters["LearnedCoupling"].Gradient.ToArray()];
    }
}
