using Qama.Layers;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>What the tensor path does not take, it says so, and nothing has changed.</summary>
public class TensorRefusalTests
{
    [Fact]
    public void Tensors_on_different_devices()
    {
        using var run = new TensorRun(new SecondVersion(1));
        Tensor here = run.Leaf(new double[60], 2, 5, 6), there = here.to(META);
        AssertSays("input", [there], run);
        AssertSays("key", [here, there, here], run);
        AssertSays("value", [here, here, there], run);
        run.Lengths = tensor(new[] { 1, 2 }).to(META);
        AssertSays("lengths", [here], run);
        run.Lengths = null;
        run.Buffers = [];
        run.Parameters[3] = run.Parameters[3].to(META);
        AssertSays("parameters", [here], run);

        static void AssertSays(string name, Tensor[] inputs, TensorRun run)
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() => run.Forward(inputs, ReplaySampler.All(true)));
            Assert.Equal(name, exception.ParamName);
            Assert.Contains("on cpu", exception.Message, StringComparison.Ordinal);
            Assert.Contains("on meta", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Shapes_and_types_that_do_not_fit()
    {
        using var run = new TensorRun(new SecondVersion(1));
        Tensor good = run.Leaf(new double[60], 2, 5, 6);
        AssertNames("input", run.Leaf(new double[60], 2, 6, 5));
        AssertNames("input", run.Leaf(new double[30], 5, 6));
        AssertNames("input", good.to(ScalarType.Int64));
        AssertNames("key", good, run.Leaf(new double[30], 1, 5, 6), good);
        AssertNames("value", good, good, good.to(ScalarType.Bool));
        foreach (Tensor lengths in new[]
                 {
                     tensor(new[] { 1 }), tensor(new[] { 1.0, 2 }), tensor(new[] { 1, 6 }), tensor(new[] { -1L, 5 }),
                 })
        {
            run.Lengths = lengths;
            AssertNames("lengths", good);
        }

        void AssertNames(string name, params Tensor[] inputs) =>
            Assert.Equal(name, Assert.Throws<ArgumentException>(() => run.Forward(inputs, ReplaySampler.All(true))).ParamName);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Numbers_that_are_not_finite(double bad)
    {
        foreach ((QuboAttentionLayer<float> layer, int role, string what) in new (QuboAttentionLayer<float>, int, string)[]
                 {
                     (new Stable(1), 0, "a query"), (new Windowed(1), 1, "a key"), (new CouplingOnly(1), 2, "a value"),
                     (new FirstVersion(1), -1, "an input"),
                 })
        {
            using var run = new TensorRun(layer);
            ModelDescriptor model = layer.Model;
            Tensor[] inputs = [.. Enumerable.Range(0, role < 0 ? 1 : 3).Select(
                i => run.Leaf(Numbers.Random(3 * model.Tokens * model.EmbeddingDim, i), 3, model.Tokens, model.EmbeddingDim).detach())];
            inputs[Math.Max(role, 0)][1, 1, 2] = bad;
            AssertRefused(run, inputs, $"{model.Name}: sample 1 of the batch has {what}");
        }
    }

    [Fact]
    public void Coefficients_that_are_not_finite()
    {
        // Finite numbers whose squares are not; batch normalisation spreads them to all samples.
        using (var run = new TensorRun(new Windowed(1), ScalarType.Float32))
        {
            Tensor x = run.Leaf([.. Numbers.Random(3 * 6 * 4, 1).Select((v, i) => i < 2 * 6 * 4 ? v : v * 1e25f)], 3, 6, 4).detach();
            AssertRefused(run, [x], "sample 2 of the batch has a coupling");
        }

        using (var run = new TensorRun(new FirstVersion(1)))
        {
            Tensor x = run.Leaf(new double[3 * 4 * 6], 3, 4, 6).detach();
            run.Parameter("FieldNorm.Bias").detach()[1] = double.NaN;
            AssertRefused(run, [x], "sample 0 of the batch has a field");
        }
    }

    [Theory]
    [InlineData(0, "CouplingNorm")]
    [InlineData(3, "FieldNorm")]
    [InlineData(5, "OutputNorm")]
    public void Running_statistics_that_are_not_finite(int buffer, string name)
    {
        var layer = new Stable(1);
        using var run = new TensorRun(layer);
        Tensor x = run.Leaf(Numbers.Random(2 * 5 * 6, 1), 2, 5, 6);
        run.Buffers[buffer][1] = double.PositiveInfinity;
        AssertRefused(run, [x], $"{layer.Model.Name}, {name}: the running mean or variance of head 1");
    }

    [Fact]
    public void Samplers_that_cannot_or_answer_something_else()
    {
        using var run = new TensorRun(new Expected(1));
        Tensor x = run.Leaf(Numbers.Random(2 * 4 * 6, 1), 2, 4, 6);
        ReplaySampler cold = new((_, _) => throw new InvalidOperationException("Not asked.")) { SamplesAtTemperature = false };
        NotSupportedException refusal = Assert.Throws<NotSupportedException>(() => run.Forward([x], cold));
        Assert.Contains("SamplesAtTemperature", refusal.Message, StringComparison.Ordinal);
        foreach (Tensor wrong in new[]
                 {
                     zeros([2, 4, 2, 4, 1], ScalarType.Bool), zeros([2, 5, 2, 4, 1]), zeros([2, 5, 2, 4, 1], ScalarType.Bool, META),
                 })
        {
            Assert.Contains(
                "[2, 5, 2, 4, 1] of booleans on cpu",
                Assert.Throws<InvalidOperationException>(() => run.Forward([x], new ReplaySampler((_, _) => wrong))).Message,
                StringComparison.Ordinal);
        }
    }

    private static void AssertRefused(TensorRun run, Tensor[] inputs, string message)
    {
        double[][] before = [.. run.Buffers.Select(TensorRun.Values)];
        long tensors = LiveTensors.Count();
        NotFiniteNumberException exception =
            Assert.Throws<NotFiniteNumberException>(() => run.Forward(inputs, ReplaySampler.All(true)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(tensors + run.Layer.Tables.Count, Tensor.TotalCount);
        Assert.Equal(before, run.Buffers.Select(TensorRun.Values));
    }
}
