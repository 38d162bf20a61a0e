using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>When a proposed change is made: when it costs less than a random threshold. A struct, so that a sweep is
/// compiled once per rule.</summary>
internal interface IAcceptanceRule
{
    /// <summary>Thresholds for 16 proposals, in units of temperature.</summary>
    static abstract Vector512<float> Thresholds(ref RandomStream random);
}

/// <summary>Accepts with probability min(1, e^(−ΔE/T)): moves the most, so it is what annealing uses.</summary>
internal struct MetropolisRule : IAcceptanceRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Thresholds(ref RandomStream random) => AcceptanceTable.Metropolis(random.NextUInt64());
}

/// <summary>Accepts with probability 1/(1 + e^(ΔE/T)). Sampling at a fixed temperature uses it: a Metropolis sweep in fixed
/// order always flips a variable that costs nothing, and would be periodic.</summary>
internal struct HeatBathRule : IAcceptanceRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Thresholds(ref RandomStream random) => AcceptanceTable.HeatBath(random.NextUInt64());
}

/// <summary>Accepts what lowers the energy.</summary>
internal struct DescentRule : IAcceptanceRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Thresholds(ref RandomStream random) => Vector512<float>.Zero;
}
