using Qama.Layers;
using Qama.Sampling;
using Layer = Qama.Tests.Layers.HandwrittenLayer<double>;

namespace Qama.Tests.Layers;

public class ExpectationTests
{
    private const double Temperature = 0.8;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void The_gradients_expectation_over_two_independent_reads_is_the_exact_gradient_of_the_mean(bool symmetric, bool masked)
    {
        double[]? mask = masked ? [.. Enumerable.Range(0, Layer.N * Layer.Stride).Select(k => k / Layer.Stride == k % Layer.Stride ? 1.0 : 0)] : null;
        ModelDescriptor model = Layer.Descriptor with
        {
            ReadCount = 2,
            Temperature = Temperature,
            HasSymmetricCouplings = symmetric,
            KeepsDiagonal = !symmetric,
        };

        // Only the first sample's first two tokens are present: 256 states.
        var run = new LayerRun<double>(model, [2, 0, 0], mask);
        var sampler = new GivenReads();
        run.Sampler = sampler;
        var exact = new LiteralExpectation(run, Temperature, symmetric, mask);
        double[] p = exact.Probabilities();
        byte[][] states = LiteralExpectation.States;
        double[][] inputs = [.. run.InputGradients.Select(g => new double[g.Length])];
        double[][] parameters = [.. run.Layer.Parameters.Select(q => new double[q.Length])];
        double loss = 0;
        for (int a = 0; a < states.Length; a++)
        {
            for (int b = a; b < states.Length; b++)
            {
                double probability = (a == b ? 1 : 2) * p[a] * p[b];
                sampler.Reads = [states[a], states[b]];
                loss += probability * run.Loss();
                run.Backward();
                Accumulate(probability, run.InputGradients, inputs);
                Accumulate(probability, [.. run.Layer.Parameters.Select(q => q.Gradient.ToArray())], parameters);
            }
        }

        Assert.Equal(Temperature, sampler.Temperature);
        Assert.Equal(exact.Mean(), loss, 1e-10);
        for (int k = 0; k < 3; k++)
        {
            inputs[k].CopyTo(run.InputGradients[k], 0);
        }

        for (int k = 0; k < parameters.Length; k++)
        {
            parameters[k].CopyTo(run.Layer.Parameters[k].Gradient);
        }

        CentralDifferences.Check(run, exact.Mean, 1e-8);

        static void Accumulate(double factor, double[][] from, double[][] to)
        {
            for (int k = 0; k < from.Length; k++)
            {
                for (int i = 0; i < from[k].Length; i++)
                {
                    to[k][i] += factor * from[k][i];
                }
            }
        }
    }

    [Fact]
    public void Without_a_temperature_the_output_is_the_mean_over_the_reads_and_its_gradient_the_mean_gradient()
    {
        var run = new LayerRun<double>(
            Layer.Descriptor with { ReadCount = 3, NormalizesCouplings = true, NormalizesOutput = true }, [4, 3, 2]);
        run.Sampler = new GivenReads(run.States);
        run.Forward().Backward();
        CentralDifferences.Check(run, run.Loss);

        byte[][] states = run.States;
        run = new LayerRun<double>(Layer.Descriptor with { ReadCount = 3 }) { Sampler = new GivenReads(states) };
        run.Forward();
        var mean = new double[run.Output.Length];
        foreach (byte[] state in states)
        {
            var single = new LayerRun<double>(Layer.Descriptor) { Sampler = new GivenReads(state) };
            single.Forward();
            mean = [.. mean.Zip(single.Output, (m, y) => m + y / 3)];
        }

        Assert.All(mean.Zip(run.Output), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Results_do_not_depend_on_threads_or_on_how_the_batch_is_split()
    {
        ModelDescriptor model = Layer.Descriptor with { ReadCount = 3, Temperature = Temperature };
        LayerRun<float> one = Run(1), three = Run(3);
        Assert.Equal(one.Output, three.Output);
        Assert.Equal(one.InputGradients, three.InputGradients);
        Assert.Equal(one.Layer.Parameters[0].Gradient, three.Layer.Parameters[0].Gradient);
        int perSample = one.Output.Length / LayerRun<float>.Batch;
        var output = new float[perSample];
        var gradient = new float[perSample];
        LayerWorkspace<float> workspace = one.Layer.CreateWorkspace(1);
        one.Layer.Forward(
            one.Inputs[0].AsSpan(^perSample..), one.Inputs[1].AsSpan(^perSample..), one.Inputs[2].AsSpan(^perSample..), output, workspace, one.Sampler);
        one.Layer.Backward(one.OutputGradient.AsSpan(^perSample..), gradient, new float[perSample], new float[perSample], workspace);
        Assert.Equal(one.Output[^perSample..], output);
        Assert.Equal(one.InputGradients[0][^perSample..], gradient);

        LayerRun<float> Run(int threads)
        {
            var run = new LayerRun<float>(model, threads: threads);
            run.Sampler = new GivenReads(run.States);
            return run.Forward().Backward();
        }
    }

    [Fact]
    public void A_sampler_without_temperatures_is_refused_before_any_work()
    {
        var run = new LayerRun<double>(Layer.Descriptor with { ReadCount = 2, Temperature = Temperature });
        run.Sampler = new GivenReads(run.States);
        run.Forward();
        double[] output = [.. run.Output];
        run.Sampler = new FixedSampler(run.States);
        Assert.Contains("fixed selections", Assert.Throws<NotSupportedException>(run.Forward).Message, StringComparison.Ordinal);
        Assert.Equal(output, run.Output);
        run.Backward();
    }

    [Fact]
    public void A_single_read_has_the_direct_gradient_alone()
    {
        var run = new LayerRun<double>(Layer.Descriptor with { Temperature = Temperature });
        run.Sampler = new GivenReads(run.States);
        run.Forward().Backward();
        CentralDifferences.Check(run, run.Loss);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var run = new LayerRun<float>(Layer.Descriptor with { ReadCount = 3, Temperature = Temperature, NormalizesFields = true });
        run.Sampler = new GivenReads(run.States);
        run.Forward().Backward();
        Allocations.AssertNone(() =>
        {
            run.Layer.Forward(run.Inputs[0], run.Inputs[1], run.Inputs[2], run.Output, run.Workspace, run.Sampler);
            run.Layer.Backward(run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace);
        });
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(1, 0.0)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    public void Read_counts_and_temperatures_are_checked(int reads, double temperature) => Assert.ThrowsAny<ArgumentException>(
        () => new Layer(Layer.Descriptor with { ReadCount = reads, Temperature = temperature }));
}
