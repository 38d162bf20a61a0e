using Qama.Ising;
using Qama.Tool.Formats;

namespace Qama.Tool.Describing;

/// <summary>
/// Persistency at its plainest: in spins, where |h_i| is at least Σ_j |J_ij|, some optimum has σ_i = −sign h_i. What
/// is decided becomes part of its partners' fields, again and again.
/// </summary>
/// <remarks>Boros and Hammer, "Pseudo-Boolean optimization", Discrete Applied Mathematics 123 (2002), section
/// 4.</remarks>
internal static class FieldRule
{
    /// <summary>The rule in words.</summary>
    public const string Words = "|h| >= sum of |J| over a spin's couplings, repeated";

    /// <summary>The decided spins of some optimum, −1 or +1; 0 where the rule decides nothing.</summary>
    public static sbyte[] Decide(PlainProblem problem)
    {
        PlainProblem spins = problem.As(VariableKind.Spin);
        var fields = new double[spins.Size];
        var starts = new int[spins.Size + 1];
        foreach ((int i, int j, double value) in spins.Terms)
        {
            if (i == j)
            {
                fields[i] = value;
            }
            else
            {
                starts[i + 1]++;
                starts[j + 1]++;
            }
        }

        for (int i = 0; i < spins.Size; i++)
        {
            starts[i + 1] += starts[i];
        }

        int[] next = starts[..^1];
        var sizes = new double[spins.Size]; // Σ |J| over partners that are not decided
        var partners = new (int J, double Value)[starts[^1]];
        foreach (QuadraticTerm term in spins.Terms.Where(t => t.I != t.J))
        {
            partners[next[term.I]++] = (term.J, term.Value);
            partners[next[term.J]++] = (term.I, term.Value);
            sizes[term.I] += Math.Abs(term.Value);
            sizes[term.J] += Math.Abs(term.Value);
        }

        int[] left = [.. next.Select((end, i) => end - starts[i])]; // such partners: without any, no rounding is left

        var decided = new sbyte[spins.Size];
        var open = new Stack<int>(Enumerable.Range(0, spins.Size).Reverse());
        while (open.TryPop(out int i))
        {
            if (decided[i] != 0 || Math.Abs(fields[i]) < sizes[i])
            {
                continue;
            }

            decided[i] = (sbyte)(fields[i] < 0 ? 1 : -1);
            foreach ((int j, double value) in partners.AsSpan(starts[i]..starts[i + 1]))
            {
                if (decided[j] == 0)
                {
                    fields[j] += value * decided[i];
                    sizes[j] = --left[j] == 0 ? 0 : sizes[j] - Math.Abs(value);
                    open.Push(j);
                }
            }
        }

        return decided;
    }
}
