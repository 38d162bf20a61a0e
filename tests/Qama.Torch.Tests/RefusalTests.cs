using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>What a module does not take, it says so.</summary>
public class RefusalTests
{
    [Theory]
    [InlineData("got [5, 8]", 5, 8)]
    [InlineData("got [1, 5, 7]", 1, 5, 7)]
    [InlineData("got [1, 4, 8]", 1, 4, 8)]
    public void Another_shape(string message, params int[] shape)
    {
        using var module = new Second.TorchModule(1);
        using torch.Tensor input = torch.empty([.. shape.Select(d => (long)d)]);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => module.call(input));
        Assert.Equal("input", exception.ParamName);
        Assert.Contains("[batch, 5, 8]", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers()
    {
        using var module = new Second.TorchModule(1);
        using torch.Tensor input = torch.empty([1, 5, 8], torch.ScalarType.Int64);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => module.call(input)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing()
    {
        using var module = new Second.TorchModule(1);
        using var separate = new Second.SeparateTorchModule(1);
        using torch.Tensor input = Numbers.Tensor(new float[40], 1, 5, 8);
        Assert.Equal("input", Assert.Throws<ArgumentNullException>(() => module.call(null!)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentNullException>(() => separate.call(input, input, null!)).ParamName);
        Assert.Throws<ArgumentNullException>(() => module.Sampler = null!);
        Assert.Throws<ArgumentNullException>(() => module.CopyTo(null!));
        Assert.Throws<ArgumentNullException>(() => module.CopyFrom(null!));
    }

    [Fact]
    public void Separate_inputs_of_other_batches_or_places()
    {
        using var module = new Second.SeparateTorchModule(1);
        using torch.Tensor query = Numbers.Tensor(new float[80], 2, 5, 8);
        using torch.Tensor shorter = Numbers.Tensor(new float[40], 1, 5, 8);
        using torch.Tensor elsewhere = query.to(torch.ScalarType.Float32, torch.META);
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => module.call(query, shorter, query)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => module.call(query, query, elsewhere)).ParamName);
    }

    [Fact]
    public void Lengths_that_do_not_fit()
    {
        using var module = new Second.TorchModule(1);
        using torch.Tensor input = Numbers.Tensor(new float[80], 2, 5, 8);
        foreach (torch.Tensor lengths in new[]
                 {
                     Numbers.Integers(1), Numbers.Integers(1, 6), Numbers.Integers(-1, 2), Numbers.Tensor([1, 2], 2),
                 })
        {
            Assert.Equal("lengths", Assert.Throws<ArgumentException>(() => module.forward(input, lengths)).ParamName);
            lengths.Dispose();
        }
    }
}
