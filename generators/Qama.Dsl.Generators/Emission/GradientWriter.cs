using System;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>How the loss reaches coefficients through the selection, for the descriptor and for people.</summary>
internal static class GradientWriter
{
    /// <summary>The descriptor's part.</summary>
    public static string Description(ModelSpecification model)
    {
        EstimatorPart gradient = model.Gradient;
        string numbers = gradient.Kind switch
        {
            GradientKind.Blackbox => $" {{ Lambda = {SourceWriter.Double(gradient.Lambda)} }}",
            GradientKind.Perturbed =>
                $" {{ Lambda = {SourceWriter.Double(gradient.Lambda)}, Samples = {gradient.Samples}, Sigma = {SourceWriter.Double(gradient.Sigma)}, "
                + $"Noise = global::Qama.PerturbationNoise.{gradient.Noise}, NoiseCount = {CountOf(model)} }}",
            GradientKind.Nudged => $" {{ Beta = {SourceWriter.Double(gradient.Beta)} }}",
            _ => "",
        };
        return $"new global::Qama.Layers.GradientDescription(global::Qama.GradientKind.{gradient.Kind}){numbers}";
    }

    /// <summary>The estimator as mathematics: T(s) are the products that −E is a sum of.</summary>
    public static string Formula(ModelSpecification model)
    {
        EstimatorPart gradient = model.Gradient;
        return gradient.Kind switch
        {
            GradientKind.Covariance => "β Cov(G, T(s)), G the loss along a read's output",
            GradientKind.Identity => "dT(s) along ∂L/∂s (arXiv 2205.15213)",
            GradientKind.Blackbox => $"(T(s) − T(s_λ))/λ, λ = {MathNotation.Write(gradient.Lambda)} (arXiv 1912.02175)",
            GradientKind.Perturbed =>
                $"mean of (T(s_m) − T(s'_m))/λ, λ = {MathNotation.Write(gradient.Lambda)}, with {gradient.Noise} noise (arXiv 2106.01798)",
            GradientKind.Nudged => $"(T(s₋) − T(s₊))/2β, β = {MathNotation.Write(gradient.Beta)} (arXiv 2305.18321)",
            _ => "none",
        };
    }

    // Candidates that a bound lets a head select; 1 without one.
    private static int CountOf(ModelSpecification model)
    {
        double[] counts = [.. model.Sparsity.Where(s => s.Bound is ConstraintKind.Exactly or ConstraintKind.AtMost).Select(s => s.Count)];
        return counts.Length == 0 ? 1 : Math.Max(1, (int)Math.Min(model.ProblemTokens, Math.Round(counts.Min())));
    }
}
