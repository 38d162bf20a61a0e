using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Problems;

namespace Qama.Cim;

/// <summary>From the rows of tasks to the selections of a batch.</summary>
internal static class Answers
{
    /// <summary>Writes the distinct states of every problem, feasible ones first, then by energy; where there are fewer than
    /// reads, the best is repeated.</summary>
    /// <param name="problems">The batch: energies are computed from it, whatever the machine says of them.</param>
    /// <param name="plan">Its tasks.</param>
    /// <param name="entries">Their results, in their order.</param>
    /// <param name="result">Receives states and energies.</param>
    public static void Write(ProblemBatch problems, CimPlan plan, JournalEntry[] entries, SampleSet result)
    {
        var state = new byte[problems.VariableCount + problems.SlackCount];
        for (int p = 0; p < problems.Count; p++)
        {
            if (plan.Problems[p].SpinCount == 0)
            {
                plan.Problems[p].Decode([], 1, state);
                Keep(problems, p, [state[..problems.VariableCount]], result);
            }
        }

        for (int t = 0; t < entries.Length; t++)
        {
            PackedTask task = plan.Tasks[t].Content;
            foreach (PackedProblem packed in task.Problems)
            {
                var found = new List<byte[]>();
                foreach (sbyte[] row in entries[t].Rows)
                {
                    task.Unpack(packed, row, state);
                    ReadOnlySpan<byte> selection = state.AsSpan(0, problems.VariableCount);
                    if (!Contains(found, selection))
                    {
                        found.Add(selection.ToArray());
                    }
                }

                Keep(problems, packed.Index, found, result);
            }
        }
    }

    private static bool Contains(List<byte[]> states, ReadOnlySpan<byte> state)
    {
        foreach (byte[] other in states)
        {
            if (state.SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }

    private static void Keep(ProblemBatch problems, int problem, List<byte[]> found, SampleSet result)
    {
        (bool IsViolated, double Energy, byte[] State)[] ordered =
        [
            .. found.Select(s => (!problems.IsFeasible(problem, s), problems.Energy(problem, s), s)).OrderBy(f => f.Item1).ThenBy(f => f.Item2),
        ];
        int repeats = Math.Max(0, result.ReadCount - ordered.Length);
        for (int r = 0; r < result.ReadCount; r++)
        {
            (_, double energy, byte[] state) = ordered[Math.Max(0, r - repeats)];
            state.CopyTo(result.State(problem, r));
            result.Energy(problem, r) = energy;
        }
    }
}
