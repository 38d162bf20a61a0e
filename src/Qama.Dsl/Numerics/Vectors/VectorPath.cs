using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Which registers the kernels of annealing and of matrix products use: the widest there are, or those that the environment
/// variable QAMA_VECTOR names: "512" (AVX-512), "256" (AVX2), "128" or "portable" (what every processor has or the framework
/// imitates with scalars). Results do not depend on it.
/// </summary>
internal static class VectorPath
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "QAMA_VECTOR";

    private static readonly string? _asked = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Bits of a register, or 0 if the variable has no valid value. Read once, so that it is a constant to
    /// code compiled later.</summary>
    public static readonly int Bits = Choose(_asked);

    /// <summary>The width that a value of the variable asks for; 0 for none of them.</summary>
    public static int Choose(string? value) => value switch
    {
        "512" => 512,
        "256" => 256,
        "128" or "portable" => 128,
        null or "" => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        _ => 0,
    };

    /// <summary>What is wrong where <see cref="Bits"/> is 0.</summary>
    public static InvalidOperationException Unknown() => new(
        $"Expected the environment variable {Variable} to be 512, 256, 128 or portable, or not set; it is \"{_asked}\".");
}
