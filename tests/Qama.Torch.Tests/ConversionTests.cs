using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Other types, places and layouts are converted and converted back.</summary>
public class ConversionTests
{
    private static readonly float[] _x = Numbers.Random(2 * 5 * 8, 1);
    private static readonly ISampler _sampler =
        new FixedSampler(Enumerable.Repeat(Enumerable.Repeat((byte)1, Second.VariableCount).ToArray(), 2).ToArray());

    [Theory]
    [InlineData(torch.ScalarType.Float64, 1e-6)]
    [InlineData(torch.ScalarType.BFloat16, 3e-2)]
    [InlineData(torch.ScalarType.Float16, 3e-3)]
    public void Other_number_types_come_back_as_they_went_in(torch.ScalarType type, double tolerance)
    {
        using torch.Tensor plain = Numbers.Tensor(_x, 2, 5, 8);
        using torch.Tensor input = plain.to(type, torch.CPU);
        AssertAsPlain(input, tolerance);
    }

    [Fact]
    public void A_tensor_on_another_device_is_fetched_by_the_native_backend_and_the_output_goes_there()
    {
        foreach (torch.Device device in TestDevices.Accelerators)
        {
            using torch.Tensor plain = Numbers.Tensor(_x, 2, 5, 8);
            using torch.Tensor input = plain.to(device);
            AssertAsPlain(input, 1e-6);
        }
    }

    [Fact]
    public void A_transposed_tensor_is_read_in_its_own_order()
    {
        float[] transposed = [.. Enumerable.Range(0, _x.Length).Select(i => _x[i % 2 * 40 + i / 2])];
        using torch.Tensor stored = Numbers.Tensor(transposed, 5, 8, 2);
        using torch.Tensor last = stored.transpose(1, 2);
        using torch.Tensor input = last.transpose(0, 1);
        Assert.False(input.is_contiguous());
        Assert.Equal(_x, Numbers.Values(input));
        AssertAsPlain(input, 0);
    }

    [Fact]
    public void A_converted_or_moved_module_trains_on()
    {
        AssertTrainsOn(m => m.to(torch.ScalarType.Float64));
        AssertTrainsOn(m => m.to(torch.ScalarType.BFloat16).to(torch.ScalarType.Float32), 2e-2);
        foreach (torch.Device device in TestDevices.Accelerators)
        {
            AssertTrainsOn(m => m.to(device));
        }
    }

    private static void AssertTrainsOn(Func<Second.TorchModule, object> change, double tolerance = 1e-6)
    {
        using Second.TorchModule module = Module();
        module.Backend = Backend.Native;
        change(module);
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        using torch.Tensor output = module.call(input);
        using torch.Tensor loss = output.sum();
        loss.backward();
        torch.Tensor parameter = module.get_parameter("QueryProjection")!;
        using torch.Tensor gradient = parameter.grad!;
        Assert.Equal(parameter.dtype, gradient.dtype);
        Assert.Equal(parameter.device.type, gradient.device.type);
        (float[] outputs, float[] gradients) = Plain("QueryProjection");
        Numbers.AssertNear(outputs, Numbers.Values(output), tolerance);
        Numbers.AssertNear(gradients, Numbers.Values(gradient), tolerance);
    }

    /// <summary>Output and gradient of a tensor that needs no conversion.</summary>
    private static (float[] Output, float[] Gradient) Plain(string? parameter = null)
    {
        using Second.TorchModule module = Module();
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        input.requires_grad = true;
        using torch.Tensor output = module.call(input);
        using torch.Tensor loss = output.sum();
        loss.backward();
        using torch.Tensor gradient = (parameter is null ? input : module.get_parameter(parameter)!).grad!;
        return (Numbers.Values(output), Numbers.Values(gradient));
    }

    private static void AssertAsPlain(torch.Tensor input, double tolerance)
    {
        (float[] outputs, float[] gradients) = Plain();
        using Second.TorchModule module = Module();
        module.Backend = Backend.Native;
        input.requires_grad = true;
        using torch.Tensor output = module.call(input);
        Assert.Equal(input.dtype, output.dtype);
        Assert.Equal(input.device.type, output.device.type);
        Numbers.AssertNear(outputs, Numbers.Values(output), tolerance);
        using torch.Tensor loss = output.sum();
        loss.backward();
        using torch.Tensor gradient = input.grad!;
        Assert.Equal(input.dtype, gradient.dtype);
        Assert.Equal(input.device.type, gradient.device.type);
        Numbers.AssertNear(gradients, Numbers.Values(gradient), tolerance);
    }

    private static Second.TorchModule Module() => new(7, _sampler);
}
