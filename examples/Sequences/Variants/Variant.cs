using Qama.Layers;

namespace Qama.Examples.Sequences;

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Declared">Makes the declared layer from a seed, by the number of tokens; null for softmax attention.</param>
internal sealed record Variant(
    string Name, string Summary, IReadOnlyDictionary<int, Func<long, QuboAttentionLayer<float>>>? Declared = null)
{
    /// <summary>Numbers of tokens that classes are declared for.</summary>
    public static readonly IReadOnlyList<int> Tokens = [128, 256, 512];

    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention"),
        new("unlimited", "selected attention", Sizes(s => new Unlimited128(s), s => new Unlimited256(s), s => new Unlimited512(s))),
        new("budget", "at most 16 tokens per head", Sizes(s => new Budget128(s), s => new Budget256(s), s => new Budget512(s))),
        new("penalise-near", "at most 16, `[LongRange(PenaliseNear)]`",
            Sizes(s => new PenaliseNear128(s), s => new PenaliseNear256(s), s => new PenaliseNear512(s))),
        new("reward-far", "at most 16, `[LongRange(RewardFar)]`",
            Sizes(s => new RewardFar128(s), s => new RewardFar256(s), s => new RewardFar512(s))),
    ];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);

    private static Dictionary<int, Func<long, QuboAttentionLayer<float>>> Sizes(params Func<long, QuboAttentionLayer<float>>[] layers) =>
        layers.Select((layer, i) => (Tokens[i], layer)).ToDictionary();
}
