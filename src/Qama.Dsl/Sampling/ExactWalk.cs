using System.Numerics;
using Qama.Ising;

namespace Qama.Sampling;

/// <summary>
/// The walk through the states of a QUBO in integers, so that no energy is rounded: coefficients are multiples of a
/// power of two.
/// </summary>
/// <typeparam name="T">Integers that hold the sum of all coefficients.</typeparam>
/// <remarks>
/// Energies are added up from the variable with the highest number to the lowest, and every partial sum is kept: the
/// energy of those from k on, and what they say to each below. When the Gray code flips variable k only what is below
/// has to be added up anew: (k² + k)/2 sums, 2 on average over all steps.
/// </remarks>
internal sealed class ExactWalk<T> : StateWalk<T>
    where T : struct, IBinaryInteger<T>
{
    private const int DoubleBits = 52;

    private readonly int _exponent; // a coefficient is 2 to this power times its integer
    private readonly T[] _pairs; // [k, j], j < k: of the product of both; j = k: of the variable alone
    private readonly T[] _fields; // [k, j], j < k: what variable j and those from k on say to j; k up to Count
    private readonly T[] _energies; // of the variables from k on; k up to Count
    private readonly bool[] _state;

    /// <summary>Reads a problem.</summary>
    public ExactWalk(QuboMatrix qubo, int[] variables, int exponent)
        : base(variables)
    {
        _exponent = exponent;
        _pairs = new T[Count * Count];
        _fields = new T[(Count + 1) * Count];
        _energies = new T[Count + 1];
        _state = new bool[Count];
        for (int k = 0; k < Count; k++)
        {
            for (int j = 0; j <= k; j++)
            {
                T coefficient = Integer(qubo[variables[k], variables[j]]);
                _pairs[(k * Count) + j] = j == k ? coefficient : coefficient + Integer(qubo[variables[j], variables[k]]);
            }

            _fields[(Count * Count) + k] = _pairs[(k * Count) + k];
        }

        Restart();
    }

    /// <inheritdoc/>
    public override T Rounding(ulong code)
    {
        T sizes = T.Zero;
        for (int k = 0; k < Count; k++)
        {
            for (int j = 0; j <= k; j++)
            {
                if (((code >> k) & (code >> j) & 1) != 0)
                {
                    sizes += T.Abs(_pairs[(k * Count) + j]);
                }
            }
        }

        return (sizes >> DoubleBits) * T.CreateChecked(Count);
    }

    /// <inheritdoc/>
    public override double InUnitsOfEnergy(T difference)
    {
        // More digits than a double has, but not too many for one.
        int shift = Math.Max(0, difference.GetShortestBitLength() - (2 * DoubleBits));
        return Math.ScaleB(double.CreateTruncating(difference >> shift), shift + _exponent);
    }

    /// <inheritdoc/>
    protected override void Start()
    {
        Array.Clear(_state);
        AddUp(Count - 1);
    }

    /// <inheritdoc/>
    protected override void Flip(int k)
    {
        _state[k] = !_state[k];
        AddUp(k);
    }

    private void AddUp(int from)
    {
        for (int k = from; k >= 0; k--)
        {
            ReadOnlySpan<T> above = _fields.AsSpan((k + 1) * Count, k + 1);
            Span<T> fields = _fields.AsSpan(k * Count, k);
            if (_state[k])
            {
                _energies[k] = _energies[k + 1] + above[k];
                ReadOnlySpan<T> pairs = _pairs.AsSpan(k * Count, k);
                for (int j = 0; j < fields.Length; j++)
                {
                    fields[j] = above[j] + pairs[j];
                }
            }
            else
            {
                _energies[k] = _energies[k + 1];
                above[..k].CopyTo(fields);
            }
        }

        Energy = _energies[0];
    }

    private T Integer(double coefficient)
    {
        if (coefficient == 0)
        {
            return T.Zero;
        }

        (long digits, int exponent) = Digits.Of(coefficient);
        return T.CreateChecked(digits) << (exponent - _exponent);
    }
}

/// <summary>A finite double as what it is: a whole number times a power of two.</summary>
internal static class Digits
{
    /// <summary>The odd number and the exponent; not of 0.</summary>
    public static (long Odd, int Exponent) Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long digits = bits & ((1L << 52) - 1);
        digits = exponent == 0 ? digits : digits | (1L << 52);
        int zeros = BitOperations.TrailingZeroCount(digits);
        digits >>= zeros;
        return (bits < 0 ? -digits : digits, Math.Max(exponent, 1) - 1075 + zeros);
    }
}
