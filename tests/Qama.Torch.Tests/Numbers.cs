using System.Runtime.InteropServices;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Between tensors and arrays.</summary>
internal static class Numbers
{
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    public static torch.Tensor Tensor(float[] values, params long[] shape)
    {
        torch.Tensor tensor = torch.empty(shape);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    public static torch.Tensor Integers(params long[] values)
    {
        torch.Tensor tensor = torch.empty([values.Length], torch.ScalarType.Int64);
        values.CopyTo(MemoryMarshal.Cast<byte, long>(tensor.bytes));
        return tensor;
    }

    /// <summary>The values in row-major order, whatever type, place and layout.</summary>
    public static float[] Values(torch.Tensor tensor)
    {
        using IDisposable mode = torch.no_grad();
        using torch.Tensor converted = tensor.to(torch.ScalarType.Float32, torch.CPU);
        using torch.Tensor plain = converted.contiguous();
        return MemoryMarshal.Cast<byte, float>(plain.bytes).ToArray();
    }

    public static void AssertNear(IReadOnlyList<float> expected, IReadOnlyList<float> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        double scale = Math.Max(1e-3, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"Element {i}: expected {expected[i]}, got {actual[i]}.");
        }
    }
}
