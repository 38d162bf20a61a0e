using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission.Terms;

/// <summary>Terms of the energy as formulas for people.</summary>
internal static class Formulas
{
    /// <summary>−w Σ_h Σ_{i≠j} J s s.</summary>
    public static string Coupling(KernelPlan plan) => plan.Specification.Select.Scope == SelectionScope.Query
        ? $"{Reward(plan.CouplingWeight)}Σ_h Σ_j {(plan.Specification is { Select.QueryBlock: > 1, Mask.Pattern: not MaskPattern.Causal } ? "mean_i J[h,i,j]" : "J[h,i,j]")} s[h,j]"
        : $"{Reward(plan.CouplingWeight)}Σ_h Σ_{{i≠j}} J[h,i,j] s[h,i] s[h,j]";

    /// <summary>What is learned between keys, where J is of queries with keys.</summary>
    public static string LearnedCoupling(KernelPlan plan, LearnedCouplingPart learned) =>
        $"{Reward(plan.CouplingWeight * learned.Weight)}Σ_h Σ_{{j≠k}} L[{(learned.PerHead ? "h," : "")}j,k] s[h,j] s[h,k]";

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
        SumPenaltyShape shape = SumPenaltyShape.Of(part.Bound, part.Slack);
        string g = shape.Direction > 0 ? $"S_h − {k}" : $"{k} − S_h";
        return shape.Floor == 0 ? $"max(0, {g})²"
            : shape.IsHard ? $"({g})²"
            : $"({MathNotation.Write(shape.Square)} g² − {MathNotation.Write(-shape.Linear)} g), g = {g}";
    }

    /// <summary>A weight: the number, or w where it is computed for each problem.</summary>
    private static string Weight(PlannedPenalty planned) => planned.Weight is { } weight ? MathNotation.Write(weight) : "w";

    /// <summary>−w Σ…, without a factor of 1.</summary>
    private static string Reward(double weight) => weight == 1 ? "−" : "−" + MathNotation.Write(weight) + " ";
}
