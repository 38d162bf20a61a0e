using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Optimization;

/// <summary>The classification loss: mean over the batch of −Σ_c target_c log softmax(logits)_c.</summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Computes the loss, and its gradient if wanted.</summary>
    /// <param name="logits">[batch, 1, classes].</param>
    /// <param name="labels">The right class of each sample; their number is the batch's.</param>
    /// <param name="gradient">Receives ∂loss/∂logits; null if not wanted.</param>
    /// <param name="smoothing">Share of the target spread evenly over all classes (Szegedy et al., arXiv 1512.00567), in [0, 1).</param>
    /// <returns>The mean loss, and how many samples have their largest logit at the label.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a label is not a class.</exception>
    public static (double Loss, int Correct) Compute<T>(
        Activations<T> logits, ReadOnlySpan<int> labels, Activations<T>? gradient = null, double smoothing = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double loss, int correct) = Sum(logits, labels, labels.Length, gradient, smoothing);
        return (loss / labels.Length, correct);
    }

    /// <summary>The same for a part of a batch: the sum of its samples' losses, and the gradient of the whole batch's mean.</summary>
    /// <param name="logits">[part, 1, classes].</param>
    /// <param name="labels">The right class of each sample of the part.</param>
    /// <param name="batch">Samples of the whole batch.</param>
    /// <param name="gradient">Receives ∂(mean loss of the batch)/∂logits; null if not wanted.</param>
    /// <param name="smoothing">As in <see cref="Compute"/>.</param>
    internal static (double Loss, int Correct) Sum<T>(
        Activations<T> logits, ReadOnlySpan<int> labels, int batch, Activations<T>? gradient, double smoothing)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(logits);
        int classes = logits.Shape.Width;
        if (logits.Shape.Tokens != 1 || labels.Length < 1 || labels.Length > logits.Capacity)
        {
            throw new ArgumentException(
                $"Expected one row of logits per sample and 1 to {logits.Capacity} labels, got {logits.Shape.Tokens} rows and {labels.Length} labels.",
                nameof(labels));
        }

        if (gradient is not null && (gradient.Shape != logits.Shape || gradient.Capacity < labels.Length))
        {
            throw new ArgumentException("Expected a gradient of the logits' shape.", nameof(gradient));
        }

        if (!(smoothing is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "Expected a share in [0, 1).");
        }

        foreach (int label in labels)
        {
            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentException($"Expected labels in 0..{classes - 1}, got {label}.", nameof(labels));
            }
        }

        double loss = 0;
        int correct = 0;
        for (int s = 0; s < labels.Length; s++)
        {
            Span<T> target = gradient is null ? [] : gradient.Row(s, 0);
            loss += Sample<T>(logits.Row(s, 0), labels[s], smoothing, batch, target, ref correct);
        }

        return (loss, correct);
    }

    private static double Sample<T>(
        ReadOnlySpan<T> logits, int label, double smoothing, int batch, Span<T> gradient, ref int correct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int best = 0;
        for (int c = 1; c < logits.Length; c++)
        {
            best = logits[c] > logits[best] ? c : best;
        }

        correct += best == label ? 1 : 0;
        double largest = double.CreateTruncating(logits[best]);
        double sum = 0;
        double mean = 0;
        foreach (T logit in logits)
        {
            double shifted = double.CreateTruncating(logit) - largest;
            sum += Math.Exp(shifted);
            mean += shifted / logits.Length;
        }

        double spread = smoothing / logits.Length;
        for (int c = 0; c < gradient.Length; c++)
        {
            double probability = Math.Exp(double.CreateTruncating(logits[c]) - largest) / sum;
            double target = spread + (c == label ? 1 - smoothing : 0);
            gradient[c] = T.CreateTruncating((probability - target) / batch);
        }

        double own = double.CreateTruncating(logits[label]) - largest;
        return Math.Log(sum) - (1 - smoothing) * own - smoothing * mean;
    }
}
