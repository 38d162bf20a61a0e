using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Annealing;

/// <summary>
/// Random acceptance thresholds for 16 proposals at once, without a logarithm: two windows of a shuffled table of
/// quantiles, at random places, combined so that each lane has the wanted distribution.
/// </summary>
/// <remarks>
/// A window alone would tie the 16 lanes together (4,096 possible windows); two independent windows give 2²⁴ pairs. The
/// tables hold the quantiles of u = (k + ½)/4096, so thresholds are truncated: a Metropolis step never climbs more than
/// 2 ln 8192 ≈ 18 temperatures, and a heat-bath step is certain beyond about 11 (probabilities below 10⁻⁴ and 2·10⁻⁵).
/// </remarks>
internal static unsafe class AcceptanceTable
{
    /// <summary>Number of quantiles.</summary>
    public const int Size = 4096;

    private const int Lanes = 16;
    private const ulong ShuffleSeed = 0x51414D41;

    // A window may start at the last entry: the first 16 are repeated behind it. Pinned, as kernels read by address.
    private static readonly float[] _exponential = Make(static u => -Math.Log(u));
    private static readonly float[] _gumbel = Make(static u => -Math.Log(-Math.Log(u)));
    private static readonly float* _exponentialStart = (float*)Unsafe.AsPointer(ref _exponential[0]);
    private static readonly float* _gumbelStart = (float*)Unsafe.AsPointer(ref _gumbel[0]);

    /// <summary>Metropolis thresholds −ln u in units of twice the temperature: 2 min(A, B) is exponential where A and B are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes HalfMetropolis<TLanes>(ulong bits)
        where TLanes : struct, ILanes16<TLanes> =>
        TLanes.Min(Window<TLanes>(_exponentialStart, bits), Window<TLanes>(_exponentialStart, bits >> 12));

    /// <summary>Heat-bath thresholds ln((1 − u)/u) in units of temperature: a difference of Gumbel numbers is logistic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes HeatBath<TLanes>(ulong bits)
        where TLanes : struct, ILanes16<TLanes> =>
        Window<TLanes>(_gumbelStart, bits) - Window<TLanes>(_gumbelStart, bits >> 12);

    /// <summary>Thresholds of a rule at a temperature, in units of energy; draws 64 bits if they are random.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Draw<TRule, TLanes>(float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
        where TLanes : struct, ILanes16<TLanes> =>
        TLanes.Create(TRule.Scale(temperature)) * TRule.Thresholds<TLanes>(TRule.IsRandom ? random.NextUInt64() : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Window<TLanes>(float* table, ulong bits)
        where TLanes : struct, ILanes16<TLanes> => TLanes.Load(table + (bits & (Size - 1)));

    private static float[] Make(Func<double, double> quantile)
    {
        float[] table = GC.AllocateUninitializedArray<float>(Size + Lanes, pinned: true);
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

        table.AsSpan(0, Lanes).CopyTo(table.AsSpan(Size));
        return table;
    }
}
