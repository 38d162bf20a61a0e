using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>Annealing of plain problems in single precision, arguments checked.</summary>
internal static class SingleProblems
{
    /// <summary>Floats of scratch memory for a problem of <paramref name="size"/> variables.</summary>
    public static int ScratchLength(int size) => SingleKernel.ScratchLength(Padding.Stride(size));

    /// <summary>Anneals a problem; see <see cref="ProblemBatch.Anneal"/>.</summary>
    /// <exception cref="ArgumentException">A length or the schedule is wrong.</exception>
    public static void Run(
        in SingleProblem problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state,
            Span<float> scratch)
    {
        schedule.Check();
        if (state.Length != problem.Form.Size)
        {
            throw new ArgumentException(
                $"Expected a state of {problem.Form.Size} variables, got {state.Length}.", nameof(state));
        }

        Check(problem.Form.Size, scratch);
        KernelRun<SingleProblem, SingleKernel>.Run(problem, schedule, ref random, state, scratch);
    }

    /// <summary>A round of a replica, whose chain stays in the memory; see
    /// <see cref="ProblemBatch.RunReplica"/>.</summary>
    public static double RunReplica(
        in SingleProblem problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state,
            Span<float> memory)
    {
        Run(problem, schedule, ref random, state, memory);
        return SingleKernel.Energy(problem.Form, memory);
    }

    /// <summary>The units of the problem's temperatures; see <see cref="AnnealingSchedule"/>.</summary>
    /// <exception cref="ArgumentException">The scratch memory is too short.</exception>
    public static TemperatureScale EnergyScale(SingleForm form, Span<float> scratch)
    {
        Check(form.Size, scratch);
        return KernelRun<SingleProblem, SingleKernel>.EnergyScale(new(form), scratch);
    }

    private static void Check(int size, ReadOnlySpan<float> scratch)
    {
        if (scratch.Length < ScratchLength(size))
        {
            throw new ArgumentException(
                $"Expected at least {ScratchLength(size)} floats of scratch memory, got {scratch.Length}.",
                    nameof(scratch));
        }
    }
}
