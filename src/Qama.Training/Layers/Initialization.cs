using System.Numerics;
using Qama.Layers;
using Qama.Numerics;

namespace Qama.Training.Layers;

/// <summary>Initial values of parameters.</summary>
internal static class Initialization
{
    /// <summary>Uniform in ±1/√<paramref name="inputs"/>: PyTorch's default of linear layers.</summary>
    /// <remarks>The stream depends on name and shape too, so layers that were given the same seed still differ.</remarks>
    public static void Uniform<T>(Parameter<T> parameter, int inputs, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ulong hash = (ulong)seed;
        foreach (char c in parameter.ToString())
        {
            hash = RandomStream.Mix(hash ^ c);
        }

        var random = new RandomStream(hash);
        double bound = 1 / Math.Sqrt(inputs);
        foreach (ref T value in parameter.Value)
        {
            value = T.CreateTruncating((2 * random.NextDouble() - 1) * bound);
        }
    }

    /// <summary>Normal with mean 0.</summary>
    public static void Normal<T>(Parameter<T> parameter, double deviation, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomStream(RandomStream.Mix((ulong)seed) + (ulong)parameter.Length);
        foreach (ref T value in parameter.Value)
        {
            value = T.CreateTruncating(random.NextNormal() * deviation);
        }
    }
}
