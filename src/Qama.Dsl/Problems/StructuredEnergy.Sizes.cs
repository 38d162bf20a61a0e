using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>How large the coefficients are: the unit they are held in, the strength of local fields, and what rounding
/// makes of them.</content>
public sealed unsafe partial class StructuredEnergy
{
    private const double RoundingOfOne = 1.0 / (1 << 23);

    private float* _roundings; // [heads, stride], when rows are measured: see RoundingOf; squared
    private double _pairSquares; // Σ a², when rows are measured
    private double _largest; // no coefficient is larger
    private bool _rowsAreMeasured;

    /// <summary>
    /// Root mean square over the bits of what a random state of the others makes of the cost of switching one on: its
    /// standard deviation. Penalties on sums and exclusion count with their squares.
    /// </summary>
    internal double FieldDeviation<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        if (TokenCount == 0)
        {
            return 0;
        }

        if (!_rowsAreMeasured)
        {
            MeasureRows<TVector>();
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
            double pair = 2 * _sums[(c * SumPenaltyTable.Entry) + 3];
            squares += share * pair * pair * (TokenCount - 1);
        }

        return 0.5 * Math.Sqrt(squares);
    }

    /// <summary>The square of about how far rounding moves the cost of a token's flip: that of a number of the size of
    /// the token's coefficients.</summary>
    internal double SquaredRounding<TVector>(int head, int token)
        where TVector : struct, IVector<TVector, float>
    {
        if (!_rowsAreMeasured)
        {
            MeasureRows<TVector>();
        }

        return _roundings[(head * Stride) + token];
    }

    /// <summary>What <see cref="SquaredRounding"/> is not above for any token; known without looking at rows.</summary>
    internal double LargestSquaredRounding =>
        RoundingOfOne * RoundingOfOne * _largest * _largest * Math.Max(1, _featureCount) * (Tokens + Heads + (8 * _sumCount) + 2);

    // Takes a power of two as the unit where the largest coefficient is very large or small.
    private void TakeUnit(double largestPair)
    {
        _largest = Math.Max(largestPair, Padding.LargestSize(Linear));
        _largest = Math.Max(_largest, Padding.LargestSize(Squares));
        _largest = Math.Max(_largest, Math.Abs(_exclusion));
        for (int c = 0; c < _sumCount; c++)
        {
            float* entry = _sums + (c * SumPenaltyTable.Entry);
            _largest = Math.Max(_largest, Math.Max(Math.Abs(entry[2]), Math.Abs(entry[3])));
        }

        if (SinglePrecision.Holds(_largest * _largest))
        {
            return;
        }

        float unit = PowerOfTwo.SingleInverse(_largest);
        if (AreFeatures)
        {
            ScaleFeatures(unit);
        }
        else
        {
            Rows.Scale(unit, Pairs, Pairs);
        }

        Rows.Scale(unit, Linear, Linear);
        var squares = new Span<float>(_squares, _hasSquares || _foldsSquares ? Heads * Stride : 0);
        Rows.Scale(unit, squares, squares);
        _exclusion *= unit;
        for (int c = 0; c < _sumCount; c++)
        {
            _sums[(c * SumPenaltyTable.Entry) + 2] *= unit;
            _sums[(c * SumPenaltyTable.Entry) + 3] *= unit;
        }

        _largest *= unit;
        Scale *= unit;
    }

    private double LargestPair =>
        AreFeatures ? _largestPair : Padding.LargestSize(_plain?.Rows is CompressedRows rows ? rows.Values : Pairs);

    private Span<float> Pairs => new(_pairs, checked((int)((long)Heads * Tokens * Stride)));

    private Span<float> Linear => new(_linear, Heads * Stride);

    private Span<float> Squares => _hasSquares ? new(_squares, Heads * Stride) : [];

    private void MeasureRows<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        _rowsAreMeasured = true;
        float scale = 1;
        double squares = WriteRowSquares<TVector>(scale);
        if (!SinglePrecision.Holds(squares))
        {
            // Too small beside the largest coefficient to be squared in single precision, or all 0.
            scale = PowerOfTwo.SingleInverse(LargestPair);
            squares = WriteRowSquares<TVector>(scale);
        }

        double factor = 1 / ((double)scale * scale);
        _pairSquares = squares * factor;
        double others = (double)_exclusion * _exclusion * (Heads - 1);
        for (int c = 0; c < _sumCount; c++)
        {
            (double linear, double pair) = (_sums[(c * SumPenaltyTable.Entry) + 2], 2 * _sums[(c * SumPenaltyTable.Entry) + 3]);
            others += (linear * linear) + (pair * pair);
        }

        for (int h = 0; h < Heads; h++)
        {
            for (int at = h * Stride; at < (h * Stride) + TokenCount; at++)
            {
                double linear = _linear[at];
                double square = _hasSquares ? _squares[at] : 0;
                _roundings[at] = (float)(RoundingOfOne * RoundingOfOne
                    * ((_roundings[at] * factor) + (linear * linear) + (square * square) + others));
            }
        }
    }

    // Squares of the rows times a power of two, and their sum.
    private double WriteRowSquares<TVector>(float scale)
        where TVector : struct, IVector<TVector, float>
    {
        if (AreFeatures)
        {
            return WriteFeatureSquares<TVector>(scale);
        }

        double all = 0;
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                float squares = _plain?.Rows is CompressedRows rows
                    ? SumSquares<TVector>(rows, i, scale)
                    : SumSquares<TVector>(Row(h, i), scale);
                _roundings[(h * Stride) + i] = squares;
                all += squares;
            }
        }

        return all;
    }

    private float SumSquares<TVector>(float* row, float scale)
        where TVector : struct, IVector<TVector, float>
    {
        TVector sum = TVector.Zero;
        for (int block = 0; block < Stride; block += Width)
        {
            TVector a = scale * TVector.Load(ref *row, block);
            sum = TVector.FusedMultiplyAdd(a, a, sum);
        }

        return TVector.Sum(sum);
    }

    // In the lanes in which the row written out would be summed, so that the sum is the same.
    private static float SumSquares<TVector>(CompressedRows rows, int row, float scale)
        where TVector : struct, IVector<TVector, float>
    {
        float* lanes = stackalloc float[Width];
        new Span<float>(lanes, Width).Clear();
        ReadOnlySpan<int> columns = rows.ColumnsOf(row);
        ReadOnlySpan<float> values = rows.ValuesOf(row);
        for (int k = 0; k < columns.Length; k++)
        {
            float a = scale * values[k];
            float* lane = lanes + (columns[k] % Width);
            *lane = MathF.FusedMultiplyAdd(a, a, *lane);
        }

        return TVector.Sum(TVector.Load(lanes));
    }
}
