using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>The pair coefficients a_h(i,j) of a model, [heads, tokens, stride].</summary>
internal static unsafe class PairCoefficients<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static int Stride => Padding.Stride(TPlan.Tokens);

    /// <summary>Whether they differ from PairScale·J, so that they need memory of their own.</summary>
    public static bool AreOwn => TPlan.HasPairPenalties || TPlan.KeepsDiagonal;

    /// <summary>Number of floats.</summary>
    public static int Length => TPlan.Heads * TPlan.Tokens * Stride;

    /// <summary>What stored coefficients are still to be multiplied by.</summary>
    public static float Factor => AreOwn ? 1 : TPlan.PairScale;

    /// <summary>Writes PairScale·J plus the pair penalties, with zero diagonal: once per read, rather than once per flip.
    /// </summary>
    public static void Write(in ProblemView problem, Span<float> pairs)
    {
        ReadOnlySpan<float> couplings = problem.Couplings[..Length];
        for (int i = 0; i < couplings.Length; i++)
        {
            pairs[i] = TPlan.PairScale * couplings[i];
        }

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
        for (int i = 0; TPlan.KeepsDiagonal && i < problem.TokenCount; i++)
        {
            squares[i] += 0.5f * TPlan.PairScale * problem.Couplings[(head * TPlan.Tokens + i) * Stride + i];
        }
    }

    /// <summary>Σ over heads and ordered pairs of present tokens of the squared entries.</summary>
    public static double SumOfSquares(float* pairs, int tokenCount)
    {
        double sum = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* head = pairs + h * TPlan.Tokens * Stride;
            for (int block = 0; block < tokenCount; block += 16)
            {
                sum += Lanes.Sum(ColumnSquares(head + block, tokenCount) * Lanes.First<float>(tokenCount - block));
            }
        }

        return sum;
    }

    // Σ_i a² in 16 columns of a head. Four sums side by side, because one would wait for itself.
    private static Vector512<float> ColumnSquares(float* column, int rows)
    {
        Vector512<float> a = Vector512<float>.Zero;
        Vector512<float> b = a;
        Vector512<float> c = a;
        Vector512<float> d = a;
        int i = 0;
        for (; i + 4 <= rows; i += 4, column += 4 * Stride)
        {
            a = AddSquare(a, column);
            b = AddSquare(b, column + Stride);
            c = AddSquare(c, column + 2 * Stride);
            d = AddSquare(d, column + 3 * Stride);
        }

        for (; i < rows; i++, column += Stride)
        {
            a = AddSquare(a, column);
        }

        return a + b + (c + d);
    }

    private static Vector512<float> AddSquare(Vector512<float> sum, float* at)
    {
        Vector512<float> value = Vector512.Load(at);
        return Vector512.FusedMultiplyAdd(value, value, sum);
    }
}
