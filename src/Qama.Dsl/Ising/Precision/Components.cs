namespace Qama.Ising.Precision;

/// <summary>Finds the parts of a problem that do not interact.</summary>
internal static class Components
{
    /// <summary>The undecided variables, one array per part, in rising order.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="split">False puts all into one part.</param>
    public static List<int[]> Of(BinaryProblem problem, bool split)
    {
        int[] free = [.. Enumerable.Range(0, problem.Size).Where(i => problem.Values[i] == BinaryProblem.Free)];
        if (!split)
        {
            return free.Length == 0 ? [] : [free];
        }

        var parts = new List<int[]>();
        var seen = new bool[problem.Size];
        var open = new Stack<int>();
        foreach (int start in free)
        {
            if (seen[start])
            {
                continue;
            }

            var part = new List<int>();
            seen[start] = true;
            open.Push(start);
            while (open.TryPop(out int i))
            {
                part.Add(i);
                ReadOnlySpan<double> row = problem.Pairs(i);
                for (int j = 0; j < row.Length; j++)
                {
                    if (row[j] != 0 && !seen[j])
                    {
                        seen[j] = true;
                        open.Push(j);
                    }
                }
            }

            part.Sort();
            parts.Add([.. part]);
        }

        return parts;
    }
}
