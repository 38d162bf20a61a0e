using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Numerics;

namespace Qama.Ising;

/// <summary>How large the coefficients of a matrix are: read from it once, and again when it has changed.</summary>
internal sealed class MatrixSizes
{
    /// <summary>Reads a matrix.</summary>
    /// <param name="coefficients">The matrix.</param>
    /// <param name="size">Number of its rows.</param>
    public MatrixSizes(ReadOnlySpan<double> coefficients, int size)
    {
        double most = 0;
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<double> row = coefficients.Slice(i * size, size);
            (double sum, double largest, long zeros) = Read(row);
            Sum += sum;
            LargestRow = Math.Max(LargestRow, sum);
            most = Math.Max(most, largest);
            PairEntries += size - zeros - (row[i] == 0 ? 0 : 1);
        }

        AreFinite = double.IsFinite(Sum) || coefficients.IndexOfAnyExceptInRange(double.MinValue, double.MaxValue) < 0;
        Scale = PowerOfTwo.Inverse(most);
    }

    /// <summary>Whether every coefficient is finite.</summary>
    public bool AreFinite { get; }

    /// <summary>Σ |q|: no sum of coefficients is larger. Not finite where a coefficient is not, or where this does not
    /// fit.</summary>
    public double Sum { get; }

    /// <summary>The largest Σ |q| of a row.</summary>
    public double LargestRow { get; }

    /// <summary>Coefficients beside the diagonal that are not 0.</summary>
    public long PairEntries { get; }

    /// <summary>The power of two that searches multiply the coefficients by: it brings the largest into [1,
    /// 2).</summary>
    public double Scale { get; }

    private static (double Sum, double Largest, long Zeros) Read(ReadOnlySpan<double> row)
    {
        Vector<double> sums = Vector<double>.Zero;
        Vector<double> largest = Vector<double>.Zero;
        Vector<long> zeros = Vector<long>.Zero;
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(row);
        foreach (Vector<double> vector in vectors)
        {
            Vector<double> sizes = Vector.Abs(vector);
            sums += sizes;
            largest = Vector.Max(largest, sizes);
            zeros -= Vector.Equals(sizes, Vector<double>.Zero);
        }

        (double sum, double most, long count) = (Vector.Sum(sums), 0, Vector.Sum(zeros));
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        foreach (double coefficient in row[(vectors.Length * Vector<double>.Count)..])
        {
            sum += Math.Abs(coefficient);
            most = Math.Max(most, Math.Abs(coefficient));
            count += coefficient == 0 ? 1 : 0;
        }

        return (sum, most, count);
    }
}
