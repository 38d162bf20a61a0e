using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>The kernel of a kind of problems, compiled for each kind of registers.</summary>
/// <typeparam name="TProblem">The problem's coefficients.</typeparam>
internal interface IAnnealingKernel<TProblem>
    where TProblem : struct, allows ref struct
{
    /// <summary>One read; the arguments have been checked.</summary>
    static abstract void Run<TVector>(
        in TProblem problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
        where TVector : struct, IVector<TVector, float>;

    /// <summary>The units of temperatures; the arguments have been checked.</summary>
    static abstract TemperatureScale EnergyScale<TVector>(in TProblem problem, Span<float> scratch)
        where TVector : struct, IVector<TVector, float>;
}

/// <summary>Kernels in the registers that the machine has.</summary>
internal static class KernelRun<TProblem, TKernel>
    where TProblem : struct, allows ref struct
    where TKernel : struct, IAnnealingKernel<TProblem>
{
    /// <summary>Anneals one problem once, in the widest registers there are.</summary>
    public static void Run(
        in TProblem problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        var action = new RunAction(problem, schedule, ref random, state, scratch);
        VectorPath.Run<float, RunAction>(ref action);
    }

    /// <summary>Measures the units of a problem's temperatures, in the widest registers there are.</summary>
    public static TemperatureScale EnergyScale(in TProblem problem, Span<float> scratch)
    {
        var action = new ScaleAction(problem, scratch);
        VectorPath.Run<float, ScaleAction>(ref action);
        return action.Result;
    }

    private readonly ref struct RunAction(
        TProblem problem, AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
        : IVectorAction<float>
    {
        private readonly TProblem _problem = problem;
        private readonly AnnealingSchedule _schedule = schedule;
        private readonly ref RandomStream _random = ref random;
        private readonly Span<byte> _state = state;
        private readonly Span<float> _scratch = scratch;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float> =>
            TKernel.Run<TVector>(_problem, _schedule, ref _random, _state, _scratch);
    }

    private ref struct ScaleAction(TProblem problem, Span<float> scratch) : IVectorAction<float>
    {
        private readonly TProblem _problem = problem;
        private readonly Span<float> _scratch = scratch;

        public TemperatureScale Result { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float> => Result = TKernel.EnergyScale<TVector>(_problem, _scratch);
    }
}
