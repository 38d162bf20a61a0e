using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;

namespace Qama.Annealing;

/// <summary>When a proposed change is made: when it costs less than a threshold. A struct, so that a sweep is compiled once
/// per rule.</summary>
internal interface IAcceptanceRule
{
    /// <summary>Whether thresholds are random.</summary>
    static virtual bool IsRandom => false;

    /// <summary>What thresholds are to be multiplied by at a temperature.</summary>
    static virtual float Scale(float temperature) => 1;

    /// <summary>Thresholds for 16 proposals from 24 random bits, before <see cref="Scale"/>.</summary>
    static abstract TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float>;
}

/// <summary>Accepts with probability min(1, e^(−ΔE/T)): moves the most, so it is what annealing of declared models uses.
/// </summary>
internal struct MetropolisRule : IAcceptanceRule
{
    public static bool IsRandom => true;

    public static float Scale(float temperature) => 2 * temperature;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> => AcceptanceTable.HalfMetropolis<TVector>(bits);
}

/// <summary>Accepts with probability (1 + e^(4ΔE/T))^(−1/4): Metropolis' rule but for changes that cost about nothing, of
/// which it makes five out of six. Annealing of plain matrices uses it: made always and in fixed order, free changes of a
/// sparse problem happen in step, and walls between ordered domains all move alike and never meet.</summary>
/// <remarks>In detailed balance, as any rule with P(ΔE) = e^(−ΔE/T) P(−ΔE) is (Hastings, Biometrika 57, 97 (1970)). The heat
/// bath is the same with 1 for 4 and moves less: on dense problems fewer of its reads end in the lowest state.</remarks>
internal struct SoftMetropolisRule : IAcceptanceRule
{
    public static bool IsRandom => true;

    public static float Scale(float temperature) => temperature;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> => AcceptanceTable.SoftMetropolis<TVector>(bits);
}

/// <summary>Accepts with probability 1/(1 + e^(ΔE/T)). Sampling at a fixed temperature uses it: a Metropolis sweep in fixed
/// order always flips a variable that costs nothing, and would be periodic.</summary>
internal struct HeatBathRule : IAcceptanceRule
{
    public static bool IsRandom => true;

    public static float Scale(float temperature) => temperature;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> => AcceptanceTable.HeatBath<TVector>(bits);
}

/// <summary>Accepts what does not raise the energy: from a state on a ridge it goes down all the same.</summary>
internal struct GreedyRule : IAcceptanceRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> => TVector.All(float.Epsilon);
}

/// <summary>Accepts what lowers the energy by more than the temperature, which for a descent is the least gain that it
/// goes on for.</summary>
internal struct DescentRule : IAcceptanceRule
{
    public static float Scale(float temperature) => temperature;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Thresholds<TVector>(ulong bits)
        where TVector : struct, IVector<TVector, float> => TVector.All(-1);
}
