using Qama.Layers;
using Qama.Tool.Data;
using Qama.Tool.Runs;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Experiments;

/// <summary>Reads off what heads look at, of a few samples.</summary>
internal static class HeadWeights
{
    /// <summary>The most samples that are shown.</summary>
    private const int Most = 8;

    /// <summary>What the heads make of some samples of a part; null where they have neither selections for a whole sample nor
    /// probabilities.</summary>
    /// <param name="network">The network; it is run.</param>
    /// <param name="data">The samples.</param>
    /// <param name="split">The part.</param>
    public static HeadSamples? Of(AttentionNetwork network, TaskData data, Split split)
    {
        bool selects = network.Declared.Count > 0;
        if (data.Samples(split) is not { } part || !(selects ? network.Declared[0].Layer.Model.Scope == SelectionScope.Head
            : network.Softmax.Count > 0))
        {
            return null;
        }

        Module<float> module = network.Module;
        int[] shown = Shown(part, Math.Min(Most, module.Capacity));
        Training.Dataset<float> samples = data.Samples(split, shown);
        var input = new Activations<float>(module.Capacity, module.InputShape);
        var output = new Activations<float>(module.Capacity, module.OutputShape);
        for (int s = 0; s < shown.Length; s++)
        {
            input.Set(s, samples.Values(s));
        }

        LayerMode mode = module.Mode;
        module.Mode = LayerMode.Evaluation;
        module.Forward(input, output, new BatchInfo(shown.Length));
        module.Mode = mode;
        return new(selects ? "selected" : "attended", data.Columns, [.. shown.Select((sample, s) => new HeadSample(
            data.ClassNames[samples.Label(s)], data.ClassNames[Largest(output.Row(s, 0))], data.Image(split, sample),
            data.Text(split, sample),
            Blocks(network, s, data.Present(split, sample))))]);
    }

    /// <summary>The index of the largest number.</summary>
    public static int Largest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int c = 1; c < logits.Length; c++)
        {
            best = logits[c] > logits[best] ? c : best;
        }

        return best;
    }

    // Of every class the first, then the next ones.
    private static int[] Shown(Training.Dataset<float> part, int most)
    {
        int[] all = [.. Enumerable.Range(0, part.Count)];
        return [.. all.DistinctBy(part.Label).OrderBy(part.Label).Concat(all).Distinct().Take(most)];
    }

    private static IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Blocks(AttentionNetwork network, int sample, int tokens) =>
    [
        .. network.Declared.Select(layer => Heads(layer.Layer.Model.HeadCount, tokens, (h, t) => Selected(layer, sample, h, t))),
        .. network.Softmax.Select(layer => Relative(Heads(layer.Heads.HeadCount, tokens, (h, t) =>
            Enumerable.Range(0, tokens).Average(query => layer.Heads.Probability(sample, h, query, t))))),
    ];

    private static double[][] Heads(int heads, int tokens, Func<int, int, double> weight) =>
        [.. Enumerable.Range(0, heads).Select(h => Enumerable.Range(0, tokens).Select(t => Math.Round(weight(h, t), 4)).ToArray())];

    private static double[][] Relative(double[][] heads) =>
        [.. heads.Select(h => h.Select(w => Math.Round(w / Math.Max(h.Max(), 1e-9), 3)).ToArray())];

    private static double Selected(QuboAttentionModule<float> layer, int sample, int head, int token)
    {
        ModelDescriptor model = layer.Layer.Model;
        int bits = model.SelectionBits, level = 0;
        ReadOnlySpan<byte> state = layer.Samples.State(sample).Slice((head * model.Problem.Tokens + token) * bits, bits);
        for (int b = 0; b < bits; b++)
        {
            level += state[b] << b;
        }

        return level / (double)((1 << bits) - 1);
    }
}
