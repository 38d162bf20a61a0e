using System.ComponentModel;
using Qama.Ising;

namespace Qama.Problems;

/// <summary>
/// What generated code says about the energy of its model, once and in double precision: everything that handles energies
/// follows from it. Emitted as a struct, so that the JIT compiles what follows for this model alone and every number here is a
/// constant to it.
/// </summary>
/// <remarks>
/// With s[h,i] = Σ_b 2^b x[h,i,b] / (2^Bits − 1), in this order:
/// −CouplingWeight Σ_h Σ_{i≠j} J[h,i,j] s s (and Σ_i J[h,i,i] s² where the diagonal counts) − FieldWeight Σ_h Σ_i f[h,i] s
/// + Σ s of absent tokens + Curvature Σ s² + soft exclusion + the penalties by position + hard exclusion + Σ_h Σ_c penalty_c(Σ_i s[h,i]).
/// Exclusion is weight · Σ_{a&lt;b} Σ_i (s s', or the sum over bits of x x').
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDeclaredEnergy
{
    /// <summary>Tokens N.</summary>
    static abstract int Tokens { get; }

    /// <summary>Heads H.</summary>
    static abstract int Heads { get; }

    /// <summary>Bits B of a selection weight.</summary>
    static abstract int Bits { get; }

    /// <summary>w_J.</summary>
    static abstract double CouplingWeight { get; }

    /// <summary>Whether there are couplings; otherwise J is 0.</summary>
    static virtual bool HasCoupling => true;

    /// <summary>Whether J is symmetric where a QUBO is assembled from it; samplers see a symmetric one in any case.</summary>
    static virtual bool HasSymmetricCouplings => true;

    /// <summary>Whether the diagonal of J counts; otherwise it must be zero.</summary>
    static virtual bool KeepsDiagonal => false;

    /// <summary>Largest |i − j| of pairs that have couplings and pair penalties; 0 where distance does not matter. For couplings that
    /// are kept as features: where they are written out, pairs that do not interact are 0 in J.</summary>
    static virtual int CouplingWindow => 0;

    /// <summary>Tokens of a block, i / size = j / size, whose pairs have couplings and pair penalties; 0 where all pairs do. For
    /// couplings that are kept as features.</summary>
    static virtual int CouplingBlock => 0;

    /// <summary>Whether annealing works with features as bfloat16, two in 32 bits; for couplings kept as features.</summary>
    static virtual bool HasCompactFeatures => false;

    /// <summary>The long-range penalty in closed form, which <see cref="PairPenalty"/> has too: the only pair penalty of models whose
    /// couplings are kept as features.</summary>
    static virtual DistancePenalty LongRange => default;

    /// <summary>Whether there are fields.</summary>
    static virtual bool HasField => false;

    /// <summary>w_f, scale included.</summary>
    static virtual double FieldWeight => 0;

    /// <summary>w of Σ s².</summary>
    static virtual double Curvature => 0;

    /// <summary>Whether heads exclude each other.</summary>
    static virtual bool HasExclusion => false;

    /// <summary>Whether exclusion is a hard constraint: it is left out of the energy scale, and heads hand tokens over to each
    /// other.</summary>
    static virtual bool IsExclusionHard => false;

    /// <summary>Whether exclusion counts overlapping bits rather than the product of weights.</summary>
    static virtual bool ExclusionOnBits => false;

    /// <summary>The first tokens, of which heads exclude each other; of later ones they do not.</summary>
    static virtual int ExclusionTokens => int.MaxValue;

    /// <summary>Number of penalties that depend on the positions of tokens.</summary>
    static virtual int PositionPenaltyCount => 0;

    /// <summary>Whether some of them are of pairs of tokens.</summary>
    static virtual bool HasPairPenalties => false;

    /// <summary>Whether some of them are of single tokens.</summary>
    static virtual bool HasTokenPenalties => false;

    /// <summary>Whether heads differ in those of pairs.</summary>
    static virtual bool PairPenaltiesPerHead => false;

    /// <summary>Whether heads differ in those of single tokens.</summary>
    static virtual bool TokenPenaltiesPerHead => false;

    /// <summary>Number of penalties on a head's sum of weights.</summary>
    static virtual int SumPenaltyCount => 0;

    /// <summary>The number of weights of hard constraints that are computed from the coefficients of each problem.</summary>
    static virtual int ComputedWeightCount => 0;

    /// <summary>The weight of exclusion.</summary>
    /// <param name="computed">The computed weights of the problem.</param>
    static virtual double GetExclusion(ReadOnlySpan<double> computed) => 0;

    /// <summary>Whether a penalty by position is one of pairs.</summary>
    static virtual bool IsOfPairs(int penalty) => true;

    /// <summary>The energy of s s' = 1 of two tokens of one head.</summary>
    /// <param name="penalty">The penalty, one of pairs.</param>
    /// <param name="head">The head.</param>
    /// <param name="first">The smaller token.</param>
    /// <param name="second">The other.</param>
    static virtual double PairPenalty(int penalty, int head, int first, int second) => 0;

    /// <summary>The energy of s = 1 of a token.</summary>
    /// <param name="penalty">The penalty, one of single tokens.</param>
    /// <param name="head">The head.</param>
    /// <param name="token">The token.</param>
    static virtual double TokenPenalty(int penalty, int head, int token) => 0;

    /// <summary>One of the penalties on a head's sum of weights.</summary>
    /// <param name="index">Which.</param>
    /// <param name="computed">The computed weights of the problem.</param>
    static virtual SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, "There is no such penalty.");

    /// <summary>What each slack bit of a head stands for, in steps of a weight; empty without slack.</summary>
    /// <param name="index">The penalty on a head's sum.</param>
    static virtual ReadOnlySpan<double> GetSlack(int index) => default;

    /// <summary>Computes sufficient weights of hard constraints: no minimiser of the energy violates them.</summary>
    /// <param name="problem">The problem's rows.</param>
    /// <param name="weights">Receives <see cref="ComputedWeightCount"/> weights.</param>
    static virtual void ComputeWeights(in RowBounds problem, Span<double> weights)
    {
    }
}
