using Qama.Model;

namespace Qama.Examples.Vision;

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Declared">Makes the declared layer from a seed; null for softmax attention.</param>
/// <param name="Depth">Number of blocks.</param>
internal sealed record Variant(string Name, string Summary, Func<long, QuboAttentionLayer<float>>? Declared, int Depth = 1)
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention, the baseline", null),
        new("none", "no attention: what the other parts do alone", null, Depth: 0),
        new("qama-v2", "the published operator", seed => new PublishedAttention(seed)),
        new("normed", "the published operator, outputs batch-normed", seed => new NormedAttention(seed)),
        new("soft", "two-bit selection with curvature", seed => new SoftAttention(seed)),
        new("sparse", "at most 12 of 49 tokens per head", seed => new SparseAttention(seed)),
        new("long-range", "far pairs on the image rewarded", seed => new LongRangeAttention(seed)),
        new("jensen-shannon", "Jensen-Shannon couplings", seed => new JensenShannonAttention(seed)),
        new("selected", "attention over at most half of the tokens", seed => new SelectedAttention(seed)),
        new("expected", "mean of 16 samples at temperature 1", seed => new ExpectedAttention(seed)),
        new("discounted", "selected attention with a learned distance term", seed => new DiscountedAttention(seed)),
        new("softmax-2", "softmax attention, two blocks", null, Depth: 2),
        new("selected-2", "selected attention, two blocks", seed => new SelectedAttention(seed), Depth: 2),
    ];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);
}
