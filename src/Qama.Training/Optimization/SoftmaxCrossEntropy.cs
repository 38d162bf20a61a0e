using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Optimization;

/// <summary>The classification loss: mean over the labelled rows of a batch of −Σ_c target_c log softmax(logits)_c.</summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Computes the loss, and its gradient if wanted.</summary>
    /// <param name="logits">[batch, rows, classes].</param>
    /// <param name="labels">[batch, rows], the right class of each row, or −1 for a row that is not asked for: its gradient
    /// is 0. Their number decides the batch's.</param>
    /// <param name="gradient">Receives ∂loss/∂logits; null if not wanted.</param>
    /// <param name="smoothing">Share of the target spread evenly over all classes (Szegedy et al., arXiv 1512.00567), in [0,
    /// 1).</param>
    /// <returns>The mean loss, and how many labelled rows have their largest logit at the label.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, a label is not a class, or no row has one.</exception>
    public static (double Loss, int Correct) Compute<T>(
        Activations<T> logits, ReadOnlySpan<int> labels, Activations<T>? gradient = null, double smoothing = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int labelled = labels.Length - labels.Count(-1);
        if (labelled == 0 && labels.Length > 0)
        {
            throw new ArgumentException("Expected a label of at least one row, all are -1.", nameof(labels));
        }

        LossSum sum = Sum(logits, labels, labelled, gradient, smoothing);
        return (sum.Mean, sum.Correct);
    }

    /// <summary>For a part of a batch: the sum of its rows' losses, and the gradient of the whole batch's mean.</summary>
    /// <param name="logits">[part, rows, classes].</param>
    /// <param name="labels">[part, rows]: as in <see cref="Compute"/>; there may be no class.</param>
    /// <param name="labelled">Labelled rows of the whole batch.</param>
    /// <param name="gradient">Receives ∂(mean loss of the batch)/∂logits; null if not wanted.</param>
    /// <param name="smoothing">As in <see cref="Compute"/>.</param>
    internal static LossSum Sum<T>(
        Activations<T> logits, ReadOnlySpan<int> labels, int labelled, Activations<T>? gradient, double smoothing)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape.Tokens, logits.Shape.Width);
        int count = labels.Length / rows;
        if (labels.Length % rows != 0 || count < 1 || count > logits.Capacity)
        {
            throw new ArgumentException(
                $"Expected {rows} labels, one for each row of logits, of each of 1 to {logits.Capacity} samples, got {labels.Length} labels.",
                nameof(labels));
        }

        if (gradient is not null && (gradient.Shape != logits.Shape || gradient.Capacity < count))
        {
            throw new ArgumentException("Expected a gradient of the logits' shape.", nameof(gradient));
        }

        if (!(smoothing is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "Expected a share in [0, 1).");
        }

        foreach (int label in labels)
        {
            if (label < -1 || label >= classes)
            {
                throw new ArgumentException($"Expected labels in 0..{classes - 1}, or -1 for none, got {label}.", nameof(labels));
            }
        }

        var sum = default(LossSum);
        for (int s = 0; s < count; s++)
        {
            for (int r = 0; r < rows; r++)
            {
                Span<T> target = gradient is null ? [] : gradient.Row(s, r);
                int label = labels[s * rows + r];
                if (label < 0)
                {
                    target.Clear();
                }
                else if (rows == 1)
                {
                    sum += Sample<T>(logits.Row(s, r), label, smoothing, labelled, target);
                }
                else
                {
                    sum += LogitRow.Compute(logits.Row(s, r), label, smoothing, labelled, target);
                }
            }
        }

        return sum;
    }

    // One row of a sample, in double: costs next to nothing beside the sample's passes. Many rows are LogitRow's.
    private static LossSum Sample<T>(ReadOnlySpan<T> logits, int label, double smoothing, int batch, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int best = 0;
        for (int c = 1; c < logits.Length; c++)
        {
            best = logits[c] > logits[best] ? c : best;
        }

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
        return new LossSum(Math.Log(sum) - (1 - smoothing) * own - smoothing * mean, best == label ? 1 : 0, 1);
    }
}
