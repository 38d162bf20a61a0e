using System.Numerics;
using Qama.Contract;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// The lowest energy of plain bits that nothing couples but penalties on each head's sum: found, not searched for. With costs
/// c_1 ≤ c_2 ≤ …, a head selects the k cheapest tokens, and because the penalties g are convex in the sum, the best k is the first where
/// c_{k+1} + g(k + 1) − g(k) is not negative.
/// </summary>
/// <remarks>The k cheapest are those below a threshold, which is found by bisection over the numbers of single precision in their order: at
/// most 32 counts of a row.</remarks>
internal static unsafe class SeparableSolver<TPlan, TVector>
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    /// <summary>Whether a model's problems are of this kind.</summary>
    public static bool Solves => !PairCoefficients<TPlan>.AreAny && TPlan.Bits == 1
        && (TPlan.Heads == 1 || (TPlan.Exclusion == 0 && !TPlan.ComputesExclusion));

    private static int Stride => Padding.Stride(TPlan.Tokens);

    /// <summary>Writes the state of lowest energy; of tokens of one cost the first.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="state">Receives heads·tokens values, each 0 or 1.</param>
    /// <param name="scratch">At least a row and 16 floats.</param>
    public static void Run(in ProblemView problem, Span<byte> state, Span<float> scratch)
    {
        state.Clear();
        fixed (float* unaligned = scratch)
        {
            float* costs = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            for (int h = 0; h < TPlan.Heads; h++)
            {
                var row = new Span<float>(costs, Stride);
                TPlan.WriteLinear(problem, h, row);
                for (int i = 0; TPlan.Curvature != 0 && i < problem.TokenCount; i++)
                {
                    row[i] += TPlan.Curvature; // x² = x
                }

                row[problem.TokenCount..].Fill(float.PositiveInfinity);
                Select(problem, costs, state.Slice(h * TPlan.Tokens, TPlan.Tokens));
            }
        }
    }

    private static void Select(in ProblemView problem, float* costs, Span<byte> state)
    {
        float threshold = TPlan.SumPenaltyCount == 0 ? 0 : Threshold(problem, costs);
        int selected = 0;
        for (int block = 0; block < Stride; block += RowLayout.Width)
        {
            uint below = TVector.Below(TVector.Load(costs + block), TVector.All(threshold));
            selected += BitOperations.PopCount(below);
            for (; below != 0; below &= below - 1)
            {
                state[block + BitOperations.TrailingZeroCount(below)] = 1;
            }
        }

        // Of those at the threshold as many as still pay.
        for (int i = 0; TPlan.SumPenaltyCount > 0 && i < problem.TokenCount; i++)
        {
            if (costs[i] == threshold && threshold < Worth(problem, selected))
            {
                state[i] = 1;
                selected++;
            }
        }
    }

    /// <summary>A t such that tokens cheaper than t pay and the others, but perhaps for those of cost t, do not: tokens cheaper than t are k,
    /// t ≤ g(k − 1) − g(k), and t is the largest of that kind or at least g(k) − g(k + 1).</summary>
    private static float Threshold(in ProblemView problem, float* costs)
    {
        (float least, float most) = Range(costs, problem.TokenCount);
        (long low, long high) = (FloatOrder.Of(least), Math.Min(FloatOrder.Of(float.MaxValue), FloatOrder.Of(most) + 1L));
        while (low < high)
        {
            long middle = low + ((high - low + 1) >> 1);
            float threshold = FloatOrder.At((int)middle);
            int count = Count(costs, threshold);
            if (count > 0 && threshold > Worth(problem, count - 1))
            {
                high = middle - 1;
            }
            else if (threshold >= Worth(problem, count))
            {
                return threshold;
            }
            else
            {
                low = middle;
            }
        }

        return FloatOrder.At((int)low);
    }

    private static (float Least, float Most) Range(float* costs, int count)
    {
        (float least, float most) = (float.MaxValue, float.MinValue);
        for (int i = 0; i < count; i++)
        {
            least = MathF.Min(least, costs[i]);
            most = MathF.Max(most, costs[i]);
        }

        return (Math.Min(least, most), most);
    }

    /// <summary>What one more of so many tokens gains in penalties: it may cost less than that.</summary>
    private static double Worth(in ProblemView problem, int count)
    {
        double worth = 0;
        for (int c = 0; c < TPlan.SumPenaltyCount; c++)
        {
            worth += TPlan.GetSumPenalty(c, problem).Energy(count) - TPlan.GetSumPenalty(c, problem).Energy(count + 1);
        }

        return worth;
    }

    private static int Count(float* costs, float threshold)
    {
        int count = 0;
        TVector bound = TVector.All(threshold);
        for (int block = 0; block < Stride; block += RowLayout.Width)
        {
            count += BitOperations.PopCount(TVector.Below(TVector.Load(costs + block), bound));
        }

        return count;
    }
}
