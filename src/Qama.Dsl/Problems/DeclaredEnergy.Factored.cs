using System.Buffers;
using Qama.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>The energy of problems whose couplings are a product of features: Σ_{i≠j} J s s = c (Σ_d A_d B_d − Σ_i s_i² a_i·b_i)
/// with A_d = Σ_i s_i a_di and B_d alike, in time and memory that grow with the tokens, not with their pairs.</content>
public static partial class DeclaredEnergy<TEnergy>
{
    /// <summary>The energy of a selection of plain bits, in double from the features.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="state">heads·tokens values, each 0 or 1.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static double Of(in FactoredView problem, ReadOnlySpan<byte> state)
    {
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(state.Length, VariableCount, "[heads, tokens]", nameof(state));
        double energy = 0;
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            ReadOnlySpan<byte> bits = state.Slice(h * TEnergy.Tokens, problem.TokenCount);
            int length = problem.Rank * Stride;
            double pairs = Selection.FeatureSum(
                problem.Rows.Slice(h * length, length), problem.Columns.Slice(h * length, length), Stride, bits);
            energy -= TEnergy.CouplingWeight * problem.Scales[h] * pairs;
            if (TEnergy.HasField)
            {
                energy -= TEnergy.FieldWeight * Selection.FieldSum(problem.Fields.Slice(h * Stride, Stride), bits);
            }

            foreach (byte absent in state[((h * TEnergy.Tokens) + problem.TokenCount)..((h + 1) * TEnergy.Tokens)])
            {
                energy += absent;
            }
        }

        return AddPenalties(energy, state, problem.TokenCount, default);
    }

    /// <summary>The energy's slope ∂E/∂s at real weights of one bit; that of absent tokens is 1.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="state">s, [heads, tokens].</param>
    /// <param name="slope">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void Slope(in FactoredView problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(state.Length, VariableCount, "[heads, tokens]", nameof(state));
        Shape.Require(slope.Length, VariableCount, "[heads, tokens]", nameof(slope));
        int n = problem.TokenCount;
        float[] rented = ArrayPool<float>.Shared.Rent(3 * Stride);
        Span<float> self = rented.AsSpan(0, n), linear = rented.AsSpan(Stride, Stride), counts = rented.AsSpan(2 * Stride, n);
        counts.Clear();
        for (int h = 0; h < TEnergy.Heads && TEnergy.HasExclusion; h++)
        {
            Rows.AddScaled(1, state.Slice(h * TEnergy.Tokens, n), counts);
        }

        float exclusion = TEnergy.HasExclusion ? (float)TEnergy.GetExclusion(default) : 0;
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            ReadOnlySpan<float> s = state.Slice(h * TEnergy.Tokens, n);
            float factor = (float)(-TEnergy.CouplingWeight * problem.Scales[h]);
            Span<float> own = slope.Slice(h * TEnergy.Tokens, n);
            DeclaredPlan<TEnergy>.WriteLinear(problem.WithoutCouplings, h, linear);
            linear[..n].CopyTo(own);
            self.Clear();
            for (int d = 0; d < problem.Rank; d++)
            {
                ReadOnlySpan<float> a = problem.Rows.Slice(((h * problem.Rank) + d) * Stride, n);
                ReadOnlySpan<float> b = problem.Columns.Slice(((h * problem.Rank) + d) * Stride, n);
                Rows.AddScaled(factor * Rows.Dot(b, s), a, own);
                Rows.AddScaled(factor * Rows.Dot(a, s), b, own);
                Rows.MultiplyAdd(a, b, self, self);
            }

            for (int i = 0; i < n; i++)
            {
                own[i] += (exclusion * (counts[i] - s[i])) + (2 * s[i] * ((float)TEnergy.Curvature - (factor * self[i])));
            }

            slope[((h * TEnergy.Tokens) + n)..((h + 1) * TEnergy.Tokens)].Fill(1);
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}
