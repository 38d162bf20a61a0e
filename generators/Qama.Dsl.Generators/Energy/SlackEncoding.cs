using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>
/// The slack of one head's inequality in binary: Σ_b Coefficient(b)·bit_b steps of u = 1/(2^B − 1) takes every value
/// from 0 to <see cref="Range"/> and none above, so that no slack can hide a violation.
/// </summary>
/// <param name="Range">Largest slack, in steps of u: k/u for at most k, (N − k)/u for at least k; 0 for no slack.</param>
internal readonly record struct SlackEncoding(long Range)
{
    public int BitCount
    {
        get
        {
            int bits = 0;
            for (long rest = Range; rest > 0; rest >>= 1)
            {
                bits++;
            }

            return bits;
        }
    }

    /// <summary>What bit <paramref name="bit"/> stands for, in steps: powers of two, the last one cut to end at the range.</summary>
    public long Coefficient(int bit) => bit == BitCount - 1 ? Range - ((1L << bit) - 1) : 1L << bit;

    /// <summary>The slack that a constraint needs.</summary>
    /// <param name="kind">The constraint.</param>
    /// <param name="count">k; rounded to a whole number of steps, and to the range that a sum can have.</param>
    /// <param name="slack">How the inequality becomes quadratic.</param>
    /// <param name="tokens">Number of tokens N.</param>
    /// <param name="bits">Bits B of a selection weight.</param>
    public static SlackEncoding For(ConstraintKind kind, double count, SlackKind slack, int tokens, int bits)
    {
        if (kind == ConstraintKind.Exactly || slack != SlackKind.Binary || double.IsNaN(count) || tokens < 1 || bits is < 1 or > 30)
        {
            return new SlackEncoding(0);
        }

        long stepsPerUnit = (1L << bits) - 1;
        long limit = tokens * stepsPerUnit;
        long steps = (long)Math.Round(Math.Min(Math.Max(count, 0), tokens) * stepsPerUnit);
        return new SlackEncoding(kind == ConstraintKind.AtMost ? steps : limit - steps);
    }
}
