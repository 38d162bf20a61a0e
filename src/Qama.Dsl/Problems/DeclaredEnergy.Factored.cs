using System.Buffers;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>The energy of problems whose couplings are a product of features, in time and memory that grow with the tokens, not with their
/// pairs. Where all pairs interact, Σ_{i≠j} J s s = c (Σ_d A_d B_d − Σ_i s_i² a_i·b_i) with A_d = Σ_i s_i a_di and B_d alike; else
/// half of what pairs say to the selected tokens (<see cref="FactoredPairs{TEnergy}"/>).</content>
public static partial class DeclaredEnergy<TEnergy>
{
    /// <summary>The energy of a selection, in double from the features.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="state">heads·tokens·bits values, each 0 or 1.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static double Of(in FactoredView problem, ReadOnlySpan<byte> state)
    {
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(state.Length, VariableCount, "[heads, tokens, bits]", nameof(state));
        int n = problem.TokenCount;
        double[] rented = ArrayPool<double>.Shared.Rent(2 * Math.Max(n, 1));
        Span<double> s = rented.AsSpan(0, n), pairs = rented.AsSpan(n, n);
        double energy = 0;
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < n; i++)
            {
                s[i] = Weight(state, h, i);
            }

            if (TEnergy.Bits == 1 && FactoredPairs<TEnergy>.AreProducts && problem.Shifts.IsEmpty)
            {
                int length = problem.Rank * Stride;
                energy -= TEnergy.CouplingWeight * problem.Scales[h] * Selection.FeatureSum(
                    problem.Rows.Slice(h * length, length), problem.Columns.Slice(h * length, length), Stride,
                    state.Slice(h * TEnergy.Tokens, n));
            }
            else
            {
                pairs.Clear();
                FactoredPairs<TEnergy>.AddFields(problem, h, Stride, s, pairs);
                energy += 0.5 * Product(s, pairs);
            }

            for (int i = 0; i < n && TEnergy.HasField; i++)
            {
                energy -= TEnergy.FieldWeight * s[i] * problem.Fields[(h * Stride) + i];
            }

            for (int i = n; i < TEnergy.Tokens; i++)
            {
                energy += Weight(state, h, i);
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        return AddPenalties(energy, state, n, problem.PenaltyWeights, pairByPair: false);
    }

    /// <summary>The energy's slope ∂E/∂x at real x, the energy taken as the polynomial that it is written as; that of an absent token's
    /// weight is 1.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="state">x, [heads, tokens, bits].</param>
    /// <param name="slope">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void Slope(in FactoredView problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(state.Length, VariableCount, "[heads, tokens, bits]", nameof(state));
        Shape.Require(slope.Length, VariableCount, "[heads, tokens, bits]", nameof(slope));
        int n = problem.TokenCount, bits = TEnergy.Bits, perHead = TEnergy.Tokens * bits;
        double exclusion = TEnergy.HasExclusion ? TEnergy.GetExclusion(problem.PenaltyWeights) : 0;
        bool onBits = TEnergy.ExclusionOnBits && bits > 1;
        float[] floats = ArrayPool<float>.Shared.Rent(Stride + perHead);
        double[] doubles = ArrayPool<double>.Shared.Rent(2 * Math.Max(n, 1));
        Span<float> linear = floats.AsSpan(0, Stride), columns = floats.AsSpan(Stride, perHead);
        Span<double> s = doubles.AsSpan(0, n), local = doubles.AsSpan(n, n);
        columns.Clear();
        for (int h = 0; h < TEnergy.Heads && exclusion != 0; h++)
        {
            Rows.AddScaled(1, state.Slice(h * perHead, perHead), columns);
        }

        for (int h = 0; h < TEnergy.Heads; h++)
        {
            ReadOnlySpan<float> own = state.Slice(h * perHead, perHead);
            DeclaredPlan<TEnergy>.WriteLinear(problem.WithoutCouplings, h, linear);
            double sum = 0;
            for (int i = 0; i < n; i++)
            {
                s[i] = Selection.Weight(own, bits, i);
                local[i] = linear[i];
                sum += s[i];
            }

            FactoredPairs<TEnergy>.AddFields(problem, h, Stride, s, local);
            double ofSum = SumSlope(sum, problem.PenaltyWeights);
            for (int i = 0; i < TEnergy.Tokens; i++)
            {
                double ofWeight = i < n ? local[i] + (2 * TEnergy.Curvature * s[i]) + ofSum : 1;
                ofWeight += i < n && !onBits ? exclusion * (Selection.Weight(columns, bits, i) - s[i]) : 0;
                for (int b = 0; b < bits; b++)
                {
                    int bit = (i * bits) + b;
                    double ofBit = i < n && onBits ? exclusion * (columns[bit] - own[bit]) : 0;
                    slope[(h * perHead) + bit] = (float)((ofWeight * (1 << b) / ((1 << bits) - 1)) + ofBit);
                }
            }
        }

        ArrayPool<float>.Shared.Return(floats);
        ArrayPool<double>.Shared.Return(doubles);
    }

    // Of the penalties on a head's sum.
    private static double SumSlope(double sum, ReadOnlySpan<double> computed)
    {
        double slope = 0;
        for (int c = 0; c < TEnergy.SumPenaltyCount; c++)
        {
            SumPenalty penalty = TEnergy.GetSumPenalty(c, computed);
            (double direction, double linear, double square, double floor) = penalty.Parts;
            double beyond = Math.Max(direction * (sum - penalty.Target), floor);
            slope += penalty.Weight * direction * (linear + (2 * square * beyond));
        }

        return slope;
    }

    private static double Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
