using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// The annealing driver of a declared model: single-variable dynamics in which a head's couplings, head exclusion and the
/// penalties on a head's sum are used as what they are, so that the dense matrix is never built.
/// </summary>
/// <typeparam name="TPlan">What generated code knows about the model; a struct, so that each model has its own machine code.</typeparam>
/// <remarks>
/// A model of plain bits (one bit per weight, no penalties on sums, no hard exclusion) takes <see cref="BinaryAnnealer{TPlan}"/>, any other
/// <see cref="GeneralAnnealer{TPlan}"/>: the choice is a constant to the JIT. Results depend on the problem, the schedule
/// and the random stream alone, not on the processor's vector width. Metropolis, Rosenbluth, Rosenbluth, Teller and
/// Teller, J. Chem. Phys. 21, 1087 (1953); Kirkpatrick, Gelatt and Vecchi, Science 220, 671 (1983).
/// </remarks>
public static class Annealer<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static bool IsBinary => TPlan.Bits == 1 && TPlan.SumPenaltyCount == 0 && !TPlan.ComputesExclusion;

    /// <summary>Floats of scratch memory that <see cref="Run"/> needs.</summary>
    public static int ScratchLength =>
        IsBinary ? BinaryAnnealer<TPlan>.ScratchLength : GeneralAnnealer<TPlan>.ScratchLength;

    /// <summary>Anneals one problem once.</summary>
    /// <param name="problem">The coefficients, [heads, tokens, stride] and [heads, stride]; all finite.</param>
    /// <param name="schedule">Sweeps and temperatures. With a fixed temperature the chain is a heat bath (Glauber dynamics)
    /// and its last state is returned; otherwise Metropolis, and the best state seen after a sweep, lowered to a local
    /// minimum.</param>
    /// <param name="random">The read's stream; advanced.</param>
    /// <param name="state">Receives heads·tokens·bits values, each 0 or 1; 0 for padded tokens.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    /// <exception cref="ArgumentException">A length, the token count or the schedule is wrong.</exception>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        Check(problem, schedule, state, scratch);
        if (IsBinary)
        {
            BinaryAnnealer<TPlan>.Run(problem, schedule, ref random, state, scratch);
        }
        else
        {
            GeneralAnnealer<TPlan>.Run(problem, schedule, ref random, state, scratch);
        }
    }

    private static void Check(
        in ProblemView problem, in AnnealingSchedule schedule, ReadOnlySpan<byte> state, ReadOnlySpan<float> scratch)
    {
        schedule.Check();
        int couplings = TPlan.Heads * TPlan.Tokens * Padding.Stride(TPlan.Tokens);
        if (problem.Couplings.Length < couplings)
        {
            throw new ArgumentException($"Expected {couplings} padded couplings, got {problem.Couplings.Length}.", nameof(problem));
        }

        if ((uint)problem.TokenCount > (uint)TPlan.Tokens)
        {
            throw new ArgumentException(
                $"Expected a token count in 0..{TPlan.Tokens}, got {problem.TokenCount}.", nameof(problem));
        }

        int variables = TPlan.Heads * TPlan.Tokens * TPlan.Bits;
        if (state.Length != variables)
        {
            throw new ArgumentException($"Expected a state of {variables} variables, got {state.Length}.", nameof(state));
        }

        if (scratch.Length < ScratchLength)
        {
            throw new ArgumentException(
                $"Expected at least {ScratchLength} floats of scratch memory, got {scratch.Length}.", nameof(scratch));
        }
    }
}
