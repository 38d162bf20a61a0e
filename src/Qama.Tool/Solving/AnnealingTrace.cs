using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Formats;

namespace Qama.Tool.Solving;

/// <summary>One sweep of an annealing, in the mean over reads.</summary>
/// <param name="Sweep">Its number, from 1.</param>
/// <param name="Temperature">Its temperature, in units of energy.</param>
/// <param name="Acceptance">The probability that a flip which is proposed is made, by the sampler's rule, in the mean over the variables of
/// the states after the sweep.</param>
/// <param name="Changed">Share of variables that are not as they were after the sweep before; null of the first.</param>
/// <param name="Value">The value of the states after the sweep, in the file's terms.</param>
/// <param name="Best">The best value until then.</param>
internal sealed record SweepRecord(int Sweep, double Temperature, double Acceptance, double? Changed, double Value, double Best);

/// <summary>The course of simulated annealing on a plain problem: the reads of a search once more, watched after every sweep.</summary>
/// <remarks>The random numbers are those of the search, so its states are what is watched. The rule of plain problems accepts a flip that
/// costs ΔE with probability (1 + e^(4ΔE/T))^(−1/4); temperatures fall geometrically between those that the sampler takes from the
/// problem (<see cref="AnnealingSchedule"/>).</remarks>
internal static class AnnealingTrace
{
    /// <summary>Most sweeps that are recorded; of more, every second, third and so on.</summary>
    public const int MostRecords = 1000;

    private const int MostReads = 10;

    /// <summary>Watches a search's reads.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="settings">The search's settings: simulated annealing by a number of sweeps.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The number of reads, and what was seen.</returns>
    /// <exception cref="InvalidDataException">Coefficients are outside what single precision has.</exception>
    public static (int Reads, IReadOnlyList<SweepRecord> Sweeps) Record(
        PlainProblem problem, SolveSettings settings, CancellationToken stop)
    {
        ProblemBatch batch = Samplers.Batch(problem);
        var defaults = new SimulatedAnnealingSampler();
        int sweeps = settings.Sweeps ?? SolveSettings.UsualSweeps, reads = Math.Min(MostReads, settings.Reads);
        int every = (sweeps + MostRecords - 1) / MostRecords;
        var scratch = new float[batch.ScratchLength];
        TemperatureScale scale = batch.EnergyScale(0, scratch);
        (double hot, double cold) = (defaults.Hot * scale.Hot, defaults.Cold * scale.Cold);
        var sums = new (double Acceptance, double Changed, double Energy, double Best)[sweeps];
        (byte[] before, double[] costs) = (new byte[batch.VariableCount], new double[batch.VariableCount]);
        for (int read = 0; read < reads; read++)
        {
            (int sweep, double best) = (0, double.PositiveInfinity);
            before.AsSpan().Clear();
            var schedule = new AnnealingSchedule(sweeps, defaults.Hot, defaults.Cold)
            {
                Cancellation = stop,
                Observer = state =>
                {
                    int place = sweep++;
                    double energy = batch.Energy(0, state);
                    best = Math.Min(best, energy);
                    if (IsRecorded(place, sweeps, every))
                    {
                        batch.FlipCosts(0, state, costs);
                        double temperature = Temperature(hot, cold, place, sweeps);
                        double accepted = costs.Average(c => Accepted(c, temperature));
                        int changed = 0;
                        for (int v = 0; v < before.Length; v++)
                        {
                            changed += state[v] ^ before[v];
                        }

                        (double a, double b, double e, double l) = sums[place];
                        sums[place] = (a + accepted, b + ((double)changed / before.Length), e + energy, l + best);
                    }

                    state.CopyTo(before);
                },
            };
            RandomStream random = new SamplingKey(settings.Seed, read).Stream(0);
            batch.Anneal(0, schedule, ref random, new byte[batch.VariableCount], scratch);
        }

        return (reads,
        [
            .. Enumerable.Range(0, sweeps).Where(s => IsRecorded(s, sweeps, every)).Select(s => new SweepRecord(
                s + 1, Temperature(hot, cold, s, sweeps), sums[s].Acceptance / reads, s == 0 ? null : sums[s].Changed / reads,
                problem.Value(sums[s].Energy / reads), problem.Value(sums[s].Best / reads))),
        ]);
    }

    private static bool IsRecorded(int sweep, int sweeps, int every) => (sweep + 1) % every == 0 || sweep == 0 || sweep == sweeps - 1;

    private static double Temperature(double hot, double cold, int sweep, int sweeps) =>
        sweeps == 1 || hot == 0 ? cold : hot * Math.Pow(cold / hot, (double)sweep / (sweeps - 1));

    // Without interactions there is nothing to order, and no temperature.
    private static double Accepted(double cost, double temperature) => temperature > 0
        ? Math.Pow(1 + Math.Exp(4 * cost / temperature), -0.25) : cost < 0 ? 1 : cost > 0 ? 0 : Math.Pow(2, -0.25);
}
