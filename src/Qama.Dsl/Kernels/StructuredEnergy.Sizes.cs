namespace Qama.Kernels;

/// <content>How large the coefficients are: the unit they are held in, the strength of local fields, and what rounding makes of
/// them.</content>
public sealed unsafe partial class StructuredEnergy
{
    private const double RoundingOfOne = 1.0 / (1 << 23);

    private float* _rowSizes; // [heads, stride]: √ Σ_j a_ij²
    private double _pairSquares; // Σ of their squares
    private double _otherSquares; // of what exclusion and penalties on sums say to every bit
    private bool _isMeasured;

    /// <summary>To be called once after loading and before anything else: measures the coefficients, and takes another unit for those
    /// that are near the ends of single precision.</summary>
    internal void Measure<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        if (_isMeasured)
        {
            return;
        }

        _isMeasured = true;
        float scale = 1;
        double squares = WriteRowSquares<TVector>(scale);
        if (!SinglePrecision.Holds(squares))
        {
            scale = PowerOfTwo.SingleInverse(Padding.LargestSize(Pairs));
            squares = WriteRowSquares<TVector>(scale);
        }

        double unit = TakeUnit(Math.Sqrt(Padding.LargestSize(RowSizes)) / scale);
        double factor = unit / scale;
        _pairSquares = squares * factor * factor;
        foreach (ref float size in RowSizes)
        {
            size = (float)(Math.Sqrt(size) * factor);
        }

        _otherSquares = (double)_exclusion * _exclusion * (Heads - 1);
        for (int c = 0; c < _sumCount; c++)
        {
            (double linear, double pair) = (_sums[(c * SumEntry) + 2], 2 * _sums[(c * SumEntry) + 3]);
            _otherSquares += (linear * linear) + (pair * pair);
        }
    }

    /// <summary>
    /// Root mean square over the bits of what a random state of the others makes of the cost of switching one on: its
    /// standard deviation. Penalties on sums and exclusion count with their squares.
    /// </summary>
    internal double FieldDeviation()
    {
        if (TokenCount == 0)
        {
            return 0;
        }

        // A product of weights is c c' per product of bits: Σ c² twice, averaged over the bit that is switched.
        double unit = 1.0 / ((1 << Bits) - 1);
        double bitSquares = 0;
        for (int b = 0; b < Bits; b++)
        {
            bitSquares += (unit * (1 << b)) * (unit * (1 << b));
        }

        double share = bitSquares * bitSquares / Bits;
        double squares = share * _pairSquares / (Heads * TokenCount);
        squares += (_exclusionOnBits ? 1 : share) * _exclusion * _exclusion * (Heads - 1);
        for (int c = 0; c < _sumCount; c++)
        {
            double pair = 2 * _sums[(c * SumEntry) + 3];
            squares += share * pair * pair * (TokenCount - 1);
        }

        return 0.5 * Math.Sqrt(squares);
    }

    /// <summary>About how far rounding can move the cost of a token's flip: that of numbers of the size of its coefficients.</summary>
    internal double Rounding(int head, int token)
    {
        int at = (head * Stride) + token;
        double squares = ((double)_rowSizes[at] * _rowSizes[at]) + ((double)_linear[at] * _linear[at]) + _otherSquares;
        if (_hasSquares)
        {
            squares += (double)_squares[at] * _squares[at];
        }

        return RoundingOfOne * Math.Sqrt(squares);
    }

    private Span<float> Pairs => new(_pairs, checked((int)((long)Heads * Tokens * Stride)));

    private Span<float> Linear => new(_linear, Heads * Stride);

    private Span<float> Squares => _hasSquares ? new(_squares, Heads * Stride) : [];

    private Span<float> RowSizes => new(_rowSizes, Heads * Stride);

    // Squares of the rows times a power of two; their sum.
    private double WriteRowSquares<TVector>(float scale)
        where TVector : struct, IVector<TVector, float>
    {
        RowSizes.Clear();
        double squares = 0;
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                float* row = Row(h, i);
                TVector sum = TVector.Zero;
                for (int block = 0; block < Stride; block += Width)
                {
                    TVector a = scale * TVector.Load(ref *row, block);
                    sum = TVector.FusedMultiplyAdd(a, a, sum);
                }

                _rowSizes[(h * Stride) + i] = TVector.Sum(sum);
                squares += TVector.Sum(sum);
            }
        }

        return squares;
    }

    // Multiplies every coefficient by a power of two where the largest is very large or small.
    private double TakeUnit(double largest)
    {
        largest = Math.Max(largest, Padding.LargestSize(Linear));
        largest = Math.Max(largest, Padding.LargestSize(Squares));
        largest = Math.Max(largest, Math.Abs(_exclusion));
        for (int c = 0; c < _sumCount; c++)
        {
            largest = Math.Max(largest, Math.Max(Math.Abs(_sums[(c * SumEntry) + 2]), Math.Abs(_sums[(c * SumEntry) + 3])));
        }

        float unit = SinglePrecision.Holds(largest * largest) ? 1 : PowerOfTwo.SingleInverse(largest);
        if (unit != 1)
        {
            Lanes.Scale(unit, Pairs, Pairs);
            Lanes.Scale(unit, Linear, Linear);
            Lanes.Scale(unit, Squares, Squares);
            _exclusion *= unit;
            for (int c = 0; c < _sumCount; c++)
            {
                _sums[(c * SumEntry) + 2] *= unit;
                _sums[(c * SumEntry) + 3] *= unit;
            }

            Scale *= unit;
        }

        return unit;
    }
}
