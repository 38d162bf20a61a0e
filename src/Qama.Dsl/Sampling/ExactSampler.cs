using System.Diagnostics;
using System.Numerics;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Enumerates all states: the oracle for small problems. Finds the states of lowest energy, or with
/// <see cref="SampleSet.Temperature"/> set draws from the Boltzmann distribution itself.
/// </summary>
/// <remarks>
/// Time of the order of 2ⁿ for n present variables (bits of padded tokens are not counted). States are compared by
/// their exact energies: nothing is rounded on the way, however far apart coefficients are. (With slack, by the batch's
/// energies in double.) Of states whose energies are equal to double precision, that is to n·2⁻⁵² of the sizes of the
/// coefficients that the lowest of them adds up, the one with the smaller number Σ_k 2^k x_k comes first. Reads beyond
/// the number of states repeat the lowest.
/// </remarks>
public sealed class ExactSampler : ISampler
{
    /// <summary>Most variables a problem may have.</summary>
    public const int LargestVariableCount = 30;

    private const ulong CancellationMask = (1UL << 14) - 1;
    private const int SmallIntegerBits = 126; // of a size that fits 128 bits with its sign

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
        int[][] variables = [.. Enumerable.Range(0, problems.Count).Select(p => Variables(problems, p))];
        for (int p = 0; p < variables.Length; p++)
        {
            Sample(problems, p, variables[p], result, key, cancellationToken);
        }

        problems.Complete(result);
        result.Provenance = "enumeration of all states";
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    private static int[] Variables(ProblemBatch problems, int problem)
    {
        int[] present = [.. Enumerable.Range(0, problems.VariableCount).Where(v => problems.IsPresent(problem, v))];
        return present.Length <= LargestVariableCount ? present : throw new ArgumentException(
            $"Problem {problem} has {present.Length} variables; enumeration takes at most {LargestVariableCount}.", nameof(problems));
    }

    private static void Sample(
        ProblemBatch problems, int problem, int[] variables, SampleSet result, SamplingKey key,
        CancellationToken cancellationToken)
    {
        if (problems.SlackCount > 0)
        {
            Sample(new BatchWalk(problems, problem, variables), problems, problem, result, key, cancellationToken);
            return;
        }

        QuboMatrix qubo = problems.ToQubo(problem);
        (int exponent, int bits) = Range(qubo);
        if (bits <= SmallIntegerBits)
        {
            Sample(new ExactWalk<Int128>(qubo, variables, exponent), problems, problem, result, key, cancellationToken);
        }
        else
        {
            Sample(new ExactWalk<BigInteger>(qubo, variables, exponent), problems, problem, result, key, cancellationToken);
        }
    }

    // The power of two that all coefficients are multiples of, and how many binary digits their sum has at most.
    private static (int Exponent, int Bits) Range(QuboMatrix qubo)
    {
        (int least, int most) = (int.MaxValue, int.MinValue);
        foreach (double coefficient in qubo.Coefficients)
        {
            if (coefficient != 0)
            {
                least = Math.Min(least, Digits.Of(coefficient).Exponent);
                most = Math.Max(most, Math.ILogB(coefficient) + 1);
            }
        }

        return least == int.MaxValue ? (0, 0) : (least, most - least + (2 * (BitOperations.Log2((uint)qubo.Size) + 1)));
    }

    private static void Sample<T>(
        StateWalk<T> walk, ProblemBatch problems, int problem, SampleSet result, SamplingKey key,
        CancellationToken cancellationToken)
        where T : struct, INumber<T>
    {
        ulong[] codes = result.Temperature is double temperature
            ? Draw(walk, temperature, Targets(key, problem, result.ReadCount), cancellationToken)
            : Lowest(walk, result.ReadCount, cancellationToken);
        for (int r = 0; r < codes.Length; r++)
        {
            Span<byte> state = result.State(problem, r);
            walk.Write(codes[r], state);
            result.Energy(problem, r) = problems.EnergyWithoutConstant(problem, state);
        }
    }

