namespace Qama;

/// <summary>
/// Adds learned numbers to the coupling: Weight · L[h,i,j] joins J[h,i,j] before J is made symmetric, beside the data's
/// (<see cref="CouplingAttribute"/>, <see cref="CouplingTermAttribute"/>, a preset's coupling), or as the only coupling of a class
/// that declares no other and has no preset. L is the layer's parameter <c>LearnedCoupling</c>.
/// </summary>
/// <remarks>What becomes of J becomes of it: normalisation, masks, the weight w_J. Where J is made symmetric, (L + Lᵀ)/2 counts in the
/// energy; the exponent of <see cref="ReadoutKind.SelectedAttention"/> has L[h,i,j] as it is. Source: the coupling between keys of
/// Boltzmann Attention, arXiv 2606.12478.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LearnedCouplingAttribute : Attribute
{
    /// <summary>What is learned: a number per pair, or one per distance. Default <see cref="LearnedCouplingForm.Static"/>.</summary>
    public LearnedCouplingForm Form { get; set; }

    /// <summary>Whether every head learns its own. Default false: one for all heads.</summary>
    public bool PerHead { get; set; }

    /// <summary>Weight of L inside J, positive. Default 1. The weight of <see cref="CouplingAttribute"/> acts on J as a whole.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Value of every number before training; NaN draws each from the standard normal distribution. Default 0.</summary>
    public double Initial { get; set; }
}
