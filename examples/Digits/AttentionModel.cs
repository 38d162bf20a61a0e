using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Digits;

/// <summary>One of the models that are compared.</summary>
/// <param name="Name">Its name in tables and files.</param>
/// <param name="Network">The whole model.</param>
/// <param name="VariablesPerSample">Binary variables that an annealer optimises per image; 0 for softmax attention.</param>
/// <param name="MeanEnergy">Mean energy of the last batch's selections; NaN for softmax attention.</param>
/// <param name="Weight">How much a head (second) uses a token (third) of a sample (first) of the last batch, 0 to 1; null
/// without attention.</param>
internal sealed record AttentionModel(
    string Name, Module<float> Network, int VariablesPerSample, Func<double> MeanEnergy,
    Func<int, int, int, double>? Weight)
{
    /// <summary>The models, by what stands where attention does.</summary>
    public static readonly IReadOnlyList<string> Names = ["qama", "softmax", "none"];

    /// <summary>The model of that name.</summary>
    public static AttentionModel Create(string name, long seed, int threads) => name switch
    {
        "qama" => Qama(seed, threads),
        "softmax" => Softmax(seed),
        _ => None(seed),
    };

    /// <summary>The declared layer, solved by simulated annealing.</summary>
    private static AttentionModel Qama(long seed, int threads)
    {
        var sampler = new SimulatedAnnealingSampler { Sweeps = 30, Threads = threads };
        var attention = new QuboAttentionModule<float>(new DigitAttention(seed), sampler);
        return new AttentionModel(
            "qama", VisionTransformer.Create(attention, seed), DigitAttention.VariableCount, () => attention.MeanEnergy,
            (sample, head, token) => attention.Samples.State(sample)[head * DigitAttention.Tokens + token]);
    }

    /// <summary>The baseline of the same width and heads.</summary>
    private static AttentionModel Softmax(long seed)
    {
        TokenShape shape = VisionTransformer.Tokens;
        var attention = new SoftmaxAttention<float>(
            shape, VisionTransformer.Heads, VisionTransformer.Width / VisionTransformer.Heads, seed + 10);
        return new AttentionModel(
            "softmax", VisionTransformer.Create(attention, seed), 0, () => double.NaN,
            (sample, head, token) => Enumerable.Range(0, shape.Tokens)
                .Average(query => attention.Heads.Probability(sample, head, query, token)));
    }

    /// <summary>The same model without attention: what the other parts do alone.</summary>
    private static AttentionModel None(long seed) =>
        new("none", VisionTransformer.Create(null, seed), 0, () => double.NaN, null);
}
