using System.Buffers;
using System.Runtime.Intrinsics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Ising;

/// <summary>
/// A plain problem as searches read it: Scale·E(x) = Σ_i a[i] x_i + Σ_{i&lt;j} a[i,j] x_i x_j in single precision, each
/// pair on both sides, as compressed rows where few pairs interact and written out otherwise; and what is known of the
/// problem's local fields. Made of a problem once, in two passes over its data.
/// </summary>
internal sealed unsafe class SingleForm
{
    /// <summary>Up to this share of pairs rows are compressed: about where a flip takes the same time in both
    /// forms (docs/performance.md).</summary>
    public const double LargestDensity = 0.12;

    private const double ExactIntegers = 1 << 24; // of single precision

    private readonly AlignedMemory _memory = new();
    private readonly double _largestDensity = LargestDensity;
    private double _squares;
    private double _sizes;

    /// <summary>Reads a sparse problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="largestDensity">Up to which rows are compressed.</param>
    public SingleForm(SparseQubo problem, double largestDensity = LargestDensity)
    {
        (Size, _largestDensity) = (problem.Size, largestDensity);
        CompressedRows rows = problem.Rows;
        double half = 0;
        foreach (float value in rows.Values)
        {
            half = Math.Max(half, 0.5 * Math.Abs((double)value));
        }

        foreach (float value in problem.Linear)
        {
            half = Math.Max(half, Math.Abs(value));
        }

        Scale = PowerOfTwo.Inverse(half);
        Reserve(rows.Values.Length);
        rows = rows.Times((float)Scale);
        Rows = IsSparse ? rows : null;
        for (int i = 0; i < Size; i++)
        {
            Linear[i] = (float)Scale * problem.Linear[i];
            RowSums[i] = Linear[i];
            ReadOnlySpan<int> columns = rows.ColumnsOf(i);
            ReadOnlySpan<float> values = rows.ValuesOf(i);
            var written = IsSparse ? default : new Span<float>(Dense + ((long)i * Stride), Stride);
            written.Clear();
            for (int k = 0; k < columns.Length; k++)
            {
                double part = 0.5 * values[k];
                _squares += part * part;
                _sizes += Math.Abs(part);
                RowSums[i] += part;
                if (!IsSparse)
                {
                    written[columns[k]] = values[k];
                }
            }
        }

        IsExact = true; // single precision is what the problem has
    }

    /// <summary>For a matrix of a size.</summary>
    public SingleForm(int size) => Size = size;

    /// <summary>Reads a matrix, in the memory that there is.</summary>
    public void Read(QuboMatrix problem)
    {
        MatrixSizes sizes = problem.Sizes;
        Scale = sizes.Scale;
        (_squares, _sizes) = (0, 0);
        Reserve(sizes.PairEntries);
        Rows = IsSparse ? CompressedRows.OfSize(Size, (int)Interactions, Rows) : null;
        int place = 0;

        // Where coefficients are multiples of one over this, no sum of a row's is rounded in single precision.
        double units = ExactIntegers / 4 * PowerOfTwo.Inverse(Scale * sizes.LargestRow);
        bool exact = sizes.AreFinite;
        for (int i = 0; i < Size; i++)
        {
            ReadOnlySpan<double> source = problem.Coefficients.Slice(i * Size, Size);
            double own = Scale * source[i];
            (Linear[i], RowSums[i]) = ((float)own, own);
            exact &= IsWhole(units * own);
            if (Rows is not null)
            {
                exact &= Collect(Rows, i, source, units, ref place);
                continue;
            }

            var row = new Span<float>(Dense + ((long)i * Stride), Stride);
            exact &= Convert(i, source[..i], row, units) & Convert(i, source[(i + 1)..], row[(i + 1)..], units);
            row[i] = 0;
            row[Size..].Clear();
        }

        IsExact = exact;
    }

    /// <summary>Number of variables n.</summary>
    public int Size { get; }

    /// <summary>Length of a padded row.</summary>
    public int Stride { get; private set; }

    /// <summary>The power of two that coefficients are multiplied by; it brings the largest of the symmetric matrix
    /// into [1, 2).</summary>
    public double Scale { get; private set; }

    /// <summary>Whether a search in single precision finds the same fields, to the bit, as one in the precision that
    /// the problem has.</summary>
    public bool IsExact { get; private set; }

    /// <summary>a[i], [stride], 0 in the padding.</summary>
    public float* Linear { get; private set; }

    /// <summary>a[i,j] as compressed rows; null where they are written out.</summary>
    public CompressedRows? Rows { get; private set; }

    /// <summary>a[i,j] written out, [n, stride]; null where rows are compressed.</summary>
    public float* Dense { get; private set; }

    /// <summary>Entries a[i,j] that are not 0, on both sides.</summary>
    public long Interactions { get; private set; }

    /// <summary>Σ (a[i,j]/2)² over both sides.</summary>
    public double Squares => _squares;

    /// <summary>Σ |a[i,j]|/2 over both sides.</summary>
    public double Sizes => _sizes;

    /// <summary>a[i] + Σ_j a[i,j]/2: a variable's local field over random states of the others.</summary>
    public double[] RowSums { get; private set; } = [];

