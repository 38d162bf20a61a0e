using System.Globalization;

namespace Qama.Ising;

/// <summary>A symmetric matrix of single precision without a diagonal: of each row the entries that are not 0, in order
/// of their columns. The memory does not move, so that kernels may read by address.</summary>
internal sealed unsafe class CompressedRows
{
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;

    private CompressedRows(int[] starts, int[] columns, float[] values)
    {
        (_starts, _columns, _values) = (starts, columns, values);
        Start = Address(starts);
        Column = Address(columns);
        Value = Address(values);
    }

    /// <summary>Number of rows n.</summary>
    public int Size => _starts.Length - 1;

    /// <summary>n + 1 numbers: entries of row i are numbers starts[i] to starts[i + 1] − 1.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>The column of each entry.</summary>
    public ReadOnlySpan<int> Columns => _columns.AsSpan(0, _starts[^1]);

    /// <summary>The entries.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _starts[^1]);

    /// <summary>The address of <see cref="Starts"/>.</summary>
    public int* Start { get; }

    /// <summary>The address of <see cref="Columns"/>.</summary>
    public int* Column { get; }

    /// <summary>The address of <see cref="Values"/>.</summary>
    public float* Value { get; }

    /// <summary>Columns of a row.</summary>
    public ReadOnlySpan<int> ColumnsOf(int row) => _columns.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Entries of a row.</summary>
    public ReadOnlySpan<float> ValuesOf(int row) => _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>One entry; 0 where there is none.</summary>
    public float At(int row, int column) =>
        ColumnsOf(row).BinarySearch(column) is int place and >= 0 ? ValuesOf(row)[place] : 0;

    /// <summary>target += factor · row. Each number is rounded once, as where the row is written out.</summary>
    public void AddRow(int row, float factor, float* target)
    {
        int* column = Column + Start[row];
        int* end = Column + Start[row + 1];
        float* value = Value + Start[row];
        for (; column < end; column++, value++)
        {
            float* at = target + *column;
            *at = MathF.FusedMultiplyAdd(factor, *value, *at);
        }
    }

    /// <summary>first + Σ_j a_ij x_j, one product after the other, each sum rounded once.</summary>
    public float Product(int row, float first, float* x)
    {
        int* column = Column + Start[row];
        int* end = Column + Start[row + 1];
        float* value = Value + Start[row];
        for (; column < end; column++, value++)
        {
            first = MathF.FusedMultiplyAdd(x[*column], *value, first);
        }

        return first;
    }

    /// <summary>All entries times a power of two.</summary>
    public CompressedRows Times(float factor)
    {
        float[] values = Pinned<float>(Values.Length);
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = factor * _values[k];
        }

        return new(_starts, _columns, values);
    }

    /// <summary>Sums pairs up, each of them on both sides of the diagonal: of several for the same place in double, in
    /// their order, and rounded then. Sums that are 0 are left out.</summary>
    /// <param name="size">Number of rows.</param>
    /// <param name="pairs">The pairs, no two indices the same.</param>
    /// <param name="name">The argument that an error is about.</param>
    /// <exception cref="ArgumentException">A sum is no finite number of single precision, or there are more than 2²⁹
    /// pairs.</exception>
    public static CompressedRows Sum(int size, List<QuadraticTerm> pairs, string name)
    {
        if (pairs.Count > 1 << 29)
        {
            throw new ArgumentException($"Expected at most {1 << 29} terms of pairs, got {pairs.Count}.", name);
        }

        // In order of columns, then, stably, in order of rows. Number 2t is term t, number 2t + 1 the same turned
        // round.
        int[] byColumn = Sort(size, pairs, Enumerable.Range(0, 2 * pairs.Count), ofRows: false, out _);
        int[] order = Sort(size, pairs, byColumn, ofRows: true, out int[] starts);
        int[] columns = new int[order.Length];
        double[] sums = new double[order.Length];
        int[] merged = Pinned<int>(size + 1);
        merged[0] = 0;
        int count = 0;
        for (int row = 0; row < size; row++)
        {
            int first = count;
            for (int k = starts[row]; k < starts[row + 1];)
            {
                int column = IndexOf(pairs, order[k], ofRow: false);
                double sum = 0;
                for (; k < starts[row + 1] && IndexOf(pairs, order[k], ofRow: false) == column; k++)
                {
                    sum += pairs[order[k] >> 1].Value;
                }

                if (RoundedSum(sum, row, column, name) != 0)
                {
                    (columns[count], sums[count]) = (column, sum);
                    count++;
                }
            }

            merged[row + 1] = count;
        }

        int[] kept = Pinned<int>(count);
        float[] values = Pinned<float>(count);
        for (int k = 0; k < count; k++)
        {
            (kept[k], values[k]) = (columns[k], (float)sums[k]);
        }

        return new(merged, kept, values);
    }

    /// <summary>Memory for so many rows and entries, to be filled in order; what there is already, if it is
    /// enough.</summary>
    public static CompressedRows OfSize(int size, int entries, CompressedRows? present) =>
        present is not null && present.Size == size && present._values.Length >= entries
            ? present
            : new(Pinned<int>(size + 1), Pinned<int>(entries), Pinned<float>(entries));

    /// <summary>Says where a row's entries begin, and the last one's end.</summary>
    public void Begin(int row, int place) => _starts[row] = place;

    /// <summary>Appends an entry.</summary>
    public void Append(int column, float value, ref int place)
    {
        (_columns[place], _values[place]) = (column, value);
        place++;
    }

    /// <summary>A sum of terms in single precision.</summary>
    /// <exception cref="ArgumentException">It is not finite there.</exception>
    public static float RoundedSum(double sum, int i, int j, string name) => float.IsFinite((float)sum)
        ? (float)sum
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture,
                $"Expected sums of terms that fit single precision, got {sum:R} for {i} {j}."),
            name);

    // Counts, then places: stable.
    private static int[] Sort(int size, List<QuadraticTerm> pairs, IEnumerable<int> entries, bool ofRows,
        out int[] starts)
    {
        starts = new int[size + 1];
        for (int entry = 0; entry < 2 * pairs.Count; entry++)
        {
            starts[IndexOf(pairs, entry, ofRows) + 1]++;
        }

        for (int i = 0; i < size; i++)
        {
            starts[i + 1] += starts[i];
        }

        int[] next = [.. starts];
        int[] sorted = new int[2 * pairs.Count];
        foreach (int entry in entries)
        {
            sorted[next[IndexOf(pairs, entry, ofRows)]++] = entry;
        }

        return sorted;
    }

    private static int IndexOf(List<QuadraticTerm> pairs, int entry, bool ofRow)
    {
        QuadraticTerm term = pairs[entry >> 1];
        return ofRow == ((entry & 1) == 0) ? term.I : term.J;
    }

    private static T[] Pinned<T>(int length) => GC.AllocateUninitializedArray<T>(length, pinned: true);

    private static T* Address<T>(T[] pinned)
        where T : unmanaged => (T*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
