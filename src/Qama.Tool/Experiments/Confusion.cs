namespace Qama.Tool.Experiments;

/// <summary>What a model says of samples of each class.</summary>
/// <param name="classes">Number of classes.</param>
internal sealed class Confusion(int classes)
{
    private readonly int[,] _counts = new int[classes, classes];
    private double _loss;

    /// <summary>Samples so far.</summary>
    public int Samples { get; private set; }

    /// <summary>Problems that were solved for them.</summary>
    public long Problems { get; set; }

    /// <summary>Mean energy of the first block's selections; null for baselines.</summary>
    public double? MeanEnergy { get; set; }

    /// <summary>Share of selections that violate a hard constraint; null for baselines.</summary>
    public double? InfeasibleShare { get; set; }

    /// <summary>Share of samples that were classified rightly.</summary>
    public double Accuracy => Enumerable.Range(0, classes).Sum(c => _counts[c, c]) / (double)Samples;

    /// <summary>Mean cross-entropy, in nats.</summary>
    public double Loss => _loss / Samples;

    /// <summary>Samples of a class that the model takes for another.</summary>
    /// <param name="label">Their class.</param>
    /// <param name="said">What the model says.</param>
    public int Count(int label, int said) => _counts[label, said];

    /// <summary>Samples of a class.</summary>
    public int OfClass(int label) => Enumerable.Range(0, classes).Sum(c => _counts[label, c]);

    /// <summary>Samples that the model takes for a class.</summary>
    public int Said(int said) => Enumerable.Range(0, classes).Sum(c => _counts[c, said]);

    /// <summary>The class that samples of a class are most often mistaken for; null where none is.</summary>
    public int? Mistaken(int label) => Enumerable.Range(0, classes).Where(c => c != label && _counts[label, c] > 0)
        .Select(c => (int?)c).MaxBy(c => _counts[label, c!.Value]);

    /// <summary>Adds a sample.</summary>
    /// <param name="label">Its class.</param>
    /// <param name="logits">What the model says, [classes].</param>
    public void Add(int label, ReadOnlySpan<float> logits)
    {
        int said = HeadWeights.Largest(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[said]);
        }

        _loss += Math.Log(sum) - ((double)logits[label] - logits[said]);
        _counts[label, said]++;
        Samples++;
    }
}
