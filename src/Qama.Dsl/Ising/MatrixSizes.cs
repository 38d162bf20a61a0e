using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Numerics;

namespace Qama.Ising;

/// <summary>How large the coefficients of a matrix are: read from it once, and again when it has changed.</summary>
internal sealed class MatrixSizes
{
    /// <summary>Reads a matrix.</summary>
    public MatrixSizes(ReadOnlySpan<double> coefficients)
    {
        Vector<double> sums = Vector<double>.Zero;
        Vector<double> largest = Vector<double>.Zero;
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(coefficients);
        foreach (Vector<double> vector in vectors)
        {
            Vector<double> sizes = Vector.Abs(vector);
            sums += sizes;
            largest = Vector.Max(largest, sizes);
        }

        double sum = Vector.Sum(sums);
        double most = 0;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        foreach (double coefficient in coefficients[(vectors.Length * Vector<double>.Count)..])
        {
            sum += Math.Abs(coefficient);
            most = Math.Max(most, Math.Abs(coefficient));
        }

        Sum = sum;
        AreFinite = double.IsFinite(sum) || coefficients.IndexOfAnyExceptInRange(double.MinValue, double.MaxValue) < 0;
        Scale = PowerOfTwo.Inverse(most);
    }

    /// <summary>Whether every coefficient is finite.</summary>
    public bool AreFinite { get; }

    /// <summary>Σ |q|: no sum of coefficients is larger. Not finite where a coefficient is not, or where this does not
    /// fit.</summary>
    public double Sum { get; }

    /// <summary>The power of two that searches multiply the coefficients by: it brings the largest into [1,
    /// 2).</summary>
    public double Scale { get; }
}
