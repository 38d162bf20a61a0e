using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Outputs and gradients of modules are those of the native layer.</summary>
public class ValueTests
{
    private const int Batch = 3;
    private static readonly ISampler _sampler = new SimulatedAnnealingSampler { Sweeps = 20 };

    [Fact]
    public void A_module_computes_what_its_layer_computes()
    {
        float[] x = Numbers.Random(Batch * 5 * 8, 1);
        float[] g = Numbers.Random(Batch * 5 * 8, 2);
        var native = new NativePass(new Second(7), [x], g, _sampler);
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Leaf(x, Batch, 5, 8);
        using torch.Tensor output = module.call(input);
        Assert.Equal([Batch, 5, 8], output.shape);
        Assert.Equal(native.Output, Numbers.Values(output));
        Backward(output, g);
        AssertGradients(native, module, input);
    }

    [Fact]
    public void Separate_inputs_have_gradients_of_their_own()
    {
        float[][] inputs = [.. Enumerable.Range(0, 3).Select(i => Numbers.Random(Batch * 4 * 6, i))];
        float[] g = Numbers.Random(Batch * 4 * 12, 5);
        var native = new NativePass(new Outer.Wide(3), inputs, g, _sampler);
        using var module = new Outer.Wide.SeparateTorchModule(3, _sampler);
        torch.Tensor[] tensors = [.. inputs.Select(i => Leaf(i, Batch, 4, 6))];
        using torch.Tensor output = module.call(tensors[0], tensors[1], tensors[2]);
        Assert.Equal([Batch, 4, 12], output.shape);
        Assert.Equal(native.Output, Numbers.Values(output));
        Backward(output, g);
        AssertGradients(native, module, tensors);
    }

    [Fact]
    public void Running_statistics_follow_training_and_stay_in_evaluation()
    {
        float[] x = Numbers.Random(Batch * 5 * 8, 1);
        float[] g = Numbers.Random(Batch * 5 * 8, 2);
        var layer = new First(7);
        using var module = new First.TorchModule(7, _sampler);
        using torch.Tensor input = Leaf(x, Batch, 5, 8);
        for (int step = 0; step < 2; step++)
        {
            var native = new NativePass(layer, [x], g, _sampler, step: step);
            using torch.Tensor output = module.call(input);
            Assert.Equal(native.Output, Numbers.Values(output));
        }

        Assert.NotEmpty(layer.Buffers);
        module.eval();
        layer.Mode = LayerMode.Evaluation;
        var evaluated = new NativePass(layer, [x], g, _sampler, step: 2);
        using torch.Tensor last = module.call(input);
        Assert.Equal(evaluated.Output, Numbers.Values(last));
        Assert.All(layer.Buffers, b => Assert.Equal(b.Value.ToArray(), Numbers.Values(module.get_buffer(b.Name)!)));
    }

    [Fact]
    public void Gradients_are_those_of_central_differences_with_the_selection_held()
    {
        float[] x = Numbers.Random(Batch * 5 * 8, 1);
        float[] g = Numbers.Random(Batch * 5 * 8, 2);
        FixedSampler held = new NativePass(new Second(7), [x], g, _sampler).Held;
        using var module = new Second.TorchModule(7, held);
        using torch.Tensor input = Leaf(x, Batch, 5, 8);
        using (torch.Tensor output = module.call(input))
        {
            Backward(output, g);
        }

        AssertCentralDifferences(input, Loss);
        foreach ((_, torch.Tensor parameter) in module.named_parameters())
        {
            AssertCentralDifferences(parameter, Loss);
        }

        double Loss()
        {
            using torch.Tensor output = module.call(input);
            return Numbers.Values(output).Zip(g, (a, b) => (double)a * b).Sum();
        }
    }

