using System.Runtime.CompilerServices;

namespace Qama.Numerics;

/// <summary>
/// A small counter-based random stream (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014). A value type: copying it forks it.
/// </summary>
/// <param name="seed">Any value; near seeds give unrelated streams.</param>
public struct RandomStream(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15UL;
    private ulong _state = Mix(seed);

    /// <summary>Scrambles 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value += Increment;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    /// <summary>64 uniform bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextUInt64() => Mix(_state += Increment);

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in 0..limit−1 (bias below 2⁻³²).</summary>
    /// <param name="limit">At least 1.</param>
    public int NextInt32(int limit) => (int)(((NextUInt64() >> 32) * (ulong)limit) >> 32);

    /// <summary>A standard normal number (Box-Muller, the cosine half).</summary>
    public double NextNormal()
    {
        double u = 1 - NextDouble();
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * NextDouble());
    }
}
