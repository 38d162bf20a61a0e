using Qama.Training.Layers;

namespace Qama.Examples.Vision;

/// <summary>Sums over evaluated batches what the first declared layer's sampler found.</summary>
internal sealed class SelectionStatistics(QuboAttentionModule<float>? layer)
{
    private double _energy;
    private double _selected;
    private int _images;

    /// <summary>Mean energy; null without a declared layer.</summary>
    public double? MeanEnergy => layer is null ? null : _energy / _images;

    /// <summary>Mean selection weight per head and token; null without a declared layer.</summary>
    public double? SelectedShare => layer is null ? null : _selected / _images;

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
            double sum = 0;
            for (int v = 0; v < state.Length; v++)
            {
                sum += (state[v] << (v % bits)) / largest;
            }

            _selected += sum * bits / state.Length;
        }

        _energy += count * layer.MeanEnergy;
        _images += count;
    }
}
