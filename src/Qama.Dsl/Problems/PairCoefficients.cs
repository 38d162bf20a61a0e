using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>The pair coefficients a_h(i,j) of a model, [heads, tokens, stride].</summary>
internal static unsafe class PairCoefficients<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static int Stride => Padding.Stride(TPlan.Tokens);

    /// <summary>Whether they differ from PairScale·J, so that they need memory of their own.</summary>
    public static bool AreOwn => TPlan.HasPairPenalties || TPlan.KeepsDiagonal;

    /// <summary>Whether pairs have coefficients at all.</summary>
    public static bool AreAny => AreOwn || TPlan.HasCoupling;

    /// <summary>Distance between the rows of two tokens: 0 where none has anything, so that one row of zeros serves all.</summary>
    public static int RowPitch => AreAny ? Stride : 0;

    /// <summary>Number of floats.</summary>
    public static int Length => TPlan.Heads * TPlan.Tokens * Stride;

    /// <summary>What stored coefficients are still to be multiplied by.</summary>
    public static float Factor => AreOwn ? 1 : TPlan.PairScale;

    /// <summary>Writes PairScale·J plus the pair penalties, with zero diagonal: once per read, rather than once per flip.
    /// </summary>
    public static void Write(in ProblemView problem, Span<float> pairs)
    {
        ReadOnlySpan<float> couplings = TPlan.HasCoupling ? problem.Couplings[..Length] : default;
        for (int i = 0; i < couplings.Length; i++)
        {
            pairs[i] = TPlan.PairScale * couplings[i];
        }

        pairs[couplings.Length..Length].Clear();

        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < problem.TokenCount; i++)
            {
                Span<float> row = pairs.Slice((h * TPlan.Tokens + i) * Stride, Stride);
                row[i] = 0;
                TPlan.AddPairPenalties(h, i, row);
            }
        }
    }

    /// <summary>What s² of a head's tokens costs: Curvature, and the diagonal of J where it counts.</summary>
    public static void WriteSquares(in ProblemView problem, int head, Span<float> squares)
    {
        squares.Fill(TPlan.Curvature);
        for (int i = 0; TPlan.HasCoupling && TPlan.KeepsDiagonal && i < problem.TokenCount; i++)
        {
            squares[i] += 0.5f * TPlan.PairScale * problem.Couplings[(head * TPlan.Tokens + i) * Stride + i];
        }
    }

    /// <summary>Σ_j a_ij², mean over heads and tokens i; estimated from every fifth i where tokens are many.</summary>
    public static double SquaresPerToken<TVector>(float* pairs, int tokenCount)
        where TVector : struct, IVector<TVector, float>
    {
        if (!AreAny)
        {
            return 0;
        }

        double squares = SquaresPerToken<TVector>(pairs, tokenCount, 1);
        if (SinglePrecision.Holds(squares))
        {
            return squares;
        }

        // Too large or too small to be squared in single precision, or all 0.
        float scale = PowerOfTwo.SingleInverse(Padding.LargestSize(new ReadOnlySpan<float>(pairs, Length)));
        return SquaresPerToken<TVector>(pairs, tokenCount, scale) / ((double)scale * scale);
    }

    private static double SquaresPerToken<TVector>(float* pairs, int tokenCount, float scale)
        where TVector : struct, IVector<TVector, float>
    {
        int step = tokenCount < 32 ? 1 : 5; // no divisor of usual row lengths of images
        double sum = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* head = pairs + h * TPlan.Tokens * Stride;
            for (int block = 0; block < tokenCount; block += 16)
            {
                TVector squares = TVector.Zero;
                for (int i = 0; i < tokenCount; i += step)
                {
                    TVector value = scale * TVector.Load(head + i * Stride + block);
                    squares = TVector.FusedMultiplyAdd(value, value, squares);
                }

                int present = Math.Min(16, tokenCount - block);
                sum += TVector.Sum(TVector.Keep((1u << present) - 1, squares));
            }
        }

        int rows = (tokenCount + step - 1) / step;
        return rows == 0 ? 0 : sum / (TPlan.Heads * rows);
    }
}
