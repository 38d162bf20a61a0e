using Qama.Training.Layers;

namespace Qama.Examples.Vision;

/// <summary>Sums over evaluated batches what the first declared layer's sampler found.</summary>
internal sealed class SelectionStatistics(QuboAttentionModule<float>? layer)
{
    private double _energy;
    private double _selected;
    private double _overlap;
    private double _entropy;
    private double _distance;
    private int _images;

    /// <summary>Mean energy; null without a declared layer.</summary>
    public double? MeanEnergy => layer is null ? null : _energy / _images;

    /// <summary>Mean selection weight per head and token; null without a declared layer.</summary>
    public double? SelectedShare => layer is null ? null : _selected / _images;

    /// <summary>Mean overlap of pairs of heads; null without a declared layer of several heads.</summary>
    public double? HeadOverlap => layer is null || layer.Layer.Model.HeadCount < 2 ? null : _overlap / _images;

    /// <summary>Mean entropy of where heads look, over its largest value; null without a declared layer.</summary>
    public double? TokenEntropy => layer is null ? null : _entropy / _images;

    /// <summary>Mean distance of two patches that a head selects, in patches; null without a declared layer.</summary>
    public double? PairDistance => layer is null ? null : _distance / _images;

    /// <summary>Adds the batch that the layer has just seen.</summary>
    public void Add(int count)
    {
        if (layer is null)
        {
            return;
        }

        int bits = layer.Layer.Model.SelectionBits;
        double largest = (1 << bits) - 1;
        for (int image = 0; image < count; image++)
        {
            ReadOnlySpan<byte> state = layer.Samples.State(image);
            var weights = new double[state.Length / bits];
            for (int v = 0; v < state.Length; v++)
            {
                weights[v / bits] += (state[v] << (v % bits)) / largest;
            }

            int heads = layer.Layer.Model.HeadCount;
            _selected += weights.Average();
            _overlap += heads < 2 ? 0 : Statistics.Overlap(weights, heads);
            _entropy += Statistics.Entropy(weights, heads);
            _distance += Statistics.PairDistance(weights, heads, LabelledImages.PatchesPerSide);
        }

        _energy += count * layer.MeanEnergy;
        _images += count;
    }
}
