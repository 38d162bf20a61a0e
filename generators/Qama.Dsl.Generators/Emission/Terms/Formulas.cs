using Qama.Generators.Declarations;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission.Terms;

/// <summary>Terms of the energy as formulas for people.</summary>
internal static class Formulas
{
    /// <summary>−w Σ_h Σ_{i≠j} J s s.</summary>
    public static string Coupling(KernelPlan plan) => $"{Reward(plan.CouplingWeight)}Σ_h Σ_{{i≠j}} J[h,i,j] s[h,i] s[h,j]";

    /// <summary>−w Σ_h Σ_i f s.</summary>
    public static string Field(KernelPlan plan) => $"{Reward(plan.FieldWeight)}Σ_h Σ_i f[h,i] s[h,i]";

    /// <summary>A penalty, final weight included.</summary>
    public static string Of(PlannedPenalty planned, KernelPlan plan) => planned.Penalty.Domain switch
    {
        PenaltyDomain.HeadPairsAtToken => $"{Weight(planned)} Σ_{{a<b}} Σ_i s[a,i] s[b,i]",
        PenaltyDomain.HeadPairsAtBit => $"{Weight(planned)} Σ_{{a<a'}} Σ_i Σ_b x[a,i,b] x[a',i,b]",
        PenaltyDomain.Tokens => $"{Weight(planned)} Σ_h Σ_i s[h,i]²",
        PenaltyDomain.TokenPairs => "Σ_h Σ_{i<j} " + MathNotation.Write(planned.Penalty.PairCoefficient) + " s[h,i] s[h,j]"
            + (plan.UsesDistance ? ", d = d(i,j)" : ""),
        PenaltyDomain.TokenFields => "Σ_h Σ_i " + MathNotation.Write(planned.Penalty.TokenCoefficient) + " s[h,i]",
        _ => $"{Weight(planned)} Σ_h {OfSum(planned.Sparsity!)}, S_h = Σ_i s[h,i]",
    };

    private static string OfSum(SparsityPart part)
    {
        string k = MathNotation.Write(part.Count);
        return (part.Bound, part.Slack) switch
        {
            (SparsityBound.Exactly, _) => $"(S_h − {k})²",
            (SparsityBound.AtMost, SlackKind.Binary) => $"max(0, S_h − {k})²",
            (SparsityBound.AtLeast, SlackKind.Binary) => $"max(0, {k} − S_h)²",
            (SparsityBound.AtMost, _) => $"(0.037 g² − 0.96 g), g = {k} − S_h",
            _ => $"(0.037 g² − 0.96 g), g = S_h − {k}",
        };
    }

    /// <summary>A weight: the number, or w where it is computed for each problem.</summary>
    private static string Weight(PlannedPenalty planned) => planned.Weight is { } weight ? MathNotation.Write(weight) : "w";

    /// <summary>−w Σ…, without a factor of 1.</summary>
    private static string Reward(double weight) => weight == 1 ? "−" : "−" + MathNotation.Write(weight) + " ";
}
