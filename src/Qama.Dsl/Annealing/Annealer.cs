using System.ComponentModel;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// The annealing driver of a declared model: single-variable dynamics in which a head's couplings, head exclusion and the
/// penalties on a head's sum are used as what they are, so that the dense matrix is never built.
/// </summary>
/// <typeparam name="TPlan">What generated code knows about the model; a struct, so that each model has its own machine code.</typeparam>
/// <remarks>
/// A model of plain bits (one bit per weight, no penalties on sums, no hard exclusion) takes <see cref="BinaryAnnealer{TPlan, TVector}"/>, any other
/// <see cref="GeneralAnnealer{TPlan, TVector}"/>; where nothing couples tokens but penalties on sums, the state of lowest energy is
/// computed (<see cref="SeparableSolver{TPlan, TVector}"/>), and a schedule's observers are told nothing: the choice is a constant to the JIT. Results depend on the problem, the schedule
/// and the random stream alone, not on the processor's vector width. Metropolis, Rosenbluth, Rosenbluth, Teller and
/// Teller, J. Chem. Phys. 21, 1087 (1953); Kirkpatrick, Gelatt and Vecchi, Science 220, 671 (1983).
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Annealer<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static bool IsBinary => TPlan.Bits == 1 && TPlan.SumPenaltyCount == 0 && !TPlan.ComputesExclusion;

    /// <summary>Floats of scratch memory that <see cref="Run"/> needs.</summary>
    public static int ScratchLength =>
        IsBinary ? BinaryAnnealer<TPlan, Register512<float>>.ScratchLength : GeneralAnnealer<TPlan, Register512<float>>.ScratchLength;

    /// <summary>Anneals one problem once.</summary>
    /// <param name="problem">The coefficients, [heads, tokens, stride] and [heads, stride]; all finite.</param>
    /// <param name="schedule">Sweeps and temperatures. With a fixed temperature the chain is a heat bath (Glauber dynamics)
    /// and its last state is returned; otherwise Metropolis, and the best state seen after a sweep, lowered to a local
    /// minimum, the best of all restarts.</param>
    /// <param name="random">The read's stream; advanced.</param>
    /// <param name="state">The state to start from if the schedule continues. Receives heads·tokens·bits values, each 0 or 1; 0 for padded tokens.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    /// <exception cref="ArgumentException">A length, the token count or the schedule is wrong.</exception>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        Check(problem, schedule, state, scratch);
        KernelRun<ProblemView, Kernel>.Run(problem, schedule, ref random, state, scratch);
    }

    /// <summary>The units in which temperatures of the problem are given; see <see cref="AnnealingSchedule"/>.</summary>
    /// <param name="problem">The coefficients, [heads, tokens, stride] and [heads, stride]; all finite.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    /// <exception cref="ArgumentException">A length or the token count is wrong.</exception>
    public static TemperatureScale EnergyScale(in ProblemView problem, Span<float> scratch)
    {
        Check(problem, scratch);
        return KernelRun<ProblemView, Kernel>.EnergyScale(problem, scratch);
    }

    /// <summary><see cref="Run"/> with given registers.</summary>
    internal static void Run<TVector>(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
        where TVector : struct, IVector<TVector, float>
    {
        if (SeparableSolver<TPlan, TVector>.Solves && schedule.FixedTemperature is null)
        {
            SeparableSolver<TPlan, TVector>.Run(problem, state, scratch);
        }
        else if (IsBinary)
        {
            BinaryAnnealer<TPlan, TVector>.Run(problem, schedule, ref random, state, scratch);
        }
        else
        {
            GeneralAnnealer<TPlan, TVector>.Run(problem, schedule, ref random, state, scratch);
        }
    }

    /// <summary><see cref="EnergyScale(in ProblemView, Span{float})"/> with given registers.</summary>
    internal static TemperatureScale EnergyScale<TVector>(in ProblemView problem, Span<float> scratch)
        where TVector : struct, IVector<TVector, float> =>
        IsBinary
            ? BinaryAnnealer<TPlan, TVector>.EnergyScale(problem, scratch)
            : GeneralAnnealer<TPlan, TVector>.EnergyScale(problem, scratch);

    private static void Check(
        in ProblemView problem, in AnnealingSchedule schedule, ReadOnlySpan<byte> state, ReadOnlySpan<float> scratch)
    {
        schedule.Check();
        int variables = TPlan.Heads * TPlan.Tokens * TPlan.Bits;
        if (state.Length != variables)
        {
            throw new ArgumentException($"Expected a state of {variables} variables, got {state.Length}.", nameof(state));
        }

        Check(problem, scratch);
    }

    private static void Check(in ProblemView problem, ReadOnlySpan<float> scratch)
    {
        int couplings = TPlan.HasCoupling ? TPlan.Heads * TPlan.Tokens * Padding.Stride(TPlan.Tokens) : 0;
        if (problem.Couplings.Length < couplings)
        {
            throw new ArgumentException($"Expected {couplings} padded couplings, got {problem.Couplings.Length}.", nameof(problem));
        }

        if ((uint)problem.TokenCount > (uint)TPlan.Tokens)
        {
            throw new ArgumentException(
                $"Expected a token count in 0..{TPlan.Tokens}, got {problem.TokenCount}.", nameof(problem));
        }

        if (scratch.Length < ScratchLength)
        {
            throw new ArgumentException(
                $"Expected at least {ScratchLength} floats of scratch memory, got {scratch.Length}.", nameof(scratch));
        }
    }

    private struct Kernel : IAnnealingKernel<ProblemView>
    {
        public static void Run<TVector>(
            in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
            where TVector : struct, IVector<TVector, float> =>
            Annealer<TPlan>.Run<TVector>(problem, schedule, ref random, state, scratch);

        public static TemperatureScale EnergyScale<TVector>(in ProblemView problem, Span<float> scratch)
            where TVector : struct, IVector<TVector, float> => Annealer<TPlan>.EnergyScale<TVector>(problem, scratch);
    }
}
