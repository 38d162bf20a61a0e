using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>The pair coefficients a_h(i,j) of a model, [heads, tokens, stride].</summary>
internal static unsafe class PairCoefficients<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static int Stride => Padding.Stride(TPlan.Tokens);

    /// <summary>Number of floats.</summary>
    public static int Length => TPlan.Heads * TPlan.Tokens * Stride;

    /// <summary>Writes PairScale·J plus the pair penalties: once per read, rather than once per flip.</summary>
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
                TPlan.AddPairPenalties(h, i, pairs.Slice((h * TPlan.Tokens + i) * Stride, Stride));
            }
        }
    }

    /// <summary>Σ over heads and ordered pairs of present tokens of the squared entries.</summary>
    public static double SumOfSquares(float* pairs, int tokenCount)
    {
        double sum = 0;
        int whole = tokenCount & ~15;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            // Several rows are summed in float before the reduction to double: the scale needs no more.
            Vector512<float> head = Vector512<float>.Zero;
            Vector512<float> present = Lanes.First<float>(tokenCount - whole);
            for (int i = 0; i < tokenCount; i++)
            {
                float* row = pairs + (h * TPlan.Tokens + i) * Stride;
                for (int j = 0; j < whole; j += 16)
                {
                    Vector512<float> a = Vector512.Load(row + j);
                    head = Vector512.FusedMultiplyAdd(a, a, head);
                }

                if (whole < tokenCount)
                {
                    Vector512<float> a = Vector512.Load(row + whole) * present;
                    head = Vector512.FusedMultiplyAdd(a, a, head);
                }
            }

            sum += Lanes.Sum(head);
        }

        return sum;
    }
}
