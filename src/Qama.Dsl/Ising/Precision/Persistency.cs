namespace Qama.Ising.Precision;

/// <summary>
/// Decides variables exactly: switching x_i on costs c_i + Σ_j c_ij x_j; where that cannot be negative, x_i = 0 in some optimum,
/// and where it cannot be positive, x_i = 1. Deciding one changes others, so it goes on until nothing changes.
/// </summary>
/// <remarks>First-order persistency; Boros and Hammer, "Pseudo-Boolean optimization", Discrete Applied Mathematics 123
/// (2002), section 4. At least one optimum of the problem is kept, all of them where the inequalities are strict.</remarks>
internal static class Persistency
{
    /// <summary>Decides what can be decided.</summary>
    public static void Apply(BinaryProblem problem)
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int i = 0; i < problem.Size; i++)
            {
                if (problem.Values[i] == BinaryProblem.Free && Decide(problem, i) is sbyte value)
                {
                    problem.Fix(i, value);
                    changed = true;
                }
            }
        }
    }

    private static sbyte? Decide(BinaryProblem problem, int i)
    {
        (double low, double high, double size) = (problem.Linear[i], problem.Linear[i], Math.Abs(problem.Linear[i]));
        foreach (double c in problem.Pairs(i))
        {
            low += Math.Min(c, 0);
            high += Math.Max(c, 0);
            size += Math.Abs(c);
        }

        // Sums carry rounding errors: only decide what they cannot overturn, or what is zero altogether.
        double tolerance = 1e-12 * size;
        return size == 0 || low > tolerance ? 0 : high < -tolerance ? (sbyte)1 : null;
    }
}