    [Fact]
    public void A_gradient_seen_through_strides_of_zero_is_read_right()
    {
        float[] x = Numbers.Random(Batch * 5 * 8, 1);
        float[] ones = [.. Enumerable.Repeat(1f, Batch * 5 * 8)];
        var native = new NativePass(new Second(7), [x], ones, _sampler);
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Leaf(x, Batch, 5, 8);
        using torch.Tensor output = module.call(input);
        using torch.Tensor loss = output.sum();
        loss.backward();
        AssertGradients(native, module, input);
    }

    [Fact]
    public void Padding_is_never_read()
    {
        float[] x = Numbers.Random(Batch * 5 * 8, 1);
        float[] g = Numbers.Random(Batch * 5 * 8, 2);
        var native = new NativePass(new Second(7), [x], g, _sampler, [5, 2, 0]);
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Leaf(x, Batch, 5, 8);
        using torch.Tensor lengths = Numbers.Integers(5, 2, 0);
        using torch.Tensor output = module.forward(input, lengths);
        Assert.Equal(native.Output, Numbers.Values(output));
        Assert.All(Numbers.Values(output)[(7 * 8)..], v => Assert.Equal(0, v));
        Backward(output, g);
        AssertGradients(native, module, input);
        using torch.Tensor gradient = input.grad!;
        Assert.All(Numbers.Values(gradient)[(7 * 8)..], v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_call_may_have_a_sampler_of_its_own()
    {
        float[] x = Numbers.Random(5 * 8, 1);
        byte[] all = [.. Enumerable.Repeat((byte)1, Second.VariableCount)];
        var native = new NativePass(new Second(7), [x], new float[5 * 8], new FixedSampler(all));
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Numbers.Tensor(x, 1, 5, 8);
        using torch.Tensor output = module.forward(input, null, new FixedSampler(all));
        Assert.Equal(native.Output, Numbers.Values(output));
        Assert.Same(_sampler, module.Sampler);
        Assert.Equal(all, module.Samples!.State(0).ToArray());
    }

    [Fact]
    public void Only_training_moves_the_random_numbers_on()
    {
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Numbers.Tensor(Numbers.Random(5 * 8, 1), 1, 5, 8);
        module.call(input).Dispose();
        module.call(input).Dispose();
        Assert.Equal(new SamplingKey(7, Step: 2), module.SamplingKey);
        module.eval();
        module.call(input).Dispose();
        Assert.Equal(new SamplingKey(7, Step: 2), module.SamplingKey);
    }

    private static torch.Tensor Leaf(float[] values, params long[] shape)
    {
        torch.Tensor tensor = Numbers.Tensor(values, shape);
        tensor.requires_grad = true;
        return tensor;
    }

    private static void Backward(torch.Tensor output, float[] gradient)
    {
        using torch.Tensor seed = Numbers.Tensor(gradient, output.shape);
        output.backward([seed]);
    }

    private static void AssertGradients(NativePass native, torch.nn.Module module, params torch.Tensor[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            using torch.Tensor gradient = inputs[i].grad!;
            Assert.Equal(native.InputGradients[i], Numbers.Values(gradient));
        }

        Assert.Equal(native.ParameterGradients.Keys, module.named_parameters().Select(p => p.name));
        foreach ((string name, torch.Tensor parameter) in module.named_parameters())
        {
            using torch.Tensor gradient = parameter.grad!;
            Assert.Equal(native.ParameterGradients[name], Numbers.Values(gradient));
        }
    }

    private static void AssertCentralDifferences(torch.Tensor leaf, Func<double> loss)
    {
        const float Step = 1e-2f;
        using torch.Tensor gradient = leaf.grad!;
        float[] expected = new float[Numbers.Values(leaf).Length];
        for (int i = 0; i < expected.Length; i++)
        {
            float before = Values()[i];
            Values()[i] = before + Step;
            double up = loss();
            Values()[i] = before - Step;
            expected[i] = (float)((up - loss()) / (2 * Step));
            Values()[i] = before;
        }

        Numbers.AssertNear(expected, Numbers.Values(gradient), 1e-2);

        Span<float> Values() => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(leaf.bytes);
    }
}
