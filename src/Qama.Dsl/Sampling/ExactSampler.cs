using System.Diagnostics;

namespace Qama.Sampling;

/// <summary>
/// Enumerates all states: the oracle for small problems. Finds the states of lowest energy, or with
/// <see cref="SampleSet.Temperature"/> set draws from the Boltzmann distribution itself.
/// </summary>
/// <remarks>
/// Time 2ⁿ·n for n present variables (bits of padded tokens are not counted). Of states whose energies are equal up to
/// rounding the one with the smaller number Σ_k 2^k x_k comes first. Reads beyond the number of states repeat the lowest.
/// </remarks>
public sealed class ExactSampler : ISampler
{
    /// <summary>Most variables a problem may have.</summary>
    public const int LargestVariableCount = 30;

    private const ulong CancellationMask = (1UL << 14) - 1;

    /// <inheritdoc/>
    public string Name => "enumeration";

    /// <inheritdoc/>
    public bool SamplesAtTemperature => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a problem has more than
    /// <see cref="LargestVariableCount"/> variables.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.Check(problems, result, cancellationToken);
        StateWalk[] walks = [.. Enumerable.Range(0, problems.Count).Select(p => new StateWalk(problems, p))];
        for (int p = 0; p < walks.Length; p++)
        {
            ulong[] codes = result.Temperature is double temperature
                ? Draw(walks[p], temperature, Targets(key, p, result.ReadCount), cancellationToken)
                : Lowest(walks[p], result.ReadCount, cancellationToken);
            for (int r = 0; r < codes.Length; r++)
            {
                walks[p].Write(codes[r], result.State(p, r));
                result.Energy(p, r) = problems.Energy(p, result.State(p, r));
            }

            if (result.Temperature is null)
            {
                InOrder(result, p);
            }
        }

        result.Provenance = "enumeration of all states";
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    private static ulong[] Lowest(StateWalk walk, int count, CancellationToken cancellationToken)
    {
        // Sorted by rising energy; as many entries as reads.
        var found = new List<(double Energy, ulong Code)>(count + 1);
        ulong visited = 0;
        do
        {
            CheckNow(visited++, cancellationToken);
            if (found.Count == count && walk.Energy > found[^1].Energy + walk.Tolerance)
            {
                continue;
            }

            int place = found.Count;
            while (place > 0 && Precedes(walk.Energy, walk.Code, found[place - 1], walk.Tolerance))
            {
                place--;
            }

            found.Insert(place, (walk.Energy, walk.Code));
            if (found.Count > count)
            {
                found.RemoveAt(count);
            }
        }
        while (walk.Next());
        int repeats = count - found.Count;
        return [.. Enumerable.Repeat(found[0].Code, repeats), .. found.Select(f => f.Code)];
    }

    private static bool Precedes(double energy, ulong code, (double Energy, ulong Code) other, double tolerance) =>
        Math.Abs(energy - other.Energy) <= tolerance ? code < other.Code : energy < other.Energy;

    // The cumulative probability at which each read is taken.
    private static double[] Targets(SamplingKey key, int problem, int reads)
    {
        var targets = new double[reads];
        for (int r = 0; r < reads; r++)
        {
            RandomStream random = key.Stream(problem, r);
            targets[r] = random.NextDouble();
        }

        return targets;
    }

    private static ulong[] Draw(StateWalk walk, double temperature, double[] targets, CancellationToken cancellationToken)
    {
        double lowest = double.PositiveInfinity;
        ulong visited = 0;
        do
        {
            CheckNow(visited++, cancellationToken);
            lowest = Math.Min(lowest, walk.Energy);
        }
        while (walk.Next());

        double total = 0;
        walk.Restart();
        do
        {
            CheckNow(visited++, cancellationToken);
            total += Math.Exp((lowest - walk.Energy) / temperature);
        }
        while (walk.Next());

        int[] reads = [.. Enumerable.Range(0, targets.Length)];
        Array.Sort((double[])targets.Clone(), reads);
        var codes = new ulong[targets.Length];
        double cumulative = 0;
        int next = 0;
        walk.Restart();
        do
        {
            CheckNow(visited++, cancellationToken);
            cumulative += Math.Exp((lowest - walk.Energy) / temperature);
            while (next < reads.Length && targets[reads[next]] * total < cumulative)
            {
                codes[reads[next++]] = walk.Code;
            }
        }
        while (next < reads.Length && walk.Next());
        return codes;
    }

    // Recomputed energies can differ from the walk's in the last digits: order without moving states that are equal.
    private static void InOrder(SampleSet result, int problem)
    {
        for (int r = 1; r < result.ReadCount; r++)
        {
            if (result.Energy(problem, r) < result.Energy(problem, r - 1))
            {
                result.SortReads(problem);
                return;
            }
        }
    }

    private static void CheckNow(ulong visited, CancellationToken cancellationToken)
    {
        if ((visited & CancellationMask) == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
