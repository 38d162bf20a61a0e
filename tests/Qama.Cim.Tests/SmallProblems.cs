using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;

namespace Qama.Cim.Tests;

/// <summary>Random small problems and their enumeration.</summary>
internal static class SmallProblems
{
    /// <summary>Coefficients of a declared layer's kind: fields much larger than couplings.</summary>
    public static QuboMatrix Real(ulong seed, int size, double fieldSize = 5)
    {
        var random = new RandomStream(seed);
        var qubo = new QuboMatrix(size) { Offset = random.NextNormal() };
        for (int i = 0; i < size; i++)
        {
            qubo.AddLinear(i, fieldSize * random.NextNormal());
            for (int j = 0; j < i; j++)
            {
                if (random.NextInt32(3) > 0)
                {
                    qubo.AddPair(i, j, random.NextNormal());
                }
            }
        }

        return qubo;
    }

    /// <summary>Ising integers: couplings up to 5, fields up to <paramref name="largestField"/> in the machine's form.</summary>
    public static QuboMatrix Integer(ulong seed, int size, int largestField)
    {
        var random = new RandomStream(seed);
        var ising = new IsingProblem(size);
        for (int i = 0; i < size; i++)
        {
            ising.AddField(i, -2 * (random.NextInt32(2 * largestField + 1) - largestField));
            for (int j = 0; j < i; j++)
            {
                ising.AddCoupling(i, j, -2 * (random.NextInt32(11) - 5));
            }
        }

        return ising.ToQubo();
    }

    /// <summary>Machine integers in which strong couplings make spins agree although their fields differ.</summary>
    public static QuboMatrix Ferromagnet(ulong seed, int size, int largestField)
    {
        var random = new RandomStream(seed);
        var ising = new IsingProblem(size);
        for (int i = 0; i < size; i++)
        {
            ising.AddField(i, -2 * (random.NextInt32(2 * largestField + 1) - largestField));
            for (int j = 0; j < i; j++)
            {
                ising.AddCoupling(i, j, -2 * random.NextInt32(8));
            }
        }

        return ising.ToQubo();
    }

    /// <summary>The machine's matrix before rounding, the auxiliary spin last: kaiwu_community, core/_matrix_converter.py,
    /// qubo_matrix_to_ising_matrix.</summary>
    public static double[,] MachineForm(QuboMatrix q)
    {
        int n = q.Size;
        var form = new double[n + 1, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                double b = (q[i, k] + q[k, i]) / 8;
                form[i, k] = k == i ? 0 : -b;
                form[i, n] = form[n, i] = form[i, n] - b;
            }
        }

        return form;
    }

    public static double Lowest(QuboMatrix problem) => States(problem.Size).Min(x => problem.Energy(x));

    public static IEnumerable<byte[]> States(int size) =>
        Enumerable.Range(0, 1 << size).Select(code => Enumerable.Range(0, size).Select(b => (byte)(code >> b & 1)).ToArray());

    public static IEnumerable<sbyte[]> Spins(int size) =>
        States(size).Select(x => x.Select(b => (sbyte)(2 * b - 1)).ToArray());

    /// <summary>−σᵀMσ of a reduced problem, the auxiliary spin last.</summary>
    public static long MachineEnergy(MachineProblem problem, sbyte[] spins) =>
        -problem.Terms.Sum(t => 2L * t.Value * spins[t.I] * spins[t.J]);

    /// <summary>What every state of lowest machine energy means.</summary>
    public static List<byte[]> Optima(MachineProblem problem, bool withTies = true)
    {
        int variables = problem.SpinCount - problem.Report.FieldSpins;
        long Ties(sbyte[] spins) => -problem.Terms.Where(t => t.I >= variables).Sum(t => 2L * t.Value * spins[t.I] * spins[t.J]);
        long lowest = long.MaxValue;
        var found = new List<byte[]>();
        foreach (sbyte[] spins in Spins(problem.SpinCount + 1))
        {
            long energy = MachineEnergy(problem, spins) - (withTies ? 0 : Ties(spins));
            if (energy > lowest)
            {
                continue;
            }

            if (energy < lowest)
            {
                found.Clear();
                lowest = energy;
            }

            var state = new byte[problem.VariableCount];
            problem.Decode(spins.AsSpan(0, problem.SpinCount), spins[^1], state);
            found.Add(state);
        }

        return found;
    }
}
