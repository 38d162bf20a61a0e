using System.Globalization;

namespace Qama.Ising;

/// <summary>What the sparse problems of bits and of spins have in common: a linear part and pairs.</summary>
internal sealed class SparseTerms
{
    /// <summary>Most variables.</summary>
    public const int LargestSize = 1 << 24;

    // Sums of so many coefficients, and their squares, are in the middle of what double and single precision hold.
    private const double LeastUnit = 1e-30;
    private const double MostUnit = 1e30;

    /// <summary>Sums terms up.</summary>
    /// <param name="size">Number of variables.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="name">The argument that an error is about.</param>
    public SparseTerms(int size, IEnumerable<QuadraticTerm> terms, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        ArgumentNullException.ThrowIfNull(terms, name);
        double[] linear = new double[size];
        List<QuadraticTerm> pairs = [];
        int count = 0;
        foreach (QuadraticTerm term in terms)
        {
            Check(term, count++, size, name);
            if (term.I == term.J)
            {
                linear[term.I] += term.Value;
            }
            else
            {
                pairs.Add(term);
            }
        }

        Linear = new float[size];
        for (int i = 0; i < size; i++)
        {
            Linear[i] = CompressedRows.RoundedSum(linear[i], i, i, name);
        }

        Rows = CompressedRows.Sum(size, pairs, name);
        Largest = Math.Max(LargestOf(Linear), LargestOf(Rows.Values));
        if (Largest is > 0 and < LeastUnit or > MostUnit)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Expected a largest coefficient in {LeastUnit:R} to {MostUnit:R}, got {Largest:R}")
                + ": single precision has no more room. Measure energy in another unit.",
                name);
        }
    }

    /// <summary>The coefficients of single variables.</summary>
    public float[] Linear { get; }

    /// <summary>The coefficients of pairs.</summary>
    public CompressedRows Rows { get; }

    /// <summary>The largest size of a coefficient.</summary>
    public double Largest { get; }

    /// <summary>Number of variables.</summary>
    public int Size => Linear.Length;

    /// <summary>Pairs that interact.</summary>
    public int PairCount => Rows.Values.Length / 2;

    /// <summary>The share of all pairs that interact.</summary>
    public double Density => Size < 2 ? 0 : Rows.Values.Length / ((double)Size * (Size - 1));

    /// <summary>A coefficient; of one variable for i = j.</summary>
    public float At(int i, int j)
    {
        CheckIndex(i, nameof(i));
        CheckIndex(j, nameof(j));
        return i == j ? Linear[i] : Rows.At(i, j);
    }

    /// <summary>The terms that are not 0, row by row, each pair once.</summary>
    public IEnumerable<QuadraticTerm> All()
    {
        for (int i = 0; i < Size; i++)
        {
            if (Linear[i] != 0)
            {
                yield return new(i, i, Linear[i]);
            }

            for (int k = Rows.Starts[i]; k < Rows.Starts[i + 1]; k++)
            {
                if (Rows.Columns[k] > i)
                {
                    yield return new(i, Rows.Columns[k], Rows.Values[k]);
                }
            }
        }
    }

    /// <summary>Σ_i s_i (a_i + Σ_{j&gt;i} a_ij s_j) in double, in row order.</summary>
    public double Energy(ReadOnlySpan<sbyte> values)
    {
        double energy = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == 0)
            {
                continue;
            }

            double local = Linear[i];
            ReadOnlySpan<int> columns = Rows.ColumnsOf(i);
            ReadOnlySpan<float> coefficients = Rows.ValuesOf(i);
            for (int k = columns.Length - 1; k >= 0 && columns[k] > i; k--)
            {
                local += (double)coefficients[k] * values[columns[k]];
            }

            energy += values[i] * local;
        }

        return energy;
    }

    /// <summary>Refuses an offset that is no number.</summary>
    public static double CheckOffset(double offset) => double.IsFinite(offset)
        ? offset
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"Expected a finite offset, got {offset}."), nameof(offset));

    private static void Check(QuadraticTerm term, int number, int size, string name)
    {
        if ((uint)term.I >= (uint)size || (uint)term.J >= (uint)size)
        {
            throw new ArgumentException(
                $"Term {number}: expected indices in 0..{size - 1}, got {term.I} {term.J}.", name);
        }

        if (!double.IsFinite(term.Value))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Term {number}, of {term.I} {term.J}: expected a finite number, got {term.Value}."),
                name);
        }
    }

    private static double LargestOf(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        return largest;
    }

    private void CheckIndex(int index, string name)
    {
        if ((uint)index >= (uint)Size)
        {
            throw new ArgumentOutOfRangeException(name, index, $"Expected an index in 0..{Size - 1}.");
        }
    }
}
