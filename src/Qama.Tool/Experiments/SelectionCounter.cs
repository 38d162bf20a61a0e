using Qama.Tool.Data;
using Qama.Training.Layers;

namespace Qama.Tool.Experiments;

/// <summary>Sums over evaluated batches what the first declared layer selected.</summary>
/// <param name="layer">The layer; null for baselines.</param>
/// <param name="data">How many tokens samples have.</param>
/// <param name="split">The part that is evaluated.</param>
internal sealed class SelectionCounter(QuboAttentionModule<float>? layer, TaskData data, Split split)
{
    private double _energy;
    private double _selected;
    private int _samples;

    /// <summary>Mean energy; null without a declared layer.</summary>
    public double? MeanEnergy => layer is null ? null : _energy / _samples;

    /// <summary>Mean selection weight per head and present token; null without a declared layer.</summary>
    public double? SelectedShare => layer is null ? null : _selected / _samples;

    /// <summary>Adds the batch that the layer has just seen.</summary>
    public void Add(int count)
    {
        if (layer is null)
        {
            return;
        }

        int bits = layer.Layer.Model.SelectionBits, problems = layer.Layer.Model.ProblemsPerSample;
        double largest = (1 << bits) - 1;
        for (int sample = 0; sample < count; sample++)
        {
            double sum = 0;
            for (int p = 0; p < problems; p++)
            {
                ReadOnlySpan<byte> state = layer.Samples.State(sample * problems + p);
                for (int v = 0; v < state.Length; v++)
                {
                    sum += (state[v] << (v % bits)) / largest;
                }
            }

            // Problems of their own keys count all of them.
            int tokens = problems == 1 ? data.Present(split, _samples + sample) : layer.Layer.Model.Problem.Tokens * problems;
            _selected += sum / (tokens * layer.Layer.Model.HeadCount);
        }

        _energy += count * layer.MeanEnergy;
        _samples += count;
    }
}
