using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// Random acceptance thresholds for 16 proposals at once, without a logarithm: two windows of a shuffled table of
/// quantiles, at random places, combined so that each lane has the wanted distribution.
/// </summary>
/// <remarks>
/// A window alone would tie the 16 lanes together (4,096 possible windows); two independent windows give 2²⁴ pairs. The
/// tables hold the quantiles of u = (k + ½)/4096, so thresholds are truncated: a Metropolis step never climbs more than
/// 2 ln 8192 ≈ 18 temperatures, and a heat-bath step is certain beyond about 11 (probabilities below 10⁻⁴ and 2·10⁻⁵).
/// </remarks>
internal static class AcceptanceTable
{
    /// <summary>Number of quantiles.</summary>
    public const int Size = 4096;

    private const ulong ShuffleSeed = 0x51414D41;

    // A window may start at the last entry: the first 16 are repeated behind it.
    private static readonly float[] Exponential = Make(static u => -Math.Log(u));
    private static readonly float[] Gumbel = Make(static u => -Math.Log(-Math.Log(u)));

    /// <summary>Metropolis thresholds −ln u in units of temperature: 2 min(A, B) is exponential where A and B are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Metropolis(ulong bits)
    {
        Vector512<float> least = Vector512.MinNative(
            Window(Exponential, bits), Window(Exponential, bits >> 12)); // no NaN, no signed zero: one instruction will do
        return least + least;
    }

    /// <summary>Heat-bath thresholds ln((1 − u)/u) in units of temperature: a difference of Gumbel numbers is logistic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> HeatBath(ulong bits) => Window(Gumbel, bits) - Window(Gumbel, bits >> 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Window(float[] table, ulong bits) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), (nuint)(bits & (Size - 1)));

    private static float[] Make(Func<double, double> quantile)
    {
        var table = new float[Size + Vector512<float>.Count];
        for (int k = 0; k < Size; k++)
        {
            table[k] = (float)quantile((k + 0.5) / Size);
        }

        var random = new RandomStream(ShuffleSeed);
        for (int k = Size - 1; k > 0; k--)
        {
            int other = random.NextInt32(k + 1);
            (table[k], table[other]) = (table[other], table[k]);
        }

        table.AsSpan(0, Vector512<float>.Count).CopyTo(table.AsSpan(Size));
        return table;
    }
}
