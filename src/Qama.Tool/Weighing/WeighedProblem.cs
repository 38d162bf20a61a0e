using Qama.Ising;
using Qama.Layers;
using Qama.Problems;

namespace Qama.Tool.Weighing;

/// <summary>A problem with weights of its own.</summary>
internal interface IWeighedProblem
{
    /// <summary>The problem, as samplers take it: a batch of one.</summary>
    AttentionProblemBatch Batch { get; }

    /// <summary>The final weight of each part.</summary>
    IReadOnlyList<double> Weights { get; }

    /// <summary>The energy of each part, in double from the coefficients.</summary>
    /// <param name="state">Selection bits, ordered head, token, bit.</param>
    double[] Measure(ReadOnlySpan<byte> state);

    /// <summary>The energy without penalties on sums, as a QUBO over selection bits; slack bits behind them have no coefficients.</summary>
    QuboMatrix ToQuadraticPart();

    /// <summary>Whether there are penalties on a head's sum.</summary>
    bool HasSumPenalties { get; }

    /// <summary>The energy that penalties on sums have at a head's sum.</summary>
    /// <param name="sum">The sum.</param>
    double SumEnergy(double sum);
}

/// <summary>A problem of one declared model.</summary>
/// <typeparam name="TModel">The declared class, or that of its problems.</typeparam>
/// <typeparam name="TEnergy">Its energy.</typeparam>
internal sealed partial class WeighedProblem<TModel, TEnergy> : IWeighedProblem
    where TModel : IDeclaredAttention<TModel, TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    private static readonly double[] _ones = [.. Enumerable.Repeat(1.0, Math.Max(1, TEnergy.ComputedWeightCount))];

    private readonly Coefficients _coefficients;
    private readonly IReadOnlyList<EnergyPart> _parts;
    private readonly IReadOnlyList<double> _scales;
    private readonly (float[] Couplings, float[] Fields, double Exclusion) _quadratic;

    /// <summary>Makes the problem.</summary>
    /// <param name="coefficients">Couplings and fields.</param>
    /// <param name="parts">The parts of the energy.</param>
    /// <param name="scales">Of each part: the multiple of the declared weight.</param>
    /// <param name="weights">Of each part: the final weight.</param>
    public WeighedProblem(
        Coefficients coefficients, IReadOnlyList<EnergyPart> parts, IReadOnlyList<double> scales,
        IReadOnlyList<double> weights)
    {
        (_coefficients, _parts, _scales, Weights) = (coefficients, parts, scales, weights);
        var penalties = new double[TEnergy.SumPenaltyCount + 1];
        for (int k = 0; k < parts.Count; k++)
        {
            if (parts[k].Kind is PartKind.Sum or PartKind.Exclusion)
            {
                penalties[parts[k].Kind == PartKind.Sum ? parts[k].Index : ^1] = weights[k];
            }
        }

        (float[] couplings, float[] fields) = Absorb();
        _quadratic = (couplings, fields, penalties[^1]);
        Batch = Make(penalties);
        Batch.TokenCounts[0] = coefficients.TokenCount;
    }

    /// <inheritdoc/>
    public AttentionProblemBatch Batch { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Weights { get; }

    /// <inheritdoc/>
    public double[] Measure(ReadOnlySpan<byte> state)
    {
        double[] weights = SelectionWeights(state, TEnergy.Bits);
        var energies = new double[_parts.Count];
        for (int k = 0; k < energies.Length; k++)
        {
            energies[k] = Energy(_parts[k], k, weights, state);
        }

        return energies;
    }

    /// <inheritdoc/>
    public bool HasSumPenalties => TEnergy.SumPenaltyCount > 0;

    /// <inheritdoc/>
    public double SumEnergy(double sum) =>
        _parts.Select((p, k) => p.Kind != PartKind.Sum ? 0
            : (TEnergy.GetSumPenalty(p.Index, _ones) with { Weight = Weights[k] }).Energy(sum)).Sum();

    /// <inheritdoc/>
    public QuboMatrix ToQuadraticPart()
    {
        var penalties = new double[TEnergy.SumPenaltyCount + 1];
        penalties[^1] = _quadratic.Exclusion;
        AttentionProblemBatch batch = Make(penalties);
        batch.TokenCounts[0] = _coefficients.TokenCount;
        return batch.ToQubo(0);
    }

    private AttentionProblemBatch<WeighedAttention<TModel, TEnergy>> Make(double[] penalties) =>
        WeighedEnergy<TEnergy>.With(penalties, () =>
            AttentionProblemBatch<WeighedAttention<TModel, TEnergy>>.FromDense([(_quadratic.Couplings, _quadratic.Fields)]));

    private static double[] SelectionWeights(ReadOnlySpan<byte> state, int bits)
    {
        var weights = new double[state.Length / bits];
        for (int v = 0; v < state.Length; v++)
        {
            weights[v / bits] += (double)state[v] * (1 << (v % bits)) / ((1 << bits) - 1);
        }

        return weights;
    }

    private double Energy(EnergyPart part, int k, double[] s, ReadOnlySpan<byte> state)
    {
        (int heads, int n, int count) = (TEnergy.Heads, TEnergy.Tokens, _coefficients.TokenCount);
        double energy = 0;
        if (part.Kind == PartKind.Exclusion)
        {
            int size = TEnergy.ExclusionOnBits ? TEnergy.Bits : 1;
            for (int i = 0; i < Math.Min(count, TEnergy.ExclusionTokens) * size; i++)
            {
                (double sum, double squares) = (0, 0);
                for (int h = 0; h < heads; h++)
                {
                    double x = TEnergy.ExclusionOnBits ? state[(h * n * size) + i] : s[(h * n) + i];
                    (sum, squares) = (sum + x, squares + (x * x));
                }

                energy += ((sum * sum) - squares) / 2;
            }

            return Weights[k] * energy;
        }

        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<double> own = s.AsSpan(h * n, count);
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += own[i];
                if (own[i] != 0)
                {
                    energy += own[i] * TokenEnergy(part, k, h, i, own);
                }
            }

            energy += part.Kind == PartKind.Sum
                ? (TEnergy.GetSumPenalty(part.Index, _ones) with { Weight = Weights[k] }).Energy(sum) : 0;
        }

        return energy;
    }

    // What a token with s = 1 has by itself, and with those before it.
    private double TokenEnergy(EnergyPart part, int k, int h, int i, ReadOnlySpan<double> s)
    {
        int n = TEnergy.Tokens;
        switch (part.Kind)
        {
            case PartKind.Field:
                return -FieldWeight(k, h, i) * _coefficients.Fields[(h * n) + i];
            case PartKind.Curvature:
                return Weights[k] * s[i];
            case PartKind.Coupling:
                ReadOnlySpan<float> row = _coefficients.Couplings.AsSpan(((h * n) + i) * n, n);
                double pairs = TEnergy.KeepsDiagonal ? row[i] * s[i] : 0;
                for (int j = 0; j < i; j++)
                {
                    pairs += 2 * row[j] * s[j];
                }

                return -Weights[k] * pairs;
            case PartKind.Position when !TEnergy.IsOfPairs(part.Index):
                return _scales[k] * TEnergy.TokenPenalty(part.Index, h, i);
            case PartKind.Position:
                double penalty = 0;
                for (int j = 0; j < i; j++)
                {
                    penalty += s[j] == 0 ? 0 : s[j] * TEnergy.PairPenalty(part.Index, h, j, i);
                }

                return _scales[k] * penalty;
            default:
                return 0;
        }
    }

    // Fields see to it that a head selects no token that it may not: those keep their weight.
    private double FieldWeight(int k, int h, int i) =>
        _coefficients.Present[(h * TEnergy.Tokens) + i] ? Weights[k] : TEnergy.FieldWeight;
}
