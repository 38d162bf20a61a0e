using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Problems;

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

    /// <summary>Σ_{i&lt;j} a_ij x_i x_j of one head's bits, in double and in an order that does not depend on the processor.
    /// </summary>
    /// <param name="pairs">a, [tokens, stride]; what is below the diagonal is not read.</param>
    /// <param name="stride">Length of a row, a multiple of 16.</param>
    /// <param name="bits">x, 0 or 1 each; no more than tokens.</param>
    public static double PairSum(ReadOnlySpan<float> pairs, int stride, ReadOnlySpan<byte> bits)
    {
        Span<int> selected = stackalloc int[bits.Length + 1];
        int count = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            selected[count] = i; // overwritten by the next one if this bit is 0: no branch to guess
            count += bits[i];
        }

        // From the last token on: a row meets those behind it.
        Span<float> behind = stackalloc float[stride];
        behind.Clear();
        Vector256<double> lower = Vector256<double>.Zero; // four sums, because one would wait for itself
        (Vector256<double> upper, Vector256<double> nextLower, Vector256<double> nextUpper) = (lower, lower, lower);
        for (int k = count - 1; k >= 0; k--)
        {
            int i = selected[k];
            int start = i & ~7;
            ReadOnlySpan<Vector256<float>> row = MemoryMarshal.Cast<float, Vector256<float>>(pairs[(i * stride + start)..((i + 1) * stride)]);
            ReadOnlySpan<Vector256<float>> x = MemoryMarshal.Cast<float, Vector256<float>>(behind[start..]);
            for (int b = row.Length - 2; b >= 0; b -= 2)
            {
                Vector256<float> a = row[b] * x[b];
                Vector256<float> next = row[b + 1] * x[b + 1];
                lower += Vector256.WidenLower(a);
                upper += Vector256.WidenUpper(a);
                nextLower += Vector256.WidenLower(next);
                nextUpper += Vector256.WidenUpper(next);
            }

            if ((row.Length & 1) != 0)
            {
                Vector256<float> a = row[0] * x[0];
                lower += Vector256.WidenLower(a);
                upper += Vector256.WidenUpper(a);
            }

            behind[i] = 1;
        }

        return Vector256.Sum(lower + upper + (nextLower + nextUpper));
    }

    /// <summary>Σ_i f_i x_i of one head's bits, in double and in an order that does not depend on the processor.</summary>
    /// <param name="fields">f, [tokens]; at least as many as bits.</param>
    /// <param name="bits">x, [tokens], 0 or 1 each.</param>
    /// <returns>The sum in units of the fields: the field part of the energy of arXiv 2504.11083, less its weight.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer fields than bits.</exception>
    public static double FieldSum(ReadOnlySpan<float> fields, ReadOnlySpan<byte> bits)
    {
        fields = fields[..bits.Length];
        (double a, double b, double c, double d) = (0, 0, 0, 0);
        int i = 0;
        for (; i + 4 <= bits.Length; i += 4)
        {
            a += bits[i] * (double)fields[i];
            b += bits[i + 1] * (double)fields[i + 1];
            c += bits[i + 2] * (double)fields[i + 2];
            d += bits[i + 3] * (double)fields[i + 3];
        }

        for (; i < bits.Length; i++)
        {
            a += bits[i] * (double)fields[i];
        }

        return a + b + (c + d);
    }

    /// <summary>Σ_{i≠j} a_i·b_j x_i x_j of one head's bits, without its terms being formed.</summary>
    /// <param name="a">a, [features, stride].</param>
    /// <param name="b">b, [features, stride].</param>
    /// <param name="stride">Length of a row.</param>
    /// <param name="bits">x, 0 or 1 each; no more than a row is long.</param>
    internal static double FeatureSum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int stride, ReadOnlySpan<byte> bits)
    {
        double sum = 0;
        for (int row = 0; row < a.Length; row += stride)
        {
            ReadOnlySpan<float> first = a.Slice(row, stride), second = b.Slice(row, stride);
            sum += (FieldSum(first, bits) * FieldSum(second, bits)) - ProductSum(first, second, bits);
        }

        return sum;
    }

    /// <summary>Σ_i a_i b_i x_i of one head's bits, in double and in an order that does not depend on the processor.</summary>
    /// <param name="a">a, [tokens]; at least as many as bits.</param>
    /// <param name="b">b, [tokens]; at least as many as bits.</param>
    /// <param name="bits">x, [tokens], 0 or 1 each.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer numbers than bits.</exception>
    internal static double ProductSum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<byte> bits)
    {
        a = a[..bits.Length];
        b = b[..bits.Length];
        (double first, double second) = (0, 0);
        int i = 0;
        for (; i + 2 <= bits.Length; i += 2)
        {
            first += bits[i] * ((double)a[i] * b[i]);
            second += bits[i + 1] * ((double)a[i + 1] * b[i + 1]);
        }

        if (i < bits.Length)
        {
            first += bits[i] * ((double)a[i] * b[i]);
        }

        return first + second;
    }

    /// <summary>Pairs of heads that select the same token: Σ_i C_i (C_i − 1)/2 with C_i the number of heads that select i.</summary>
    /// <param name="bits">x, [heads, tokens], 0 or 1 each.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="tokenCount">Tokens present; others do not count.</param>
    /// <returns>A number of pairs: what the head exclusion of arXiv 2504.11083 multiplies by its weight.</returns>
    /// <exception cref="IndexOutOfRangeException">There are fewer bits than heads times tokens.</exception>
    public static double Overlaps(ReadOnlySpan<byte> bits, int heads, int tokens, int tokenCount)
    {
        long pairs = 0;
        for (int i = 0; i < tokenCount; i++)
        {
            long count = 0;
            for (int k = i; k < heads * tokens; k += tokens)
            {
                count += bits[k];
            }

            pairs += count * (count - 1) / 2;
        }

        return pairs;
    }
}