    private static ulong[] Lowest<T>(StateWalk<T> walk, int count, CancellationToken cancellationToken)
        where T : struct, INumber<T>
    {
        var found = new LowestStates<T>(count);
        ulong visited = 0;
        do
        {
            CheckNow(visited++, cancellationToken);
            found.Offer(walk.Energy, walk.Code);
        }
        while (walk.Next());

        // From the lowest on, groups of states whose energies are equal to double precision.
        ulong[] codes = [.. found.States.Select(s => s.Code)];
        int first = 0;
        while (first < codes.Length)
        {
            T lowest = found.States[first].Energy;
            T limit = lowest + walk.Rounding(found.States[first].Code);
            int end = first;
            while (end < codes.Length && found.States[end].Energy <= limit)
            {
                end++;
            }

            Span<ulong> group = codes.AsSpan(first, end - first);
            if (end == count && limit > lowest)
            {
                Smallest(walk, lowest, limit, group, cancellationToken); // the group may have members that were not found
            }

            group.Sort();
            first = end;
        }

        return [.. Enumerable.Repeat(codes[0], count - codes.Length), .. codes];
    }

    // The smallest numbers of states between two energies.
    private static void Smallest<T>(
        StateWalk<T> walk, T least, T most, Span<ulong> codes, CancellationToken cancellationToken)
        where T : struct, INumber<T>
    {
        var found = new LowestStates<ulong>(codes.Length);
        ulong visited = 0;
        walk.Restart();
        do
        {
            CheckNow(visited++, cancellationToken);
            if (walk.Energy >= least && walk.Energy <= most)
            {
                found.Offer(walk.Code, walk.Code);
            }
        }
        while (walk.Next());

        for (int k = 0; k < codes.Length; k++)
        {
            codes[k] = found.States[k].Code;
        }
    }

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

    private static ulong[] Draw<T>(
        StateWalk<T> walk, double temperature, double[] targets, CancellationToken cancellationToken)
        where T : struct, INumber<T>
    {
        T lowest = walk.Energy;
        ulong visited = 0;
        do
        {
            CheckNow(visited++, cancellationToken);
            lowest = T.Min(lowest, walk.Energy);
        }
        while (walk.Next());

        double total = 0;
        walk.Restart();
        do
        {
            CheckNow(visited++, cancellationToken);
            total += Weight(walk, lowest, temperature);
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
            cumulative += Weight(walk, lowest, temperature);
            while (next < reads.Length && targets[reads[next]] * total < cumulative)
            {
                codes[reads[next++]] = walk.Code;
            }
        }
        while (next < reads.Length && walk.Next());
        return codes;
    }

    private static double Weight<T>(StateWalk<T> walk, T lowest, double temperature)
        where T : struct, INumber<T> => Math.Exp(-walk.InUnitsOfEnergy(walk.Energy - lowest) / temperature);

    private static void CheckNow(ulong visited, CancellationToken cancellationToken)
    {
        if ((visited & CancellationMask) == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // The states of lowest energy seen so far, of equal ones those with the smaller number.
    private sealed class LowestStates<T>(int count)
        where T : struct, INumber<T>
    {
        public List<(T Energy, ulong Code)> States { get; } = new(count + 1);

        public void Offer(T energy, ulong code)
        {
            if (States.Count == count && !Precedes(energy, code, States[^1]))
            {
                return;
            }

            int place = States.Count;
            while (place > 0 && Precedes(energy, code, States[place - 1]))
            {
                place--;
            }

            States.Insert(place, (energy, code));
            if (States.Count > count)
            {
                States.RemoveAt(count);
            }
        }

        private static bool Precedes(T energy, ulong code, (T Energy, ulong Code) other) =>
            energy < other.Energy || (energy == other.Energy && code < other.Code);
    }
}
