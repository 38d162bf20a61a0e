namespace Qama.Ising;

/// <summary>A penalty on a head's sum S = Σ_i s[h,i]: weight times a function of S.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Target">k.</param>
/// <param name="Weight">The weight.</param>
/// <remarks>Unbalanced penalisation: Montañez-Barrera et al., arXiv 2211.13914.</remarks>
public readonly record struct SumPenalty(SumPenaltyKind Kind, double Target, double Weight)
{
    /// <summary>λ₁ and λ₂ of −λ₁ g + λ₂ g².</summary>
    internal const double UnbalancedLinear = 0.96;
    internal const double UnbalancedQuadratic = 0.037;

    /// <summary>The energy at a sum; with inequalities the energy with the best slack.</summary>
    public double Energy(double sum) => Kind switch
    {
        SumPenaltyKind.Exactly => Weight * (sum - Target) * (sum - Target),
        SumPenaltyKind.AtMost => Weight * Math.Max(0, sum - Target) * Math.Max(0, sum - Target),
        SumPenaltyKind.AtLeast => Weight * Math.Max(0, Target - sum) * Math.Max(0, Target - sum),
        SumPenaltyKind.UnbalancedAtMost => Weight * Unbalanced(Target - sum),
        SumPenaltyKind.UnbalancedAtLeast => Weight * Unbalanced(sum - Target),
        _ => throw new InvalidOperationException($"Unknown penalty {Kind}."),
    };

    private static double Unbalanced(double g) => (-UnbalancedLinear * g) + (UnbalancedQuadratic * g * g);
}

/// <summary>The functions a sum can be penalised by.</summary>
public enum SumPenaltyKind
{
    /// <summary>(S − k)².</summary>
    Exactly,

    /// <summary>max(0, S − k)²: the slack eliminated.</summary>
    AtMost,

    /// <summary>max(0, k − S)²: the slack eliminated.</summary>
    AtLeast,

    /// <summary>−0.96 g + 0.037 g², g = k − S (unbalanced penalisation of S ≤ k).</summary>
    UnbalancedAtMost,

    /// <summary>−0.96 g + 0.037 g², g = S − k (unbalanced penalisation of S ≥ k).</summary>
    UnbalancedAtLeast,
}
