using Qama.Layers;
using Qama.Layers.Hosting;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Layers.Gradients;

/// <summary>Passes whose backward half may solve problems again.</summary>
public class SolverPassTests
{
    public static TheoryData<GradientKind> Kinds => SolverPasses.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_machine_that_answers_later_gives_the_same_gradients(GradientKind kind)
    {
        LayerRun<float> run = Run(kind, new SolverPasses.Machine { IsSlow = false });
        float[][] expected = Gradients(run.Forward().Backward());
        Assert.Contains(expected, g => g.Any(x => x != 0));
        run = Run(kind, new SolverPasses.Machine());
        await run.Layer.ForwardAsync(run.Inputs[0], run.Inputs[1], run.Inputs[2], run.Output, run.Workspace, run.Sampler);
        await run.Layer.BackwardAsync(
            run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace);
        Assert.Equal(expected, Gradients(run));
        run.Backward(); // waits
        Assert.Equal(expected, Gradients(run));

        var single = new LayerRun<float>(SolverPasses.Model(kind)) { Sampler = new SolverPasses.Machine() };
        await single.Layer.ForwardAsync(single.Inputs[0], single.Output, single.Workspace, single.Sampler);
        await single.Layer.BackwardAsync(single.OutputGradient, single.InputGradients[0], single.Workspace);
        float[] shared = [.. single.InputGradients[0]];
        single.Layer.Forward(single.Inputs[0], single.Output, single.Workspace, single.Sampler);
        single.Layer.Backward(single.OutputGradient, single.InputGradients[0], single.Workspace);
        Assert.Equal(shared, single.InputGradients[0]);
    }

    [Theory]
    [InlineData(GradientKind.Blackbox, 1)]
    [InlineData(GradientKind.Perturbed, 3)]
    public async Task A_cancelled_solve_changes_no_gradient_and_may_be_repeated(GradientKind kind, int forward)
    {
        var machine = new SolverPasses.Machine();
        LayerRun<float> run = Run(kind, machine);
        float[][] expected = Gradients(run.Forward().Backward());
        byte[] problem = Energies(run);
        Parameters(run, 0);
        for (int patience = 0; patience < forward; patience++)
        {
            machine.Patience = patience;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await run.Layer.BackwardAsync(
                run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace));
            Assert.All(run.Layer.Parameters, p => Assert.All(p.Gradient.ToArray(), g => Assert.Equal(0, g)));
            Assert.Equal(problem, Energies(run));
        }

        machine.Patience = int.MaxValue;
        Assert.Equal(expected, Gradients(run.Backward()));

        static void Parameters(LayerRun<float> run, float value)
        {
            foreach (Parameter<float> parameter in run.Layer.Parameters)
            {
                parameter.Gradient.Fill(value);
            }
        }

