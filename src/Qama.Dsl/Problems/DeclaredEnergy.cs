using System.ComponentModel;
using Qama.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Problems;

/// <summary>The energy of a declared model in double precision: of a selection, and as a quadratic form.</summary>
/// <typeparam name="TEnergy">The model's energy.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class DeclaredEnergy<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    private static int VariableCount => TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits;

    private static int Stride => Padding.Stride(TEnergy.Tokens);

    /// <summary>The energy of a selection; with inequalities the energy with the best slack.</summary>
    /// <param name="problem">The coefficients, rows padded.</param>
    /// <param name="state">heads·tokens·bits values, each 0 or 1.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static double Of(in ProblemView problem, ReadOnlySpan<byte> state)
    {
        Check(problem);
        Shape.Require(state.Length, VariableCount, "[heads, tokens, bits]", nameof(state));
        double energy = 0;
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            energy = TEnergy.Bits == 1
                ? SubtractBits(energy, problem, state.Slice(h * TEnergy.Tokens, problem.TokenCount), h)
                : SubtractWeights(energy, problem, state, h);
            for (int i = problem.TokenCount; i < TEnergy.Tokens; i++)
            {
                energy += Weight(state, h, i);
            }
        }

        return AddPenalties(energy, state, problem.TokenCount, problem.PenaltyWeights, pairByPair: true);
    }

    // Those of pairs one after the other, unless they have been added by their closed form.
    private static double AddPenalties(
        double energy, ReadOnlySpan<byte> state, int tokenCount, ReadOnlySpan<double> computed, bool pairByPair)
    {
        // Exclusion that is a hard constraint comes later.
        if (TEnergy.Curvature != 0)
        {
            energy = AddCurvature(energy, state, tokenCount);
        }

        if (TEnergy.HasExclusion && !TEnergy.IsExclusionHard)
        {
            energy = AddExclusion(energy, state, tokenCount, TEnergy.GetExclusion(computed));
        }

        for (int p = 0; p < TEnergy.PositionPenaltyCount; p++)
        {
            energy = !TEnergy.IsOfPairs(p) ? AddTokens(energy, state, tokenCount, p)
                : pairByPair ? AddPairs(energy, state, tokenCount, p) : energy;
        }

        if (TEnergy.HasExclusion && TEnergy.IsExclusionHard)
        {
            energy = AddExclusion(energy, state, tokenCount, TEnergy.GetExclusion(computed));
        }

        for (int c = 0; c < TEnergy.SumPenaltyCount; c++)
        {
            for (int h = 0; h < TEnergy.Heads; h++)
            {
                double sum = 0;
                for (int i = 0; i < tokenCount; i++)
                {
                    sum += Weight(state, h, i);
                }

                energy += TEnergy.GetSumPenalty(c, computed).Energy(sum);
            }
        }

        return energy;
    }

    // s = Σ_b 2^b x_b / (2^B − 1).
    private static double Weight(ReadOnlySpan<byte> state, int head, int token)
    {
        int weight = (head * TEnergy.Tokens) + token;
        if (TEnergy.Bits == 1)
        {
            return state[weight];
        }

        int level = 0;
        for (int b = 0; b < TEnergy.Bits; b++)
        {
            level |= state[(weight * TEnergy.Bits) + b] << b;
        }

        return level * (1.0 / ((1 << TEnergy.Bits) - 1));
    }

    private static double SubtractBits(double energy, in ProblemView problem, ReadOnlySpan<byte> bits, int head)
    {
        ReadOnlySpan<float> couplings =
            TEnergy.HasCoupling ? problem.Couplings.Slice(head * TEnergy.Tokens * Stride, TEnergy.Tokens * Stride) : default;
        if (TEnergy.HasCoupling)
        {
            energy -= 2 * TEnergy.CouplingWeight * Selection.PairSum(couplings, Stride, bits);
        }

        if (TEnergy.HasField)
        {
            energy -= TEnergy.FieldWeight * Selection.FieldSum(problem.Fields.Slice(head * Stride, Stride), bits);
        }

        for (int i = 0; TEnergy.HasCoupling && TEnergy.KeepsDiagonal && i < bits.Length; i++)
        {
            energy -= bits[i] * (TEnergy.CouplingWeight * couplings[(i * Stride) + i]);
        }

        return energy;
    }

    private static double SubtractWeights(double energy, in ProblemView problem, ReadOnlySpan<byte> state, int head)
    {
        for (int i = 0; i < problem.TokenCount; i++)
        {
            double s = Weight(state, head, i);
            if (s == 0)
            {
                continue;
            }

            double pairs = 0;
            ReadOnlySpan<float> row = TEnergy.HasCoupling
                ? problem.Couplings.Slice(((head * TEnergy.Tokens) + i) * Stride, TEnergy.Tokens) : default;
            for (int j = i + 1; TEnergy.HasCoupling && j < problem.TokenCount; j++)
            {
                pairs += row[j] * Weight(state, head, j);
            }

            double reward = 2 * TEnergy.CouplingWeight * pairs;
            if (TEnergy.HasCoupling && TEnergy.KeepsDiagonal)
            {
                reward += TEnergy.CouplingWeight * row[i] * s;
            }

            if (TEnergy.HasField)
            {
                reward += TEnergy.FieldWeight * problem.Fields[(head * Stride) + i];
            }

            energy -= s * reward;
        }

        return energy;
    }

    private static double AddCurvature(double energy, ReadOnlySpan<byte> state, int tokenCount)
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                double s = Weight(state, h, i);
                energy += TEnergy.Curvature * s * s;
            }
        }

        return energy;
    }

    private static double AddExclusion(double energy, ReadOnlySpan<byte> state, int tokenCount, double weight)
    {
        tokenCount = Math.Min(tokenCount, TEnergy.ExclusionTokens);
        if (TEnergy.Bits == 1)
        {
            return energy + (weight * Selection.Overlaps(state, TEnergy.Heads, TEnergy.Tokens, tokenCount));
        }

        if (TEnergy.ExclusionOnBits)
        {
            for (int bit = 0; bit < tokenCount * TEnergy.Bits; bit++)
            {
                int count = 0;
                for (int h = 0; h < TEnergy.Heads; h++)
                {
                    count += state[(h * TEnergy.Tokens * TEnergy.Bits) + bit];
                }

                energy += weight * (0.5 * count * (count - 1));
            }

            return energy;
        }

        for (int i = 0; i < tokenCount; i++)
        {
            // Σ_{a<b} s s' = ((Σ s)² − Σ s²) / 2.
            double sum = 0, squares = 0;
            for (int h = 0; h < TEnergy.Heads; h++)
            {
                double s = Weight(state, h, i);
                sum += s;
                squares += s * s;
            }

            energy += weight * 0.5 * ((sum * sum) - squares);
        }

        return energy;
    }

    private static double AddPairs(double energy, ReadOnlySpan<byte> state, int tokenCount, int penalty)
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                double s = Weight(state, h, i);
                for (int j = i + 1; j < tokenCount && s != 0; j++)
                {
                    double other = Weight(state, h, j);
                    energy += other == 0 ? 0 : s * other * TEnergy.PairPenalty(penalty, h, i, j);
                }
            }
        }

        return energy;
    }

    private static double AddTokens(double energy, ReadOnlySpan<byte> state, int tokenCount, int penalty)
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                energy += TEnergy.TokenPenalty(penalty, h, i) * Weight(state, h, i);
            }
        }

        return energy;
    }

    private static void Check(in ProblemView problem)
    {
        if (TEnergy.HasCoupling && problem.Couplings.Length < TEnergy.Heads * TEnergy.Tokens * Stride)
        {
            throw new ArgumentException(
                $"Expected {TEnergy.Heads * TEnergy.Tokens * Stride} padded couplings, got {problem.Couplings.Length}.", nameof(problem));
        }

        if ((uint)problem.TokenCount > (uint)TEnergy.Tokens)
        {
            throw new ArgumentException(
                $"Expected a token count in 0..{TEnergy.Tokens}, got {problem.TokenCount}.", nameof(problem));
        }
    }
}
