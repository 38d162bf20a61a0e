using Qama.Ising;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>The energy's slope, for callers that are no searches.</content>
public sealed unsafe partial class StructuredEnergy
{
    /// <summary>
    /// The energy's slope ∂E/∂x at real x, the energy taken as the polynomial that it is written as: s² of one-bit weights is no s.
    /// </summary>
    /// <param name="state">x in the order head, token, bit; what it lacks (slack) counts as 0.</param>
    /// <param name="slope">Receives as many numbers; of an absent token that of its weight.</param>
    internal void Slope(ReadOnlySpan<float> state, Span<float> slope)
    {
        int rowBits = Tokens * Bits;
        var columns = new float[rowBits]; // of bits: a weight's column follows from them
        var bits = new float[rowBits];
        var weights = new float[Tokens];
        for (int h = 0; h < Heads && _exclusion != 0; h++)
        {
            Rows.AddScaled(1, state.Slice(h * rowBits, rowBits), columns);
        }

        for (int h = 0; h < Heads; h++)
        {
            ReadOnlySpan<float> own = state[Math.Min(h * rowBits, state.Length)..];
            own = own[..Math.Min(rowBits, own.Length)];
            bits.AsSpan().Clear();
            own.CopyTo(bits);
            Selection.Weights(bits, Bits, weights);
            if (AreFeatures)
            {
                weights.CopyTo(new Span<float>(_weights, Stride));
                MultiplyFeatures(h, _weights);
            }

            float sums = SumSlope(weights.AsSpan(0, TokenCount));
            for (int i = 0; i < Tokens; i++)
            {
                float ofWeight = i < TokenCount ? PresentSlope(h, i, weights, columns) + sums : (float)Scale;
                WriteBits(h, i, ofWeight, bits, columns, slope);
            }
        }
    }

    // ∂E/∂s without the penalties on the head's sum and what counts bits.
    private float PresentSlope(int head, int token, ReadOnlySpan<float> weights, ReadOnlySpan<float> columns)
    {
        int at = (head * Stride) + token;
        float slope = AreFeatures
            ? _local[token]
            : _linear[at] + ProductWithRow(head, token, weights[..TokenCount]);
        if (_hasSquares || _foldsSquares)
        {
            slope += _squares[at] * ((2 * weights[token]) - (_foldsSquares ? 1 : 0));
        }

        if (_exclusion != 0 && !_exclusionOnBits && token < _exclusionTokens)
        {
            slope += _exclusion * (Selection.Weight(columns, Bits, token) - weights[token]);
        }

        return slope;
    }

    private float ProductWithRow(int head, int token, ReadOnlySpan<float> weights)
    {
        if (_plain?.Rows is CompressedRows rows)
        {
            fixed (float* x = weights)
            {
                return rows.Product(token, 0, x);
            }
        }

        return Rows.Dot(new ReadOnlySpan<float>(Row(head, token), TokenCount), weights);
    }

    private float SumSlope(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        double slope = 0;
        for (int c = 0; c < _sumCount; c++)
        {
            float* entry = _sums + (c * SumPenaltyTable.Entry);
            double beyond = Math.Max(entry[0] * (sum - entry[1]), entry[4]);
            slope += entry[0] * (entry[2] + (2 * entry[3] * beyond));
        }

        return (float)slope;
    }

    private void WriteBits(
        int head, int token, float ofWeight, ReadOnlySpan<float> bits, ReadOnlySpan<float> columns, Span<float> slope)
    {
        float unit = 1f / ((1 << Bits) - 1);
        float scale = (float)(1 / Scale);
        for (int b = 0; b < Bits; b++)
        {
            int bit = (token * Bits) + b;
            int variable = (head * Tokens * Bits) + bit;
            float ofBits = _exclusionOnBits && token < Math.Min(TokenCount, _exclusionTokens) ? _exclusion * (columns[bit] - bits[bit]) : 0;
            if (variable < slope.Length)
            {
                slope[variable] = scale * ((unit * (1 << b) * ofWeight) + ofBits);
            }
        }
    }
}
