using System.ComponentModel;
using Qama.Ising;

namespace Qama.Problems;

/// <summary>
/// What generated code tells the annealing driver about its model. Emitted as a struct, so that the JIT compiles the driver
/// for this model alone and every number here is a constant to it.
/// </summary>
/// <remarks>
/// The energy the driver lowers, with s[h,i] = Σ_b 2^b x[h,i,b] / (2^Bits − 1):
/// Σ_h Σ_{i&lt;j} a_h(i,j) s s + Σ_h Σ_i linear_h(i) s + Curvature Σ s² + PairScale/2 Σ_h Σ_i J[h,i,i] s²
/// + Exclusion Σ_{a&lt;b} Σ_i (s s, or the sum over bits of x x) + Σ_h Σ_c penalty_c(Σ_i s[h,i]), where
/// a_h(i,j) = PairScale · J[h,i,j] + the pair penalties' table.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IAnnealingPlan
{
    /// <summary>Tokens N.</summary>
    static abstract int Tokens { get; }

    /// <summary>Heads H.</summary>
    static abstract int Heads { get; }

    /// <summary>Bits B of a selection weight.</summary>
    static abstract int Bits { get; }

    /// <summary>What J[h,i,j] is multiplied by per unordered pair: −2 w_J.</summary>
    static abstract float PairScale { get; }

    /// <summary>Whether there are couplings; otherwise none are read.</summary>
    static virtual bool HasCoupling => true;

    /// <summary>Whether <see cref="AddPairPenalties"/> adds anything.</summary>
    static abstract bool HasPairPenalties { get; }

    /// <summary>Whether the diagonal of J counts; otherwise it must be zero.</summary>
    static virtual bool KeepsDiagonal => false;

    /// <summary>Largest |i − j| of pairs that interact, 0 where distance does not matter; for couplings kept as features.</summary>
    static virtual int CouplingWindow => 0;

    /// <summary>Tokens of a block, i / size = j / size, whose pairs interact, 0 where all do; for couplings kept as features.</summary>
    static virtual int CouplingBlock => 0;

    /// <summary>Whether annealing works with features as bfloat16, two in 32 bits; for couplings kept as features.</summary>
    static virtual bool HasCompactFeatures => false;

    /// <summary>The pair penalty of models whose couplings are kept as features.</summary>
    static virtual DistancePenalty LongRange => default;

    /// <summary>Final weight of head exclusion; 0 for none.</summary>
    static abstract float Exclusion { get; }

    /// <summary>Whether exclusion is a hard constraint, of weight <see cref="GetExclusion"/> instead: it is left out of the energy
    /// scale, and heads hand tokens over to each other.</summary>
    static virtual bool ComputesExclusion => false;

    /// <summary>The weight of head exclusion of one problem.</summary>
    static virtual float GetExclusion(in ProblemView problem) => 0;

    /// <summary>Whether exclusion counts overlapping bits rather than the product of weights.</summary>
    static abstract bool ExclusionOnBits { get; }

    /// <summary>The first tokens, of which heads exclude each other; of later ones they do not. Only fewer than all where there are
    /// penalties on sums.</summary>
    static virtual int ExclusionTokens => int.MaxValue;

    /// <summary>w_c of Σ s².</summary>
    static abstract float Curvature { get; }

    /// <summary>Number of penalties on a head's sum of weights.</summary>
    static abstract int SumPenaltyCount { get; }

    /// <summary>Adds the pair penalties of token <paramref name="token"/> with every other token to a padded row; leaves the
    /// diagonal and the padding alone.</summary>
    static abstract void AddPairPenalties(int head, int token, Span<float> row);

    /// <summary>Writes a head's linear coefficients (−w_f f and token penalties) into a padded row, zero in the padding.</summary>
    static abstract void WriteLinear(in ProblemView problem, int head, Span<float> linear);

    /// <summary>One of the penalties on a head's sum of weights.</summary>
    static abstract SumPenalty GetSumPenalty(int index, in ProblemView problem);
}