        static byte[] Energies(LayerRun<float> run) => [.. Enumerable.Range(0, LayerRun<float>.Batch)
            .SelectMany(p => BitConverter.GetBytes(run.Workspace.Problems.Energy(p, run.States[p])))];
    }

    [Theory]
    [InlineData(GradientKind.Identity)]
    [InlineData(GradientKind.Blackbox)]
    [InlineData(GradientKind.Perturbed)]
    [InlineData(GradientKind.Nudged)]
    public void A_slope_that_is_no_number_is_refused_and_changes_no_gradient(GradientKind kind)
    {
        LayerRun<float> run = Run(kind, new SolverPasses.Machine()).Forward();
        float good = run.OutputGradient[7];
        run.OutputGradient[7] = float.NaN;
        run.Layer.Parameters.ZeroGradients();
        string message = Assert.Throws<NotFiniteNumberException>(() => run.Backward()).Message;
        Assert.Contains("sample 0", message, StringComparison.Ordinal);
        Assert.All(run.Layer.Parameters, p => Assert.All(p.Gradient.ToArray(), g => Assert.Equal(0, g)));
        run.OutputGradient[7] = good;
        run.Backward();
        Assert.Contains(run.InputGradients[0], g => g != 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Results_depend_neither_on_threads_nor_on_how_the_batch_is_split(GradientKind kind)
    {
        ModelDescriptor model = SolverPasses.Model(kind) with { NormalizesFields = false, NormalizesOutput = false };
        LayerRun<float> one = Make(1), three = Make(3);
        Assert.Equal(Gradients(one), Gradients(three));
        int length = one.Output.Length / LayerRun<float>.Batch;
        LayerWorkspace<float> last = one.Layer.CreateWorkspace(1);
        last.Key = one.Workspace.Key with { FirstSample = 2 };
        (float[] output, float[] query, float[] key, float[] value) = (new float[length], new float[length], new float[length], new float[length]);
        one.Layer.Forward(one.Inputs[0].AsSpan(^length..), one.Inputs[1].AsSpan(^length..), one.Inputs[2].AsSpan(^length..), output, last, one.Sampler);
        one.Layer.Backward(one.OutputGradient.AsSpan(^length..), query, key, value, last);
        Assert.Equal(one.Output[^length..], output);
        Assert.Equal(one.InputGradients[0][^length..], query);
        Assert.Equal(one.InputGradients[2][^length..], value);

        LayerRun<float> Make(int threads)
        {
            var run = new LayerRun<float>(model, threads: threads) { Sampler = new SolverPasses.Machine { IsSlow = false } };
            return run.Forward().Backward();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Steps_allocate_nothing(GradientKind kind)
    {
        LayerRun<float> run = Run(kind, new SolverPasses.Machine { IsSlow = false });
        run.Forward().Backward();
        run.Forward().Backward();
        Allocations.AssertNone(() =>
        {
            run.Layer.Forward(run.Inputs[0], run.Inputs[1], run.Inputs[2], run.Output, run.Workspace, run.Sampler);
            run.Layer.Backward(run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_workspace_takes_the_memory_that_is_stated(GradientKind kind)
    {
        var layer = new HandwrittenLayer<float>(SolverPasses.Model(kind));
        layer.CreateWorkspace(1, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        layer.CreateWorkspace(20, 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long stated = layer.WorkspaceBytes(20, 1);
        Assert.InRange(allocated, stated, stated + 8_192 + (1_024 * 20));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Selections_that_are_given_are_read_by_every_estimator(GradientKind kind)
    {
        LayerRun<float> run = Run(kind, new SolverPasses.Machine());
        run.Forward();
        run.Sampler = new FixedSampler(run.Workspace.Samples);
        float[] output = [.. run.Output];
        Assert.Equal(output, run.Forward().Output);
        run.Backward();
        Assert.All(run.Layer.Parameters, p => Assert.All(p.Gradient.ToArray(), g => Assert.True(float.IsFinite(g))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hosted_pass_that_is_repeated_solves_again_what_it_solved(GradientKind kind)
    {
        LayerRun<float> run = Run(kind, new SolverPasses.Machine());
        var host = new HostedLayer<float>(run.Layer, run.Sampler);
        HostedPass<float> pass = Begin(host.Begin(3, LayerMode.Training));
        var gradient = new float[run.Inputs[0].Length];
        pass.Backward(run.OutputGradient, gradient);
        var selections = new FixedSampler(pass.Samples);
        pass.Release();
        HostedPass<float> other = Begin(host.Begin(3, LayerMode.Training)); // takes the memory; other random numbers
        other.Release();
        HostedPass<float> again = Begin(host.BeginAgain(pass, selections));
        var repeated = new float[gradient.Length];
        again.Backward(run.OutputGradient, repeated);
        Assert.Equal(gradient, repeated);
        Assert.Contains(gradient, g => g != 0);

        HostedPass<float> Begin(HostedPass<float> begun)
        {
            for (int p = 0; p < run.Layer.Parameters.Count; p++)
            {
                run.Layer.Parameters[p].Value.CopyTo(begun.Parameter(p));
            }

            begun.Forward(run.Inputs[0], new float[run.Output.Length]);
            return begun;
        }
    }

    [Theory]
    [InlineData(GradientKind.Blackbox, 1, 1)]
    [InlineData(GradientKind.Perturbed, 3, 3)]
    [InlineData(GradientKind.Nudged, 1, 2)]
    [InlineData(GradientKind.Identity, 1, 0)]
    [InlineData(GradientKind.Covariance, 1, 0)]
    [InlineData(GradientKind.Energy, 1, 0)]
    public void The_descriptor_counts_solves(GradientKind kind, int forward, int backward)
    {
        GradientDescription gradient = SolverPasses.Model(kind).Gradient;
        Assert.Equal((forward, backward, forward + backward), (gradient.ForwardSolves, gradient.BackwardSolves, gradient.SolvesPerStep));
    }

    [Fact]
    public void A_descriptor_that_contradicts_itself_is_refused()
    {
        ModelDescriptor model = HandwrittenLayer<float>.Descriptor;
        GradientDescription blackbox = new(GradientKind.Blackbox);
        ModelDescriptor[] bad =
        [
            model with { Gradient = blackbox with { Lambda = 0 } },
            model with { Gradient = blackbox with { Lambda = double.PositiveInfinity } },
            model with { Gradient = blackbox with { Kind = (GradientKind)9 } },
            model with { Gradient = blackbox, FieldWeight = 0 },
            model with { Gradient = blackbox, HasField = false },
            model with { Gradient = blackbox, Temperature = 1 },
            model with { Gradient = new(GradientKind.Covariance) },
            model with { Gradient = new(GradientKind.Perturbed) { Samples = 2 } },
            model with { Gradient = new(GradientKind.Perturbed) { Sigma = double.NaN } },
            model with { Gradient = new(GradientKind.Perturbed) { NoiseCount = 0 } },
            model with { Gradient = new(GradientKind.Perturbed) { Noise = (PerturbationNoise)3 } },
            model with { Gradient = new(GradientKind.Nudged) { Beta = -1 } },
        ];
        Assert.All(bad, m => Assert.Throws<ArgumentException>(() => new HandwrittenLayer<float>(m)));
        _ = new HandwrittenLayer<float>(model with { Gradient = new(GradientKind.Nudged), Temperature = 1, ReadCount = 2 });
    }

    private static LayerRun<float> Run(GradientKind kind, ISampler sampler) => new(SolverPasses.Model(kind)) { Sampler = sampler };

    private static float[][] Gradients(LayerRun<float> run) =>
        [.. run.InputGradients.Select(g => g.ToArray()), .. run.Layer.Parameters.Select(p => p.Gradient.ToArray())];
}
