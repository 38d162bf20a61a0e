using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Layer = Qama.Tests.Layers.HandwrittenLayer<double>;

namespace Qama.Tests.Layers;

/// <summary>Expectations over reads of samplers that draw at a temperature of their own.</summary>
public class EstimatedTemperatureTests
{
    private static readonly ModelDescriptor Model = Layer.Descriptor with { ReadCount = 6, Temperature = 0.8 };

    [Fact]
    public void The_gradient_is_that_of_the_declared_one_at_the_estimated_temperature()
    {
        LayerRun<double> estimated = Run(Model, TemperatureSource.Estimated, new Nameless(RandomReads()));
        TemperatureEstimate estimate = estimated.Layer.EstimateTemperature(estimated.Workspace);
        Assert.True(estimate.IsFinite);
        Assert.Equal((6, LayerRun<double>.Batch), (estimate.Reads, estimate.Problems));
        Assert.Equal(estimate, estimated.Workspace.Problems.EstimateTemperature(estimated.Workspace.Samples));
        LayerRun<double> declared = Run(
            Model with { Temperature = Math.Abs(estimate.Temperature) }, TemperatureSource.Declared, new GivenReads(RandomReads()));
        LayerRun<double> direct = Run(Model with { Temperature = null }, TemperatureSource.Declared, new GivenReads(RandomReads()));
        Assert.Equal(direct.Output, estimated.Output);

        // Random reads may be hotter than hot; the path through the distribution is proportional to β, whatever its sign.
        double sign = Math.Sign(estimate.Temperature);
        for (int k = 0; k < 3; k++)
        {
            for (int i = 0; i < direct.InputGradients[k].Length; i++)
            {
                double path = declared.InputGradients[k][i] - direct.InputGradients[k][i];
                Assert.Equal(direct.InputGradients[k][i] + (sign * path), estimated.InputGradients[k][i], 1e-9);
            }
        }

        Assert.NotEqual(direct.InputGradients[0], estimated.InputGradients[0]);
    }

    [Fact]
    public void A_sampler_is_asked_for_the_declared_temperature_if_it_can()
    {
        var able = new GivenReads(RandomReads());
        LayerRun<double> run = Run(Model, TemperatureSource.Estimated, able);
        Assert.Equal(0.8, able.Temperature);
        var unable = new Nameless(RandomReads());
        run.Sampler = unable;
        run.Forward().Backward();
        Assert.Null(unable.Temperature);
        run.Layer.TemperatureFrom = TemperatureSource.Declared;
        Assert.Contains("Estimated", Assert.Throws<NotSupportedException>(run.Forward).Message, StringComparison.Ordinal);
        run.Sampler = able;
        run.Forward();
        Assert.Equal(0.8, able.Temperature);
    }

    [Fact]
    public void A_layer_starts_with_the_declared_source()
    {
        var run = new LayerRun<double>(Model with { TemperatureFrom = TemperatureSource.Estimated }) { Sampler = new Nameless(RandomReads()) };
        Assert.Equal(TemperatureSource.Estimated, run.Layer.TemperatureFrom);
        run.Forward().Backward(); // by a sampler that knows no temperature
        LayerRun<double> set = Run(Model, TemperatureSource.Estimated, new Nameless(RandomReads()));
        Assert.Equal(set.InputGradients, run.InputGradients);
    }

    [Fact]
    public void Reads_that_are_all_minima_have_the_direct_gradient_alone()
    {
        LayerRun<double> estimated = Run(Model, TemperatureSource.Estimated, new PolishedSampler(new Nameless(RandomReads())));
        Assert.Equal(
            double.PositiveInfinity, estimated.Layer.EstimateTemperature(estimated.Workspace).InverseTemperature);
        LayerRun<double> direct = Run(
            Model with { Temperature = null }, TemperatureSource.Declared, new PolishedSampler(new Nameless(RandomReads())));
        Assert.Equal(direct.Output, estimated.Output);
        Assert.Equal(direct.InputGradients, estimated.InputGradients);
    }

    [Fact]
    public void A_pass_keeps_its_source_until_its_gradient()
    {
        LayerRun<double> run = Run(Model, TemperatureSource.Estimated, new Nameless(RandomReads()));
        double[] gradient = [.. run.InputGradients[0]];
        run.Layer.TemperatureFrom = TemperatureSource.Declared;
        run.Backward();
        Assert.Equal(gradient, run.InputGradients[0]);
    }

    [Fact]
    public void Any_layer_has_a_temperature_once_it_has_reads_of_its_own()
    {
        var run = new LayerRun<float>(HandwrittenLayer<float>.Descriptor with { ReadCount = 6 }) { Sampler = new GivenReads(RandomReads()) };
        Assert.Throws<InvalidOperationException>(() => run.Layer.EstimateTemperature(run.Workspace));
        run.Forward();
        Assert.True(run.Layer.EstimateTemperature(run.Workspace).IsFinite);
        var other = new LayerRun<float>(HandwrittenLayer<float>.Descriptor);
        Assert.Throws<ArgumentException>(() => run.Layer.EstimateTemperature(other.Workspace));
        Assert.Throws<ArgumentNullException>(() => run.Layer.EstimateTemperature(null!));
        Assert.Equal(TemperatureSource.Declared, run.Layer.TemperatureFrom);
        Assert.Throws<ArgumentOutOfRangeException>(() => run.Layer.TemperatureFrom = (TemperatureSource)2);
        Assert.Equal(TemperatureSource.Declared, run.Layer.TemperatureFrom);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var run = new LayerRun<float>(HandwrittenLayer<float>.Descriptor with { ReadCount = 6, Temperature = 0.8 });
        run.Layer.TemperatureFrom = TemperatureSource.Estimated;
        run.Sampler = new Nameless(RandomReads());
        run.Forward().Backward();
        Allocations.AssertNone(() =>
        {
            run.Layer.Forward(run.Inputs[0], run.Inputs[1], run.Inputs[2], run.Output, run.Workspace, run.Sampler);
            run.Layer.Backward(run.OutputGradient, run.InputGradients[0], run.InputGradients[1], run.InputGradients[2], run.Workspace);
        });
    }

    private static LayerRun<double> Run(ModelDescriptor model, TemperatureSource source, ISampler sampler)
    {
        var run = new LayerRun<double>(model) { Sampler = sampler };
        run.Layer.TemperatureFrom = source;
        return run.Forward().Backward();
    }

    private static byte[][] RandomReads()
    {
        var random = new RandomStream(9);
        return [.. Enumerable.Range(0, 6).Select(
            _ => Enumerable.Range(0, Layer.Variables).Select(_ => (byte)random.NextInt32(2)).ToArray())];
    }

    /// <summary>Given reads of a temperature that nobody knows.</summary>
    private sealed class Nameless(byte[][] reads) : ISampler
    {
        private readonly GivenReads _inner = new(reads);

        public string Name => "reads of some temperature";

        public double? Temperature => _inner.Temperature;

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
            _inner.SampleAsync(problems, result, key, cancellationToken);
    }
}
