using System.ComponentModel;
using Qama.Ising;
using Qama.Problems;

namespace Qama.Torch.Energies;

/// <summary>What the energy of a declared model has besides couplings and fields, as numbers on the host.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TensorEnergy
{
    internal TensorEnergy()
    {
    }

    /// <summary>Tokens N.</summary>
    public int Tokens { get; internal init; }

    /// <summary>Heads H.</summary>
    public int Heads { get; internal init; }

    /// <summary>Bits B of a selection weight.</summary>
    public int Bits { get; internal init; }

    /// <summary>w_J.</summary>
    public double CouplingWeight { get; internal init; }

    /// <summary>w_f, scale included; 0 without fields.</summary>
    public double FieldWeight { get; internal init; }

    /// <summary>Whether there are couplings.</summary>
    public bool HasCoupling { get; internal init; }

    /// <summary>Whether there are fields.</summary>
    public bool HasField { get; internal init; }

    /// <summary>Whether the diagonal of J counts.</summary>
    public bool KeepsDiagonal { get; internal init; }

    /// <summary>w of Σ s².</summary>
    public double Curvature { get; internal init; }

    /// <summary>Whether heads exclude each other.</summary>
    public bool HasExclusion { get; internal init; }

    /// <summary>Whether exclusion is a hard constraint: its weight then depends on the problem.</summary>
    public bool IsExclusionHard { get; internal init; }

    /// <summary>Whether exclusion counts overlapping bits rather than the product of weights.</summary>
    public bool ExclusionOnBits { get; internal init; }

    /// <summary>The weight of exclusion.</summary>
    public TensorWeight Exclusion { get; internal init; } = new(0, []);

    /// <summary>The penalties on a head's sum of weights.</summary>
    public IReadOnlyList<TensorSumPenalty> SumPenalties { get; internal init; } = [];

    /// <summary>Number of weights of hard constraints that are computed from each problem.</summary>
    public int ComputedWeightCount { get; internal init; }

    /// <summary>The energy of selecting two tokens of a head together; null for none.</summary>
    internal PenaltyTable? PairPenalties { get; init; }

    /// <summary>The energy of selecting a token; null for none.</summary>
    internal PenaltyTable? TokenPenalties { get; init; }

    /// <summary>The energy of a model.</summary>
    /// <typeparam name="TEnergy">The emitted energy.</typeparam>
    public static TensorEnergy Of<TEnergy>()
        where TEnergy : struct, IDeclaredEnergy => new()
        {
            Tokens = TEnergy.Tokens,
            Heads = TEnergy.Heads,
            Bits = TEnergy.Bits,
            CouplingWeight = TEnergy.CouplingWeight,
            FieldWeight = TEnergy.HasField ? TEnergy.FieldWeight : 0,
            HasCoupling = TEnergy.HasCoupling,
            HasField = TEnergy.HasField,
            KeepsDiagonal = TEnergy.KeepsDiagonal,
            Curvature = TEnergy.Curvature,
            HasExclusion = TEnergy.HasExclusion,
            IsExclusionHard = TEnergy.HasExclusion && TEnergy.IsExclusionHard,
            ExclusionOnBits = TEnergy.ExclusionOnBits,
            Exclusion = TensorWeight.Of(
                TEnergy.ComputedWeightCount, static w => TEnergy.HasExclusion ? TEnergy.GetExclusion(w) : 0),
            SumPenalties = [.. Enumerable.Range(0, TEnergy.SumPenaltyCount).Select(SumPenaltyOf<TEnergy>)],
            ComputedWeightCount = TEnergy.ComputedWeightCount,
            PairPenalties = TEnergy.HasPairPenalties ? PairTable<TEnergy>() : null,
            TokenPenalties = TEnergy.HasTokenPenalties ? TokenTable<TEnergy>() : null,
        };

    private static TensorSumPenalty SumPenaltyOf<TEnergy>(int index)
        where TEnergy : struct, IDeclaredEnergy
    {
        SumPenalty penalty = TEnergy.GetSumPenalty(index, new double[TEnergy.ComputedWeightCount]);
        (double direction, double linear, double square, double floor) = penalty.Parts;
        return new TensorSumPenalty(
            penalty.Target, direction, linear, square, floor,
            TensorWeight.Of(TEnergy.ComputedWeightCount, w => TEnergy.GetSumPenalty(index, w).Weight));
    }

    private static PenaltyTable PairTable<TEnergy>()
        where TEnergy : struct, IDeclaredEnergy
    {
        int heads = TEnergy.PairPenaltiesPerHead ? TEnergy.Heads : 1;
        return new PenaltyTable(heads, () => PositionTable.OfPairs<double>(heads, TEnergy.Tokens, true, Sum));

        static double Sum(int head, int i, int j)
        {
            double sum = 0;
            for (int p = 0; i != j && p < TEnergy.PositionPenaltyCount; p++)
            {
                sum += TEnergy.IsOfPairs(p) ? TEnergy.PairPenalty(p, head, Math.Min(i, j), Math.Max(i, j)) : 0;
            }

            return sum;
        }
    }

    private static PenaltyTable TokenTable<TEnergy>()
        where TEnergy : struct, IDeclaredEnergy
    {
        int heads = TEnergy.TokenPenaltiesPerHead ? TEnergy.Heads : 1;
        return new PenaltyTable(heads, () => PositionTable.OfTokens<double>(heads, TEnergy.Tokens, Sum));

        static double Sum(int head, int token)
        {
            double sum = 0;
            for (int p = 0; p < TEnergy.PositionPenaltyCount; p++)
            {
                sum += TEnergy.IsOfPairs(p) ? 0 : TEnergy.TokenPenalty(p, head, token);
            }

            return sum;
        }
    }
}

/// <summary>A weight: a number, plus multiples of the weights that are computed from each problem.</summary>
/// <param name="Constant">The number.</param>
/// <param name="Factors">The factor of each computed weight; all 0 where the weight is known at compile time.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TensorWeight(double Constant, IReadOnlyList<double> Factors)
{
    /// <summary>Whether problems have weights of their own.</summary>
    public bool IsComputed => Factors.Any(f => f != 0);

    internal static TensorWeight Of(int count, Func<double[], double> weight)
    {
        double constant = weight(new double[count]);
        var factors = new double[count];
        for (int i = 0; i < count; i++)
        {
            var unit = new double[count];
            unit[i] = 1;
            factors[i] = weight(unit) - constant;
        }

        return new TensorWeight(constant, factors);
    }
}

/// <summary>A penalty on a head's sum S of weights: with g = Direction·(S − Target), weight times Linear·g +
/// Square·max(g, Floor)².</summary>
/// <param name="Target">k.</param>
/// <param name="Direction">1 where g grows with S, otherwise −1.</param>
/// <param name="Linear">The factor of g.</param>
/// <param name="Square">The factor of the square.</param>
/// <param name="Floor">0 where only one side costs; −∞ where both do.</param>
/// <param name="Weight">The weight.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TensorSumPenalty(
    double Target, double Direction, double Linear, double Square, double Floor, TensorWeight Weight);
