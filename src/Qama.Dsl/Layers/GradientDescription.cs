using System.Globalization;

namespace Qama.Layers;

/// <summary>The path on which a model's loss reaches its coefficients through the selection.</summary>
/// <param name="Kind">The estimator; formulas and sources: docs/mathematics.md, "Gradients through the solver".</param>
public sealed record GradientDescription(GradientKind Kind)
{
    /// <summary>λ of <see cref="GradientKind.Blackbox"/> and <see cref="GradientKind.Perturbed"/>, in units of energy per unit of
    /// ∂L/∂s.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Solves that the output of <see cref="GradientKind.Perturbed"/> is the mean over: the model's reads.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Size of the noise, in units of energy.</summary>
    public double Sigma { get; init; } = 1;

    /// <summary>Distribution of the noise.</summary>
    public PerturbationNoise Noise { get; init; }

    /// <summary>k of <see cref="PerturbationNoise.SumOfGamma"/>, 1 or more.</summary>
    public int NoiseCount { get; init; } = 1;

    /// <summary>β of <see cref="GradientKind.Nudged"/>.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Whether problems are solved with shifted fields, which the model then has even where its energy declares none.</summary>
    public bool ShiftsFields => Kind is GradientKind.Blackbox or GradientKind.Perturbed or GradientKind.Nudged;

    /// <summary>Solves of a forward pass: calls of the sampler for the batch.</summary>
    public int ForwardSolves => Kind == GradientKind.Perturbed ? Samples : 1;

    /// <summary>Further solves of a backward pass. Those of <see cref="GradientKind.Nudged"/> are short runs on the processor, whatever the
    /// sampler.</summary>
    public int BackwardSolves => Kind switch
    {
        GradientKind.Blackbox => 1,
        GradientKind.Perturbed => Samples,
        GradientKind.Nudged => 2,
        _ => 0,
    };

    /// <summary>Solves of a training step, forward and backward.</summary>
    public int SolvesPerStep => ForwardSolves + BackwardSolves;

    /// <summary>The estimator and its numbers, in words.</summary>
    public override string ToString() => Kind switch
    {
        GradientKind.Blackbox => Text($"{Kind}, λ = {Lambda}"),
        GradientKind.Perturbed => Text($"{Kind}, {Samples} samples, λ = {Lambda}, σ = {Sigma}, {Noise} noise of {NoiseCount}"),
        GradientKind.Nudged => Text($"{Kind}, β = {Beta}"),
        _ => Kind.ToString(),
    };

    /// <summary>What contradicts itself or the model; null for nothing.</summary>
    internal string? FaultIn(ModelDescriptor model)
    {
        foreach ((string name, double value) in new[] { (nameof(Lambda), Lambda), (nameof(Sigma), Sigma), (nameof(Beta), Beta) })
        {
            if (!(value > 0 && double.IsFinite(value)))
            {
                return $"Expected a positive, finite {name} of the gradient, got {value}.";
            }
        }

        bool needsTemperature = Kind == GradientKind.Covariance;
        return !Enum.IsDefined(Kind) || !Enum.IsDefined(Noise) ? $"Expected a kind of gradient and of noise, got {Kind} and {Noise}."
            : Samples < 1 || NoiseCount < 1 ? $"Expected 1 sample or more of noise of 1 or more, got {Samples} and {NoiseCount}."
            : Kind == GradientKind.Perturbed && model.ReadCount != Samples
                ? $"A gradient of {Samples} samples needs as many reads, not {model.ReadCount}."
            : ShiftsFields && !(model.HasField && model.FieldWeight != 0)
                ? $"The gradient {Kind} shifts fields: the model needs fields with a weight."
            : (needsTemperature ? model.Temperature is null : model.Temperature is not null && Kind != GradientKind.Nudged)
                ? $"The gradient {Kind} needs {(needsTemperature ? "a" : "reads at no")} temperature."
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
