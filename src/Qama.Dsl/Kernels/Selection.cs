namespace Qama.Kernels;

/// <summary>Between bits and selection weights, s = Σ_b c_b x_b with c_b = 2^b / (2^B − 1), for real x.</summary>
public static class Selection
{
    /// <summary>The weights of a row of tokens.</summary>
    /// <param name="bits">x, [tokens, B].</param>
    /// <param name="bitCount">B.</param>
    /// <param name="weights">Receives s, [tokens].</param>
    public static void Weights(ReadOnlySpan<float> bits, int bitCount, Span<float> weights)
    {
        if (bitCount == 1)
        {
            bits.CopyTo(weights);
            return;
        }

        float unit = 1f / ((1 << bitCount) - 1);
        for (int i = 0; i < weights.Length; i++)
        {
            float sum = 0;
            for (int b = 0; b < bitCount; b++)
            {
                sum += (1 << b) * bits[i * bitCount + b];
            }

            weights[i] = unit * sum;
        }
    }

    /// <summary>The weight of one token of a row.</summary>
    /// <param name="bits">x, [tokens, B].</param>
    /// <param name="bitCount">B.</param>
    /// <param name="token">The token.</param>
    public static float Weight(ReadOnlySpan<float> bits, int bitCount, int token)
    {
        float weight = 0;
        Weights(bits.Slice(token * bitCount, bitCount), bitCount, new Span<float>(ref weight));
        return weight;
    }

    /// <summary>From ∂E/∂s to ∂E/∂x.</summary>
    /// <param name="slope">∂E/∂s, [tokens].</param>
    /// <param name="bitCount">B.</param>
    /// <param name="bits">Receives ∂E/∂x, [tokens, B].</param>
    public static void Bits(ReadOnlySpan<float> slope, int bitCount, Span<float> bits)
    {
        float unit = 1f / ((1 << bitCount) - 1);
        for (int i = 0; i < slope.Length; i++)
        {
            for (int b = 0; b < bitCount; b++)
            {
                bits[i * bitCount + b] = unit * (1 << b) * slope[i];
            }
        }
    }
}
