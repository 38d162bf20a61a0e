using Qama.Contract;

namespace Qama.Ising.Precision;

/// <summary>Rounding of any coefficients to a machine's integers, as the vendor's tools do it.</summary>
public static class MatrixRounding
{
    /// <summary>
    /// Scales and rounds, half to even: the largest magnitude becomes 2^(bits − 1) − 1. Where all values already are integers in
    /// range they stay; where a multiplier makes them integers in range, they are multiplied.
    /// </summary>
    /// <param name="values">The coefficients.</param>
    /// <param name="bits">Width of a signed integer, 2 to 24.</param>
    /// <param name="destination">Receives the integers.</param>
    /// <returns>Integers per unit; infinite where the values are too small for it to be a double (below 1e-306).</returns>
    /// <exception cref="ArgumentException">Lengths differ, a value is not finite, or the width is out of range.</exception>
    /// <remarks>kaiwu_community, kaiwu_community/ising/_precision.py.</remarks>
    public static double Round(ReadOnlySpan<double> values, int bits, Span<int> destination)
    {
        if (destination.Length != values.Length)
        {
            throw new ArgumentException($"Expected room for {values.Length} integers, got {destination.Length}.", nameof(destination));
        }

        if (bits is < Machines.LeastBits or > Machines.MostBits)
        {
            throw new ArgumentException($"Expected 2 to 24 bits, got {bits}.", nameof(bits));
        }

        foreach (double v in values)
        {
            if (!double.IsFinite(v))
            {
                throw new ArgumentException($"Expected finite values, got {v}.", nameof(values));
            }
        }

        int limit = (1 << (bits - 1)) - 1;
        int exponent = IntegerScaling.Exponent(values);
        (double first, double second) = IntegerScaling.PowerOfTwo(-exponent);
        double[] scaled = [.. values];
        for (int k = 0; k < scaled.Length; k++)
        {
            scaled[k] = scaled[k] * first * second;
        }

        double largest = IntegerScaling.Largest(scaled);
        double scale = largest == 0 ? 1
            : IntegerScaling.AreIntegers(values, limit) ? Math.ScaleB(1, exponent)
            : IntegerScaling.Exact(scaled, [], limit, 1) ?? limit / largest;
        for (int k = 0; k < values.Length; k++)
        {
            destination[k] = (int)Math.Round(scaled[k] * scale, MidpointRounding.ToEven);
        }

        return Math.ScaleB(scale, -exponent);
    }
}
