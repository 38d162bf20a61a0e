using Qama.Ising;

namespace Qama.Tool.Formats;

/// <summary>A matrix as a problem: of xᵀMx all entries count; in spins M_ij = M_ji is the coupling of a pair, once,
/// and the diagonal is the fields.</summary>
internal static class MatrixTerms
{
    /// <summary>The problem of a matrix.</summary>
    /// <param name="entries">Entries that are not 0, I the row.</param>
    /// <param name="size">Number of rows.</param>
    /// <param name="kind">What the variables are.</param>
    /// <param name="offset">The constant.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="labels">Names, or null.</param>
    /// <exception cref="InvalidDataException">A matrix in spins is not symmetric.</exception>
    public static PlainProblem Build(
        List<QuadraticTerm> entries, int size, VariableKind kind, double offset, string name,
        IReadOnlyList<string>? labels = null)
    {
        var terms = new TermList(size, entries.Count);
        if (kind == VariableKind.Binary)
        {
            entries.ForEach(e => terms.Add(e.I, e.J, e.Value));
            return terms.Build(kind, offset, name, labels: labels);
        }

        var (upper, lower) = (new TermList(size), new TermList(size));
        foreach ((int i, int j, double value) in entries)
        {
            (i == j ? terms : i < j ? upper : lower).Add(i, j, value);
        }

        (QuadraticTerm[] above, QuadraticTerm[] below) = (upper.Sum(name), lower.Sum(name));
        for (int k = 0; k < Math.Max(above.Length, below.Length); k++)
        {
            if (k >= above.Length || k >= below.Length || above[k] != below[k])
            {
                QuadraticTerm wrong = (k < above.Length ? above : below)[k];
                throw new InvalidDataException(
                    $"{name}: a matrix of spins has each coupling on both sides of the diagonal, and rows "
                    + $"{wrong.I + 1} and "
                    + $"{wrong.J + 1} differ: make it symmetric, or give --vartype binary if it is a QUBO.");
            }

            terms.Add(above[k].I, above[k].J, above[k].Value);
        }

        return terms.Build(kind, offset, name, labels: labels);
    }
}
