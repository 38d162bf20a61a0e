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

    private const int Proposals = 16;
    private const ulong ShuffleSeed = 0x51414D41;

    // A window may start at the last entry: the first 16 are repeated behind it. Pinned, as kernels read by address.
    private static readonly float[] _exponential = Make(static u => -Math.Log(u));
    private static readonly float[] _gumbel = Make(static u => -Math.Log(-Math.Log(u)));
    private static readonly float[] _soft = Make(static u => Math.Log(Math.Pow(u, -8) - 1) / 4);
    private static readonly float* _exponentialStart = (float*)Unsafe.AsPointer(ref _exponential[0]);
    private static readonly float* _gumbelStart = (float*)Unsafe.AsPointer(ref _gumbel[0]);
    private static readonly float* _softStart = (float*)Unsafe.AsPointer(ref _soft[0]);

    /// <summary>Metropolis thresholds −ln u in units of twice the temperature: 2 min(A, B) is exponential where A and B are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector HalfMetropolis<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> =>
        TVector.MinNative(Window<TVector>(_exponentialStart, bits), Window<TVector>(_exponentialStart, bits >> 12));

    /// <summary>Thresholds that exceed x with probability (1 + e^(4x))^(−1/4), in units of temperature: the lesser of two numbers
    /// each of which does with the square root of that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SoftMetropolis<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> =>
        TVector.MinNative(Window<TVector>(_softStart, bits), Window<TVector>(_softStart, bits >> 12));

    /// <summary>Heat-bath thresholds ln((1 − u)/u) in units of temperature: a difference of Gumbel numbers is logistic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector HeatBath<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> =>
        Window<TVector>(_gumbelStart, bits) - Window<TVector>(_gumbelStart, bits >> 12);

    /// <summary>Thresholds of a rule at a temperature, in units of energy; draws 64 bits if they are random.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Draw<TRule, TVector>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
        where TVector : struct, IVector<TVector, float> =>
        TVector.All(TRule.Scale(temperature)) * TRule.Thresholds<TVector>(TRule.IsRandom ? random.NextUInt64() : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Window<TVector>(float* table, ulong bits)
        where TVector : struct, IVector<TVector, float> => TVector.Load(table + (bits & (Size - 1)));

    private static float[] Make(Func<double, double> quantile)
    {
        float[] table = GC.AllocateUninitializedArray<float>(Size + Proposals, pinned: true);
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

        table.AsSpan(0, Proposals).CopyTo(table.AsSpan(Size));
        return table;
    }
}
