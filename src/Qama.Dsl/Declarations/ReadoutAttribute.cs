namespace Qama;

/// <summary>Declares how the output is made from the sampled selection.</summary>
/// <param name="kind">The readout.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReadoutAttribute(ReadoutKind kind) : Attribute
{
    /// <summary>The readout.</summary>
    public ReadoutKind Kind { get; } = kind;

    /// <summary>Number of reads that <see cref="ReadoutKind.Expectation"/> and <see cref="ReadoutKind.MarginalAttention"/> average, 2 or
    /// more. Default 16. Of every other readout too
    /// beside <see cref="GradientKind.Covariance"/>, and beside <see cref="GradientKind.Nudged"/> where a temperature is given.</summary>
    public int Reads { get; set; } = 16;

    /// <summary>Temperature T of the reads of <see cref="ReadoutKind.Expectation"/> and <see cref="ReadoutKind.MarginalAttention"/>, in units of the energy, positive.
    /// Default 1. <see cref="GradientKind.Covariance"/> of another readout must have it given, <see cref="GradientKind.Nudged"/> may.</summary>
    public double Temperature { get; set; } = 1;

    /// <summary>The source of the temperature in the gradient: <see cref="TemperatureSource.Estimated"/> accepts samplers that draw at a
    /// temperature of their own. Default <see cref="TemperatureSource.Declared"/>; a layer's property starts from it.</summary>
    public TemperatureSource TemperatureFrom { get; set; }

    /// <summary>Whether the output's energies carry the weights of <c>[Coupling]</c> and <c>[Field]</c>. Default false, as
    /// the paper's authors do.</summary>
    public bool Weighted { get; set; }

    /// <summary>The normalisation of each head's output: <see cref="Normalization.Batch"/> keeps the scale of energies, which
    /// training drives up, out of the layers behind. Default none, but <see cref="ReadoutKind.EntropyShare"/> always is,
    /// as the paper's authors do.</summary>
    public Normalization Normalize { get; set; }

    /// <summary>Whether the learned scale of a batch-normed output starts at 0 instead of 1: a residual block then begins as
    /// the identity and training decides how much of the selection it lets through (Goyal et al., arXiv 1706.02677,
    /// section 5.1). Default false.</summary>
    public bool StartAtZero { get; set; }
}
