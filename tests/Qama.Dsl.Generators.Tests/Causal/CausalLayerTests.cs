using System.Globalization;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Causal;

/// <summary>Layers whose selections are causal against the recursion written out, and what makes them causal.</summary>
public sealed class CausalLayerTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, CausalOperator.All.Count)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Outputs_and_energies_are_those_of_the_recursion(int number)
    {
        CausalOperator declared = CausalOperator.All[number];
        var run = new CausalCase<double>(declared);
        var energies = new List<(int Problem, double[] Energies, byte[][] States)>();
        var chosen = run.Choose();
        chosen.Asked = (problems, p, draw) =>
        {
            byte[][] states = [.. Enumerable.Range(0, 4).Select(_ => draw())];
            energies.Add((p, [.. states.Select(s => problems.Energy(p, s))], states));
            RequireFlipCosts(problems, p, states[0]);
        };
        run.Sampler = chosen;
        double[] output = run.Forward();
        var literal = new LiteralCausalLayer(declared, run.Parameter);
        int checkedEnergies = 0;
        for (int b = 0; b < run.Counts.Length; b++)
        {
            int length = declared.Shape.Tokens * declared.Shape.Width, sample = b;
            double[] expected = literal.Forward(
                [.. run.Input.Select(values => values[(sample * length)..((sample + 1) * length)])], run.Counts[b],
                block => chosen.Answers[block][sample], (block, energy) =>
                {
                    (_, double[] found, byte[][] states) = energies[(block * run.Counts.Length) + sample];
                    double[] wanted = [.. states.Select(energy)];
                    Near(wanted, found, 2e-6, $"problem {block} of sample {sample}\n{declared}");
                    checkedEnergies += found.Length;
                });
            Near(expected, output[(b * expected.Length)..((b + 1) * expected.Length)], 1e-9, $"sample {b}\n{declared}");
        }

        Assert.Equal(4 * run.Counts.Sum(count => count < 1 ? 0 : (count - 1) / declared.Block), checkedEnergies);
    }

    [Fact]
    public void A_selection_of_more_tokens_than_may_stay_loses_the_oldest()
    {
        foreach (CausalOperator declared in CausalOperator.All.Where(o => o.Memory > 0 && o.Shape.Tokens > 2 * o.Block))
        {
            var chosen = new ChosenSelections(declared.Shape.Heads, 1, int.MaxValue);
            var run = new CausalCase<double>(declared) { Sampler = chosen };
            double[] output = run.Forward(), expected = new LiteralCausalLayer(declared, run.Parameter).Forward(
                [.. run.Input.Select(values => values[..(values.Length / 2)])], run.Counts[0], block => chosen.Answers[block][0]);
            Near(expected, output[..expected.Length], 1e-9, declared.ToString());
        }
    }

    [Fact]
    public void Annealing_finds_the_lowest_energy_of_problems_with_a_memory_and_exclusion()
    {
        CausalOperator[] small = [.. CausalOperator.All.Where(o => o.Memory > 0 && o.Exclusion > 0 && o.Candidates * o.Shape.Heads <= 16)];
        Assert.NotEmpty(small);
        foreach (CausalOperator declared in small)
        {
            new CausalCase<float>(declared) { Sampler = new Compared(declared.ToString()) }.Forward();
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Gradients_are_central_differences_with_selections_held(int number)
    {
        var run = new CausalCase<double>(CausalOperator.All[number]);
        run.Forward();
        double[][] gradients = run.Backward();
        var random = new Random(3);
        for (int index = 0; index < gradients.Length; index++)
        {
            Tensor tensor = run.Tensor(index);
            for (int trial = 0; trial < 2; trial++)
            {
                double[] direction = [.. gradients[index].Select(_ => random.NextDouble() - 0.5)];
                double along = CentralDifferences.Along(
                    direction, tensor, () => run.Forward().Zip(run.OutputGradient, (y, g) => y * g).Sum());
                double found = gradients[index].Zip(direction, (g, d) => g * d).Sum();
                double scale = gradients[index].Sum(Math.Abs) + 1;
                Assert.True(Math.Abs(along - found) <= 1e-7 * scale, $"gradient {index}: {found}, expected {along}\n{run.Declared}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void No_output_depends_on_a_later_token_whatever_the_sampler(int number)
    {
        CausalOperator declared = CausalOperator.All[number];
        var run = new CausalCase<float>(declared);
        ISampler[] samplers = [new SimulatedAnnealingSampler { Sweeps = 5, Threads = 1 }, new TabuSampler { Steps = 8 }];
        int width = declared.Shape.Width, tokens = declared.Shape.Tokens, dim = declared.Shape.OutputDim;
        run.Sampler = samplers[number % samplers.Length];
        float[] before = run.Forward();
        double[][] inputs = run.Input.Select(values => (double[])values.Clone()).ToArray();
        for (int j = 0; j < tokens; j += 1 + (tokens / 5))
        {
            for (int role = 0; role < 3; role++)
            {
                inputs[role].CopyTo(run.Input[role], 0);
                for (int d = 0; d < width; d++)
                {
                    run.Input[role][(j * width) + d] += d + 1;
                }
            }

            float[] after = run.Forward();
            Assert.Equal(before.AsSpan(0, j * dim), after.AsSpan(0, j * dim));
            Assert.Equal(before.AsSpan(tokens * dim), after.AsSpan(tokens * dim)); // nor on another sample
        }

        for (int i = 0; i < tokens; i += 1 + (tokens / 5))
        {
            var gradient = new float[before.Length];
            gradient.AsSpan(i * dim, dim).Fill(1);
            foreach (float[] later in run.Backward(gradient).Take(3))
            {
                Assert.All(later[((i + 1) * width)..], g => Assert.Equal(0, g));
            }
        }
    }

    [Fact]
    public void One_selection_for_all_queries_would_fail_that()
    {
        using LoadedAssembly loaded = CausalCase<float>.Load(["""
            using Qama;
            [QuboAttention(Tokens = 8, EmbeddingDim = 6), Heads(1), Readout(ReadoutKind.LocalEnergy)]
            [Field(Importance.ValueProjection)]
            partial class Leaking;
            """]);
        var layer = loaded.Create<QuboAttentionLayer<float>>("Leaking", 1L);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        var random = new Random(1);
        float[] input = [.. Enumerable.Range(0, 48).Select(_ => (float)random.NextDouble())];
        (var before, var after) = (new float[48], new float[48]);
        layer.Forward(input, before, workspace, new ExactSampler());
        for (int d = 0; d < 6; d++)
        {
            input[42 + d] *= -d;
        }

        layer.Forward(input, after, workspace, new ExactSampler());
        Assert.NotEqual(before[..42], after[..42]);
    }

    [Fact]
    public void Results_depend_neither_on_threads_nor_on_how_a_batch_is_split()
    {
        foreach (CausalOperator declared in CausalOperator.All.Take(8))
        {
            var run = new CausalCase<float>(declared) { Sampler = new SimulatedAnnealingSampler { Sweeps = 5 } };
            float[] whole = run.Forward();
            int length = declared.Shape.Tokens * declared.Shape.Width, outputs = whole.Length / 2;
            LayerWorkspace<float> other = run.Layer.CreateWorkspace(2, threads: 3);
            float[][] inputs = [.. run.Input.Select(values => values.Select(x => (float)x).ToArray())];
            for (int b = 0; b < 2; b++)
            {
                other.Key = run.Workspace.Key with { FirstSample = b };
                var part = new float[outputs];
                float[][] own = [.. inputs.Select(values => values[(b * length)..((b + 1) * length)])];
                run.Layer.Forward(own[0], own[1], own[2], part, other, run.Sampler, [run.Counts[b]]);
                Assert.Equal(whole[(b * outputs)..((b + 1) * outputs)], part);
            }
        }
    }

    [Fact]
    public async Task Sampling_that_takes_time_gives_the_same()
    {
        var run = new CausalCase<float>(CausalOperator.All.First(o => o.Shape.Tokens > 2 * o.Block));
        float[] now = run.Forward();
        var output = new float[now.Length];
        float[][] inputs = [.. run.Input.Select(values => values.Select(x => (float)x).ToArray())];
        await run.Layer.ForwardAsync(
            inputs[0], inputs[1], inputs[2], output, run.Workspace, new Waiting(run.Choose()), run.Counts);
        Assert.Equal(now, output);
    }

    [Fact]
    public void A_workspace_takes_the_bytes_that_it_says()
    {
        foreach (CausalOperator declared in CausalOperator.All.Where(o => o.Shape.Tokens > 10))
        {
            QuboAttentionLayer<float> layer = new CausalCase<float>(declared).Layer;
            layer.CreateWorkspace(2, 2);
            long before = GC.GetAllocatedBytesForCurrentThread();
            LayerWorkspace<float> workspace = layer.CreateWorkspace(3, 2);
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            GC.KeepAlive(workspace);
            Assert.True(
                Math.Abs(taken - layer.WorkspaceBytes(3, 2)) < 16 << 10,
                string.Create(CultureInfo.InvariantCulture, $"{taken} bytes, said {layer.WorkspaceBytes(3, 2)}\n{declared}"));
        }
    }

    /// <summary>What samplers work on is the same energy.</summary>
    private static void RequireFlipCosts(ProblemBatch problems, int problem, byte[] state)
    {
        var costs = new double[state.Length];
        problems.FlipCosts(problem, state, costs);
        for (int v = 0; v < state.Length; v++)
        {
            if (problems.IsPresent(problem, v))
            {
                byte[] flipped = [.. state];
                flipped[v] ^= 1;
                double before = problems.Energy(problem, state), expected = problems.Energy(problem, flipped) - before;
                Assert.Equal(expected, costs[v], 1e-4 * (1 + Math.Abs(before) + Math.Abs(expected)));
            }
        }
    }

    private static void Near(double[] expected, double[] found, double tolerance, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        double scale = 1 + expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * scale, $"{i}: {found[i]}, expected {expected[i]}; {what}");
        }
    }

    /// <summary>Enumerates, and asks annealing whether it gets as low.</summary>
    private sealed class Compared(string what) : ISampler
    {
        private readonly SimulatedAnnealingSampler _annealing = new() { Sweeps = 300, Restarts = 16, Threads = 1 };

        public string Name => "compared";

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            var annealed = new SampleSet(problems.Count, 1, problems.VariableCount);
            await _annealing.SampleAsync(problems, annealed, key, cancellationToken);
            await new ExactSampler().SampleAsync(problems, result, key, cancellationToken);
            for (int p = 0; p < problems.Count; p++)
            {
                double least = result.Energy(p), gap = annealed.Energy(p) - least;
                Assert.True(
                    Math.Abs(gap) <= 1e-5 * (1 + Math.Abs(least)),
                    $"{least}, annealed {annealed.Energy(p)}: {string.Join("", result.State(p).ToArray())}, {string.Join("", annealed.State(p).ToArray())}\n{what}");
            }
        }
    }

    private sealed class Waiting(ISampler sampler) : ISampler
    {
        public string Name => sampler.Name;

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            await sampler.SampleAsync(problems, result, key, cancellationToken);
        }
    }
}
