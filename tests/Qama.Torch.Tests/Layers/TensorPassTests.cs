using Qama.Layers;
using Qama.Problems;
using Qama.Torch.Energies;
using Qama.Torch.Layers;
using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>Types, devices and batches at the edge.</summary>
public class TensorPassTests
{
    public static TheoryData<string> Kinds => [.. Make().Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tensors_without_data_have_the_right_shapes(string kind)
    {
        QuboAttentionLayer<float> layer = Make()[kind];
        ModelDescriptor model = layer.Model;
        using var run = new TensorRun(layer, ScalarType.Float32, META);
        run.Lengths = zeros([7], ScalarType.Int64, META);
        Tensor x = zeros([7, model.Tokens, model.EmbeddingDim], device: META).requires_grad_();
        TensorResult result = run.Forward([x], ReplaySampler.All(true));
        Assert.Equal([7, model.Tokens, model.OutputDim], result.Output.shape);
        Assert.Equal(DeviceType.META, result.Output.device_type);
        Assert.Equal([7, model.HeadCount, model.Tokens, model.Tokens], result.Problem.Couplings!.shape);
        Assert.Equal(layer.Buffers.Count, result.Statistics.Count);
        Assert.All(result.Statistics, s => Assert.Equal([model.HeadCount], s.shape));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_empty_batch_has_an_empty_output_and_gradients_of_zero(string kind)
    {
        QuboAttentionLayer<float> layer = Make()[kind];
        ModelDescriptor model = layer.Model;
        foreach (bool hasLengths in new[] { false, true })
        {
            using var run = new TensorRun(layer);
            run.Lengths = hasLengths ? zeros([0], ScalarType.Int64) : null;
            Tensor x = zeros([0, model.Tokens, model.EmbeddingDim], ScalarType.Float64).requires_grad_();
            var sampler = ReplaySampler.All(true);
            TensorResult result = run.Forward([x, x, x], sampler);
            Assert.Equal(0, sampler.Calls);
            Assert.Equal([0, model.Tokens, model.OutputDim], result.Output.shape);
            Assert.Equal([0, model.ReadCount, model.HeadCount, model.Tokens, model.SelectionBits], result.Samples.States.shape);
            Assert.Equal(run.Buffers.SelectMany(TensorRun.Values), result.Statistics.SelectMany(TensorRun.Values));
            result.Output.sum().backward();
            Assert.Equal(x.shape, x.grad!.shape);
            Assert.All(run.Parameters, p => Assert.All(TensorRun.Values(p.grad!), g => Assert.Equal(0, g)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Where_nothing_is_selected_gradients_are_finite(string kind)
    {
        QuboAttentionLayer<float> layer = Make()[kind];
        layer.Mode = LayerMode.Evaluation;
        ModelDescriptor model = layer.Model;
        using var run = new TensorRun(layer);
        Tensor x = run.Leaf(Numbers.Random(3 * model.Tokens * model.EmbeddingDim, 1), 3, model.Tokens, model.EmbeddingDim);
        run.Lengths = tensor(new[] { model.Tokens, 0, 1 });
        TensorResult result = run.Forward([x], ReplaySampler.All(false));
        if (!model.NormalizesOutput)
        {
            Assert.All(TensorRun.Values(result.Output), y => Assert.Equal(0, y));
        }

        result.Output.square().sum().backward();
        Assert.All(run.Parameters.Append(x), p => Assert.All(TensorRun.Values(p.grad!), g => Assert.True(double.IsFinite(g))));
    }

    [Theory]
    [InlineData(ScalarType.Float16, 2e-2)]
    [InlineData(ScalarType.BFloat16, 1e-1)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void Numbers_have_the_parameters_type_and_the_output_the_inputs(ScalarType type, double tolerance)
    {
        foreach ((string kind, QuboAttentionLayer<float> layer) in Make())
        {
            ModelDescriptor model = layer.Model;
            float[] random = Numbers.Random(4 * model.Tokens * model.EmbeddingDim, 1);
            float[] values = model.HasProjection ? random : [.. random.Select(v => 0.5f + Math.Abs(v))];
            foreach (Parameter<float> shift in layer.Parameters.Where(p => p.Name == "FieldNorm.Bias"))
            {
                shift.Value.Fill(4);
            }

            Tensor[] outputs = new Tensor[2];
            Tensor[] gradients = new Tensor[2];
            for (int i = 0; i < 2; i++)
            {
                using var run = new TensorRun(layer, i == 0 ? ScalarType.Float64 : type);
                Tensor x = tensor(values).view(4, model.Tokens, model.EmbeddingDim).requires_grad_();
                TensorResult result = run.Forward([x], ReplaySampler.All(true));
                Assert.Equal(ScalarType.Float32, result.Output.dtype);
                Assert.Equal(i == 0 ? ScalarType.Float64 : ScalarType.Float32, result.Problem.NumberType);
                Assert.All(result.Statistics, s => Assert.Equal(run.Type, s.dtype));
                result.Output.square().sum().backward();
                Assert.All(run.Parameters, p => Assert.Equal(run.Type, p.grad!.dtype));
                (outputs[i], gradients[i]) = (result.Output.DetachFromDisposeScope(), x.grad!.DetachFromDisposeScope());
            }

            // The divergence is a difference of logarithms, whose few digits in 16 bits its batch norm scales up.
            double allowed = layer is FirstVersion ? 10 * tolerance : tolerance;
            Numbers.AssertNear(Numbers.Values(outputs[0]), Numbers.Values(outputs[1]), allowed);
            Assert.True(gradients[1].isfinite().all().ToBoolean(), kind);
        }
    }

    [Fact]
    public void Passes_leave_no_tensors_and_a_disposed_layer_none_at_all()
    {
        long start = LiveTensors.Count();
        using (var run = new TensorRun(new NormedAttention(1)))
        {
            Tensor x = run.Leaf(Numbers.Random(2 * 5 * 6, 1), 2, 5, 6);
            long before = 0;
            for (int step = 0; step < 3; step++)
            {
                using (DisposeScope scope = NewDisposeScope())
                {
                    TensorResult result = run.Forward([x], ReplaySampler.All(true));
                    result.Output.sum().backward();
                }

                Assert.Equal(1, run.Layer.Tables.Count);
                before = step == 0 ? Tensor.TotalCount : before;
                Assert.Equal(before, Tensor.TotalCount);
            }
        }

        Assert.Equal(start, Tensor.TotalCount);
    }

    [Fact]
    public void Tables_are_made_once_for_each_type_and_place()
    {
        using var tables = new DeviceTables();
        float[] numbers = [1, 2];
        int made = 0;
        Tensor first = Get(ScalarType.Float32, CPU);
        Assert.Same(first, Get(ScalarType.Float32, CPU));
        Assert.NotSame(first, Get(ScalarType.Float64, CPU));
        Assert.Equal(DeviceType.META, Get(ScalarType.Float32, META).device_type);
        Assert.Equal(3, made);
        tables.Dispose();
        Assert.True(first.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => Get(ScalarType.Float32, CPU));

        Tensor Get(ScalarType type, torch.Device device) => tables.Get(
            numbers,
            () =>
            {
                made++;
                return tensor(numbers);
            },
            type, device);
    }

    [Fact]
    public void Without_gradients_wanted_there_are_none()
    {
        using var run = new TensorRun(new Expected(1));
        Tensor x = run.Leaf(Numbers.Random(2 * 4 * 6, 1), 2, 4, 6);
        using IDisposable mode = no_grad();
        Assert.False(run.Forward([x], ReplaySampler.All(true)).Output.requires_grad);
    }

    /// <summary>Zeros would do for most formulas, but not for these.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Formulas_that_have_no_derivative_at_zero_have_gradients_beside_padding(bool isLogarithm)
    {
        var layer = new CouplingOnly(1);
        ModelDescriptor model = layer.Model with { HasProjection = false };
        var free = new bool[4, 4];
        for (int i = 0; i < 16; i++)
        {
            free[i / 4, i % 4] = i / 4 != i % 4;
        }

        var formula = new HandModel(
            model, new TensorReadout(TensorReadoutKind.LocalEnergy, Generator: 0),
            i => isLogarithm
                ? (i.Query.log() - i.Key.log()).square().sum([4])
                : (i.Query * i.Key).sum([4]) / (i.Query.norm(4) * i.Key.norm(4)));
        using var tensors = new TensorLayer(formula, model, free);
        double[][] gradients = [.. new[] { 7.0, double.NaN, 0 }.Select(padding =>
        {
            Tensor x = tensor(Numbers.Random(2 * 4 * 4, 1)).abs().add(0.1).view(2, 4, 4).to(ScalarType.Float64);
            x[0, 2] = x[0, 3] = x[1] = tensor(padding);
            Tensor generator = ones([2], ScalarType.Float64).requires_grad_();
            x.requires_grad_();
            tensors.Forward(new TensorPass
            {
                Parameters = [generator], Buffers = [], Inputs = [x], Lengths = tensor(new[] { 2, 0 }), IsTraining = true,
                Sampler = ReplaySampler.All(true), SamplingKey = default,
            }).Output.sum().backward();
            return TensorRun.Values(x.grad!).Concat(TensorRun.Values(generator.grad!)).ToArray();
        })];
        Assert.All(gradients[0], g => Assert.True(double.IsFinite(g)));
        Assert.Contains(gradients[0], g => g != 0);
        Assert.Equal(gradients[0], gradients[1]);
        Assert.Equal(gradients[0], gradients[2]);
    }

    [Fact]
    public void A_sampler_is_asked_for_what_the_model_reads_and_sees_symmetric_couplings_without_gradients()
    {
        using var expected = new TensorRun(new Expected(1));
        var sampler = ReplaySampler.All(true);
        expected.Forward([expected.Leaf(Numbers.Random(2 * 4 * 6, 1), 2, 4, 6)], sampler);
        var asked = sampler.Asked!.Value;
        Assert.Equal((5, 0.6, new SamplingKey(1), false), (asked.Reads, asked.Temperature, asked.Key, asked.WantsGradients));
        using var first = new TensorRun(new FirstVersion(1));
        first.Lengths = tensor(new[] { 4, 2 });
        first.Forward([first.Leaf(Numbers.Random(2 * 4 * 6, 1), 2, 4, 6).abs()], sampler);
        (TensorProblem problem, int reads, double? temperature, _, _) = sampler.Asked.Value;
        Assert.Equal((1, null), (reads, temperature));
        Tensor couplings = problem.Couplings!;
        Assert.False(couplings.requires_grad || problem.Fields!.requires_grad);
        Assert.Equal(TensorRun.Values(couplings), TensorRun.Values(couplings.transpose(2, 3)));
        Assert.Equal([1.0, 1, 1, 1, 1, 1, 0, 0], TensorRun.Values(problem.Present));
        Assert.Equal(0, couplings[1, TensorIndex.Colon, 2].abs().sum().ToDouble());
        Assert.Equal(0, problem.Fields![1, TensorIndex.Colon, 2].abs().sum().ToDouble());
        Assert.NotEqual(0, couplings.diagonal(dim1: 2, dim2: 3).abs().sum().ToDouble());
    }

    private static Dictionary<string, QuboAttentionLayer<float>> Make() => new()
    {
        [nameof(SecondVersion)] = new SecondVersion(1), [nameof(FirstVersion)] = new FirstVersion(1), [nameof(Stable)] = new Stable(1),
        [nameof(Blocks)] = new Blocks(1), [nameof(CouplingOnly)] = new CouplingOnly(1), [nameof(NormedAttention)] = new NormedAttention(1),
        [nameof(Windowed)] = new Windowed(1), [nameof(Expected)] = new Expected(1), [nameof(Scaled)] = new Scaled(1),
    };
}
