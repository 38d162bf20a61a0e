using System.ComponentModel;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// The annealing driver of a declared model whose couplings are a product of features: no coupling is ever written down, and a sweep costs
/// time in proportion to the tokens.
/// </summary>
/// <typeparam name="TPlan">What generated code knows about the model; a struct, so that each model has its own machine code.</typeparam>
/// <remarks>Results depend on the problem, the schedule and the random stream alone, not on the processor's vector width.
/// Derivation: docs/mathematics.md, "Couplings of finite rank".</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FactoredAnnealer<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    /// <summary>Floats of scratch memory that <see cref="Run"/> needs.</summary>
    /// <param name="rank">Features of a token and head.</param>
    /// <exception cref="OverflowException">They fit into no array.</exception>
    public static int ScratchLength(int rank) => IsPlain
        ? FactoredChain<TPlan, Register512<float>>.ScratchLength(rank)
        : GeneralFactoredChain<TPlan, Register512<float>>.ScratchLength(rank);

    // Plain bits that all interact, nothing but soft exclusion between heads: the commonest case has a chain of its own.
    private static bool IsPlain =>
        TPlan.Bits == 1 && TPlan.SumPenaltyCount == 0 && !TPlan.ComputesExclusion && !LongRangeKernel<TPlan>.IsPresent
        && GeneralFactoredLayout<TPlan>.IsWhole;

    /// <summary>Anneals one problem once.</summary>
    /// <param name="problem">The coefficients; all finite.</param>
    /// <param name="schedule">Sweeps and temperatures. With a fixed temperature the chain is a heat bath and its last state is
    /// returned; otherwise Metropolis, and the best state seen after a sweep, lowered by at most 32 more, the best of all restarts.</param>
    /// <param name="random">The read's stream; advanced.</param>
    /// <param name="state">The state to start from if the schedule continues. Receives heads·tokens·bits values, each 0 or 1; 0 for padded
    /// tokens.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    /// <exception cref="ArgumentException">A length, the token count or the schedule is wrong.</exception>
    public static void Run(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        schedule.Check();
        int variables = TPlan.Heads * TPlan.Tokens * TPlan.Bits;
        if (state.Length != variables)
        {
            throw new ArgumentException($"Expected a state of {variables} variables, got {state.Length}.", nameof(state));
        }

        Check(problem, scratch);
        KernelRun<FactoredView, Kernel>.Run(problem, schedule, ref random, state, scratch);
    }

    /// <summary>The units in which temperatures of the problem are given; see <see cref="AnnealingSchedule"/>. The hot one is no less
    /// than where couplings that agree order by themselves.</summary>
    /// <param name="problem">The coefficients; all finite.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    /// <exception cref="ArgumentException">A length or the token count is wrong.</exception>
    public static TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch)
    {
        Check(problem, scratch);
        return KernelRun<FactoredView, Kernel>.EnergyScale(problem, scratch);
    }

    private static void Check(in FactoredView problem, ReadOnlySpan<float> scratch)
    {
        problem.Check(TPlan.Heads, TPlan.Tokens, Numerics.Matrices.Padding.Stride(TPlan.Tokens), hasField: false, nameof(problem));
        int needed = ScratchLength(problem.Rank);
        if (scratch.Length < needed)
        {
            throw new ArgumentException(
                $"Expected at least {needed} floats of scratch memory, got {scratch.Length}.", nameof(scratch));
        }
    }

    private struct Kernel : IAnnealingKernel<FactoredView>
    {
        public static void Run<TVector>(
            in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
            where TVector : struct, IVector<TVector, float>
        {
            if (IsPlain)
            {
                FactoredChain<TPlan, TVector>.Run(problem, schedule, ref random, state, scratch);
            }
            else
            {
                GeneralFactoredChain<TPlan, TVector>.Run(problem, schedule, ref random, state, scratch);
            }
        }

        public static TemperatureScale EnergyScale<TVector>(in FactoredView problem, Span<float> scratch)
            where TVector : struct, IVector<TVector, float> => IsPlain
                ? FactoredChain<TPlan, TVector>.EnergyScale(problem, scratch)
                : GeneralFactoredChain<TPlan, TVector>.EnergyScale(problem, scratch);
    }
}
