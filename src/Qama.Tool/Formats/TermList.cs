using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>Coefficients in any order, of which those of the same pair add up.</summary>
/// <param name="size">Number of variables.</param>
/// <param name="capacity">Coefficients expected.</param>
internal sealed class TermList(int size, int capacity = 0)
{
    private readonly List<long> _keys = new(capacity);
    private readonly List<double> _values = new(capacity);
    // the halves of a long would hide each other in its hash: 0 for all of a diagonal
    private HashSet<(int I, int J)>? _seen;

    /// <summary>Adds a coefficient of a pair in either order, or of a variable.</summary>
    public void Add(int i, int j, double value)
    {
        _keys.Add(Key(i, j));
        _values.Add(value);
    }

    /// <summary>Adds a term of a format that has every pair once; false, and nothing added, if the pair is there.</summary>
    public bool AddOnce(int i, int j, double value)
    {
        _seen ??= [];
        if (!_seen.Add(i < j ? (i, j) : (j, i)))
        {
            return false;
        }

        Add(i, j, value);
        return true;
    }

    /// <summary>The problem: sums that are 0 are left out.</summary>
    /// <exception cref="InvalidDataException">A sum or the offset is not finite.</exception>
    public PlainProblem Build(
        VariableKind kind, double offset, string name, Objective objective = Objective.Least,
        IReadOnlyList<string>? labels = null, double scale = 1)
    {
        for (int k = 0; k < _values.Count && scale != 1; k++)
        {
            _values[k] *= scale;
        }

        return new(kind, size, Sum(name), Checked(scale * offset, name, "the constant") + 0.0)
        {
            Objective = objective, Labels = labels, Source = name,
        };
    }

    /// <summary>The terms, sorted and summed.</summary>
    public QuadraticTerm[] Sum(string name)
    {
        (long[] keys, double[] values) = ([.. _keys], [.. _values]);
        Array.Sort(keys, values);
        List<QuadraticTerm> terms = new(keys.Length);
        for (int k = 0; k < keys.Length;)
        {
            long key = keys[k];
            double sum = 0;
            for (; k < keys.Length && keys[k] == key; k++)
            {
                sum += values[k];
            }

            if (sum != 0)
            {
                (int i, int j) = ((int)(key >> 32), (int)(key & int.MaxValue));
                terms.Add(new(i, j, Checked(sum, name, $"the coefficient of variables {i} and {j}")));
            }
        }

        return [.. terms];
    }

    private static long Key(int i, int j) => i < j ? ((long)i << 32) | (uint)j : ((long)j << 32) | (uint)i;

    private static double Checked(double value, string name, string what) => double.IsFinite(value)
        ? value : throw new InvalidDataException(
        $"{name}: {what} is {TextLines.Format(value)}, which is no finite number: divide all coefficients by the same number.");
}
