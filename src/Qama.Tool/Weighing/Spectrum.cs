using System.Numerics;
using Qama.Ising;
using Qama.Layers;

namespace Qama.Tool.Weighing;

/// <summary>The states of lowest energy of a problem whose parts are small enough to visit every state of theirs.</summary>
internal static class Spectrum
{
    /// <summary>Most variables of a part.</summary>
    public const int LargestPart = 20;

    private const ulong CancellationMask = (1UL << 14) - 1;

    /// <summary>The lowest states, in order of rising energy.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="model">Its descriptor.</param>
    /// <param name="count">States wanted; fewer where there are fewer.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>States and energies in double; null where a part is too large.</returns>
    public static IReadOnlyList<(double Energy, byte[] State)>? Lowest(
        IWeighedProblem problem, ModelDescriptor model, int count, CancellationToken stop)
    {
        int variables = model.VariableCount;
        QuboMatrix quadratic = problem.ToQuadraticPart();
        int[] present = [.. Enumerable.Range(0, variables).Where(v => problem.Batch.IsPresent(0, v))];
        int[][] parts = Parts(quadratic, present, problem.HasSumPenalties ? model.Tokens * model.SelectionBits : 0);
        if (parts.Any(p => p.Length > LargestPart))
        {
            return null;
        }

        List<(double Energy, byte[] State)> lowest = [(0, new byte[variables])];
        foreach (int[] part in parts)
        {
            (double Energy, uint Code)[] own = Walk(problem, model, quadratic, part, count, stop);
            lowest =
            [
                .. lowest.SelectMany(a => own.Select(b => (a.Energy + b.Energy, a.State, b.Code)))
                    .OrderBy(c => c.Item1).Take(count).Select(c => (c.Item1, With(c.State, part, c.Code))),
            ];
        }

        return [.. lowest.Select(s => (problem.Measure(s.State).Sum(), s.State)).OrderBy(s => s.Item1)];
    }

    // Variables that interact, of one head where sums of heads count.
    private static int[][] Parts(QuboMatrix quadratic, int[] present, int perHead)
    {
        int[] parent = [.. Enumerable.Range(0, quadratic.Size)];
        foreach (int i in present)
        {
            foreach (int j in present)
            {
                if (i < j && (quadratic[i, j] + quadratic[j, i] != 0 || (perHead > 0 && i / perHead == j / perHead)))
                {
                    (int a, int b) = (Root(i), Root(j));
                    parent[Math.Max(a, b)] = Math.Min(a, b);
                }
            }
        }

        return [.. present.GroupBy(Root).Select(g => g.ToArray())];

        int Root(int i)
        {
            while (parent[i] != i)
            {
                i = parent[i] = parent[parent[i]];
            }

            return i;
        }
    }

    // In the order of the Gray code, so that one variable changes at a time.
    private static (double Energy, uint Code)[] Walk(
        IWeighedProblem problem, ModelDescriptor model, QuboMatrix quadratic, int[] part, int count, CancellationToken stop)
    {
        int n = part.Length, bits = model.SelectionBits;
        int[] heads = [.. part.Select(v => v / (model.Tokens * bits))];
        int[] sums = new int[model.HeadCount];
        double[] field = [.. part.Select(v => quadratic[v, v])];
        double[] pairs = [.. part.SelectMany(i => part.Select(j => i == j ? 0 : quadratic[i, j] + quadratic[j, i]))];
        double[] penalty = [.. Enumerable.Range(0, (model.Tokens * ((1 << bits) - 1)) + 1).Select(
            level => problem.HasSumPenalties ? problem.SumEnergy((double)level / ((1 << bits) - 1)) : 0)];
        double energy = heads.Distinct().Count() * penalty[0];
        var lowest = new PriorityQueue<uint, double>(count + 1);
        uint code = 0;
        lowest.Enqueue(code, -energy);
        for (ulong step = 1; step < 1UL << n; step++)
        {
            if ((step & CancellationMask) == 0)
            {
                stop.ThrowIfCancellationRequested();
            }

            int k = BitOperations.TrailingZeroCount(step), h = heads[k];
            int sign = ((code >> k) & 1) == 0 ? 1 : -1;
            code ^= 1u << k;
            energy += (sign * field[k]) - penalty[sums[h]];
            sums[h] += sign << (part[k] % bits);
            energy += penalty[sums[h]];
            ReadOnlySpan<double> row = pairs.AsSpan(k * n, n);
            for (int o = 0; o < n; o++)
            {
                field[o] += sign * row[o];
            }

            if (lowest.Count < count)
            {
                lowest.Enqueue(code, -energy);
            }
            else
            {
                lowest.EnqueueDequeue(code, -energy); // the highest goes
            }
        }

        return [.. lowest.UnorderedItems.Select(s => (-s.Priority, s.Element)).OrderBy(s => s.Item1)];
    }

    private static byte[] With(byte[] state, int[] part, uint code)
    {
        byte[] copy = [.. state];
        for (int k = 0; k < part.Length; k++)
        {
            copy[part[k]] = (byte)((code >> k) & 1);
        }

        return copy;
    }
}