    private bool IsSparse { get; set; }

    /// <summary>target += factor · row, [stride]. Each number is rounded once, whichever form rows have.</summary>
    public void AddRow<TVector>(int row, float factor, float* target)
        where TVector : struct, IVector<TVector, float>
    {
        if (Rows is not null)
        {
            Rows.AddRow(row, factor, target);
            return;
        }

        float* values = Dense + ((long)row * Stride);
        TVector times = TVector.All(factor);
        for (int k = 0; k < Stride; k += TVector.Count)
        {
            TVector.Store(target + k, TVector.FusedMultiplyAdd(values + k, times, TVector.Load(target + k)));
        }
    }

    /// <summary>The energy without the constant, in the problem's own unit; not rounded where <see cref="IsExact"/> of
    /// a matrix.</summary>
    public double Energy(ReadOnlySpan<byte> state)
    {
        float[] memory = ArrayPool<float>.Shared.Rent(Stride);
        Span<float> values = memory.AsSpan(0, Stride);
        for (int i = 0; i < state.Length; i++)
        {
            values[i] = state[i];
        }

        values[Size..].Clear();
        double energy = 0;
        fixed (float* x = values)
        {
            for (int i = 0; i < Size; i++)
            {
                if (state[i] != 0)
                {
                    energy += Linear[i] + (0.5 * (Rows is null
                        ? Numerics.Vectors.Rows.Dot(new ReadOnlySpan<float>(Dense + ((long)i * Stride), Stride), values)
                        : Rows.Product(i, 0, x)));
                }
            }
        }

        ArrayPool<float>.Shared.Return(memory);
        return energy / Scale;
    }

    private static bool IsWhole(double number) => Math.Floor(number) == number;

    private void Reserve(long entries)
    {
        Interactions = entries;
        Stride = Padding.Stride(Size);
        long floats = ((long)Size + 1) * Stride;
        IsSparse = entries <= _largestDensity * Size * (Size - 1.0) || floats + Stride > Array.MaxLength;
        _memory.Reserve(IsSparse ? Stride : floats);
        Linear = _memory.Start;
        new Span<float>(Linear, Stride).Clear();
        Dense = IsSparse ? null : Linear + Stride;
        RowSums = RowSums.Length == Size ? RowSums : new double[Size];
    }

    // Writes 2·Scale times coefficients; whether all are multiples of one over the units.
    private bool Convert(int row, ReadOnlySpan<double> source, Span<float> target, double units)
    {
        double whole = 2 * units;
        (Vector256<double> squares, Vector256<double> sizes, Vector256<double> sums) = (default, default, default);
        var different = Vector256<double>.Zero;
        int k = 0;
        for (; k + (2 * Vector256<double>.Count) <= source.Length; k += 2 * Vector256<double>.Count)
        {
            Vector256<double> a = Scale * Vector256.Create(source.Slice(k, Vector256<double>.Count));
            Vector256<double> b = Scale * Vector256.Create(source.Slice(k + Vector256<double>.Count,
                Vector256<double>.Count));
            squares += (a * a) + (b * b);
            sizes += Vector256.Abs(a) + Vector256.Abs(b);
            sums += a + b;
            (Vector256<double> c, Vector256<double> d) = (whole * a, whole * b);
            different |= (Vector256.Floor(c) - c) + (Vector256.Floor(d) - d); // not positive: they do not cancel
            Vector256.Narrow(a + a, b + b).CopyTo(target.Slice(k, Vector256<float>.Count));
        }

        bool exact = Vector256.EqualsAll(different, Vector256<double>.Zero);
        (double square, double size, double sum) = (Vector256.Sum(squares), Vector256.Sum(sizes), Vector256.Sum(sums));
        for (; k < source.Length; k++)
        {
            double a = Scale * source[k];
            square += a * a;
            size += Math.Abs(a);
            sum += a;
            exact &= IsWhole(whole * a);
            target[k] = (float)(a + a);
        }

        _squares += square;
        _sizes += size;
        RowSums[row] += sum;
        return exact;
    }

    // The same of a row in which most coefficients are 0.
    private bool Collect(CompressedRows rows, int row, ReadOnlySpan<double> source, double units, ref int place)
    {
        bool exact = true;
        rows.Begin(row, place);
        for (int block = 0; block < source.Length; block += Vector256<double>.Count)
        {
            ReadOnlySpan<double> next = source.Slice(block, Math.Min(Vector256<double>.Count, source.Length - block));
            if (next.Length == Vector256<double>.Count
                && Vector256.EqualsAll(Vector256.Create(next), Vector256<double>.Zero))
            {
                continue;
            }

            for (int lane = 0; lane < next.Length; lane++)
            {
                double a = Scale * next[lane];
                if (next[lane] == 0 || block + lane == row)
                {
                    continue;
                }

                _squares += a * a;
                _sizes += Math.Abs(a);
                RowSums[row] += a;
                exact &= IsWhole(2 * units * a);
                rows.Append(block + lane, (float)(a + a), ref place);
            }
        }

        rows.Begin(row + 1, place);
        return exact;
    }
}
