namespace Qama;

/// <summary>Declares how the loss reaches couplings and fields through the selection. Without it: <see cref="GradientKind.Energy"/>, and
/// <see cref="GradientKind.Covariance"/> of a <see cref="ReadoutKind.Expectation"/>.</summary>
/// <remarks>Of one selection for a head and of selections per query; causal selections have <see cref="GradientKind.Energy"/> alone.</remarks>
/// <param name="kind">The estimator.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class GradientAttribute(GradientKind kind) : Attribute
{
    /// <summary>The estimator.</summary>
    public GradientKind Kind { get; } = kind;

    /// <summary>λ of <see cref="GradientKind.Blackbox"/> and <see cref="GradientKind.Perturbed"/>: the shift of fields per unit of
    /// ∂L/∂s, in units of energy; positive. Small values find no other selection, large ones a difference that is no slope. Default 1.</summary>
    public double Lambda { get; set; } = 1;

    /// <summary>Solves that <see cref="GradientKind.Perturbed"/> averages, 1 to 65,536. Default 16.</summary>
    public int Samples { get; set; } = 16;

    /// <summary>Size of the noise of <see cref="GradientKind.Perturbed"/> on every weight's field, in units of energy; positive.
    /// Default 1.</summary>
    public double Sigma { get; set; } = 1;

    /// <summary>Distribution of that noise. Default <see cref="PerturbationNoise.Gaussian"/>.</summary>
    public PerturbationNoise Noise { get; set; }

    /// <summary>β of <see cref="GradientKind.Nudged"/>: the loss's share in the nudged energies E ± β L; positive. Default 0.1.</summary>
    public double Beta { get; set; } = 0.1;
}
