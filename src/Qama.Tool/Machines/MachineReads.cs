using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Tool.Formats;

namespace Qama.Tool.Machines;

/// <summary>One solution that the machine gave.</summary>
/// <param name="Energy">Its energy in double, of the file's coefficients.</param>
/// <param name="Integer">What the machine's integers make of it, H(σ) = −σᵀMσ.</param>
/// <param name="State">0 and 1, or −1 and +1: as the file's variables are.</param>
internal sealed record MachineRead(double Energy, double Integer, sbyte[] State);

/// <summary>From the rows of tasks to states of a file's problem.</summary>
internal static class MachineReads
{
    /// <summary>The solutions of a plan's one problem.</summary>
    /// <param name="problem">The file's problem.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="entry">The result of its task; null where every variable was decided.</param>
    public static IEnumerable<MachineRead> Of(PlainProblem problem, CimPlan plan, JournalEntry? entry)
    {
        MachineProblem machine = plan.Problems[0];
        IsingProblem integers = machine.ToIsing();
        var bits = new byte[problem.Size];
        if (entry is null)
        {
            machine.Decode([], 1, bits);
            yield return Read(problem, bits, 0);
            yield break;
        }

        foreach (sbyte[] row in entry.Rows)
        {
            machine.Decode(row.AsSpan(0, machine.SpinCount), row[^1], bits);
            yield return Read(problem, bits, integers.Energy(row));
        }
    }

    /// <summary>Pairs of different solutions that the machine's integers put in the order of their energies.</summary>
    /// <param name="reads">Solutions.</param>
    /// <returns>Pairs in the same order, and all pairs whose energies differ.</returns>
    /// <remarks>A pair of different energies and equal integers is not kept. Quadratic in the different solutions, of which there are at
    /// most a few hundred a task.</remarks>
    public static (long Kept, long Pairs) LevelsKept(IReadOnlyList<MachineRead> reads)
    {
        MachineRead[] different = [.. reads.DistinctBy(r => string.Join(',', r.State)).Take(2000)];
        (long kept, long pairs) = (0, 0);
        for (int a = 0; a < different.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                double energies = different[a].Energy - different[b].Energy;
                double size = Math.Max(Math.Abs(different[a].Energy), Math.Abs(different[b].Energy));
                if (Math.Abs(energies) > 1e-12 * size)
                {
                    pairs++;
                    kept += Math.Sign(energies) == Math.Sign(different[a].Integer - different[b].Integer) ? 1 : 0;
                }
            }
        }

        return (kept, pairs);
    }

    private static MachineRead Read(PlainProblem problem, byte[] bits, double integer)
    {
        sbyte[] state = [.. bits.Select(x => (sbyte)(problem.Kind == VariableKind.Binary ? x : (2 * x) - 1))];
        return new(problem.Energy(state), integer, state);
    }
}
