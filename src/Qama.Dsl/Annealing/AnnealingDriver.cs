using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>What a schedule says, done with a kernel: a read of one or more annealings, or a chain at a fixed temperature.</summary>
internal static class AnnealingDriver
{
    /// <summary>One read.</summary>
    /// <param name="chain">The kernel, nothing selected.</param>
    /// <param name="schedule">Sweeps and temperatures; checked.</param>
    /// <param name="random">The read's stream; advanced.</param>
    /// <param name="state">The state to start from if the schedule continues. Receives the result.</param>
    public static void Run<TChain>(
        scoped ref TChain chain, in AnnealingSchedule schedule, scoped ref RandomStream random, scoped Span<byte> state)
        where TChain : struct, IAnnealingChain, allows ref struct
    {
        if (schedule.Continues)
        {
            chain.Read(state);
        }

        if (schedule.FixedTemperature is null)
        {
            Cool(ref chain, schedule, ref random, state);
        }
        else
        {
            Sample(ref chain, schedule, ref random);
        }

        chain.Write(state);
    }

    // The first annealing of a problem starts from nothing, made greedy: a good start where fields decide most variables.
    // Where they do not it may lie in the wrong valley, so the others start from random states.
    private static void Cool<TChain>(
        scoped ref TChain chain, in AnnealingSchedule schedule, scoped ref RandomStream random, scoped Span<byte> state)
        where TChain : struct, IAnnealingChain, allows ref struct
    {
        if (!schedule.Continues)
        {
            chain.Fill();
        }

        TemperatureScale scale = schedule.Sweeps == 0 ? default : chain.EnergyScale();
        CoolOnce(ref chain, schedule, scale, 0, ref random, state);
        if (schedule.Restarts == 1)
        {
            return;
        }

        double least = chain.ComputeEnergy();
        chain.KeepLowest();
        for (int restart = 1; restart < schedule.Restarts; restart++)
        {
            chain.Randomise(ref random);
            CoolOnce(ref chain, schedule, scale, (long)restart * schedule.Sweeps, ref random, state);
            double energy = chain.ComputeEnergy();
            if (energy < least)
            {
                least = energy;
                chain.KeepLowest();
            }
        }

        chain.TakeLowest();
    }

    // Ends in the best state seen after a sweep, lowered; there have been sweeps before.
    private static void CoolOnce<TChain>(
        scoped ref TChain chain, in AnnealingSchedule schedule, TemperatureScale scale, long before,
        scoped ref RandomStream random, scoped Span<byte> state)
        where TChain : struct, IAnnealingChain, allows ref struct
    {
        var cooling = new Cooling(schedule, scale);
        double best = double.PositiveInfinity;
        int bestSweep = 0;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            chain.Cool(new(sweep, schedule.Sweeps, cooling.Next(), schedule.Cancellation), ref random);
            if (!(chain.EnergyChange >= best)) // also when it is no number: what is kept is never left from before
            {
                (best, bestSweep) = (chain.EnergyChange, sweep);
                chain.KeepBest();
            }

            if (sweep % TChain.RefreshInterval == 0)
            {
                chain.Refresh();
            }

            if (schedule.Observer is not null)
            {
                chain.Write(state);
                schedule.Observer(state);
            }

            schedule.Progress?.Report(before + sweep);
        }

        if (schedule.Sweeps > 0)
        {
            chain.TakeBest(bestSweep == schedule.Sweeps);
        }

        chain.Descend(ref random, schedule.Cancellation);
    }

    // From a random state, so that reads fall into every basin.
    private static void Sample<TChain>(
        scoped ref TChain chain, in AnnealingSchedule schedule, scoped ref RandomStream random)
        where TChain : struct, IAnnealingChain, allows ref struct
    {
        if (!schedule.Continues)
        {
            chain.Randomise(ref random);
        }

        chain.StartSampling(ref random);
        var cooling = new Cooling(schedule, default);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            chain.Sample(new(sweep, schedule.Sweeps, cooling.Next(), schedule.Cancellation), ref random);
            if (sweep % TChain.RefreshInterval == 0)
            {
                chain.Refresh();
            }

            schedule.Progress?.Report(sweep);
        }
    }
}
