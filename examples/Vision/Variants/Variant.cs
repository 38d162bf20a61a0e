using Qama.Layers;

namespace Qama.Examples.Vision;

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Kind">What stands where attention does.</param>
/// <param name="Declared">Makes the declared layer from a seed; null for others.</param>
/// <param name="Depth">Number of blocks.</param>
internal sealed record Variant(
    string Name, string Summary, AttentionKind Kind, Func<long, QuboAttentionLayer<float>>? Declared = null, int Depth = 1)
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention, the baseline", AttentionKind.Softmax),
        new("none", "no attention: the feed-forward part alone", AttentionKind.None),
        Qubo("qama-v2", "the published operator", seed => new PublishedAttention(seed)),
        Qubo("normed", "the published operator, outputs batch-normed", seed => new NormedAttention(seed)),
        Qubo("zero-start", "the published operator, outputs batch-normed from scale 0", seed => new ZeroStartAttention(seed)),
        Qubo("stable", "the published operator made stable", seed => new StableAttention(seed)),
        Qubo("soft", "stable, with two-bit selection and curvature", seed => new SoftAttention(seed)),
        Qubo("sparse", "stable, at most 12 of 49 tokens per head", seed => new SparseAttention(seed)),
        Qubo("long-range", "stable, far pairs on the image rewarded", seed => new LongRangeAttention(seed)),
        Qubo("jensen-shannon", "stable, with Jensen-Shannon couplings", seed => new JensenShannonAttention(seed)),
        Qubo("expected", "stable, mean of 8 samples at temperature 1", seed => new ExpectedAttention(seed)),
        Qubo("selected", "attention over at most 24 selected tokens", seed => new SelectedAttention(seed)),
        Qubo("relative", "attention over 24 selected tokens, with learned relative places", seed => new RelativeAttention(seed)),
        Qubo("selected-identity", "selected, the solver's Jacobian taken for −1", seed => new IdentityGradient(seed)),
        Qubo("selected-blackbox", "selected, one more solve of a shifted problem", seed => new BlackboxGradient(seed)),
        Qubo("selected-perturbed", "selected, the mean over four perturbed solves", seed => new PerturbedGradient(seed)),
        Qubo("selected-nudged", "selected, two runs nudged by the loss", seed => new NudgedGradient(seed)),
        Qubo("selected-covariance", "selected, the mean over eight samples at a temperature", seed => new CovarianceGradient(seed)),
        Qubo("exclusion-0", "stable, head exclusion 0", seed => new ExclusionZero(seed)),
        Qubo("exclusion-0.1", "stable, head exclusion 0.1", seed => new ExclusionTenth(seed)),
        Qubo("exclusion-0.5", "stable, head exclusion 0.5", seed => new ExclusionHalf(seed)),
        Qubo("exclusion-1", "stable, head exclusion 1", seed => new ExclusionOne(seed)),
        Qubo("exclusion-2", "stable, head exclusion 2", seed => new ExclusionTwo(seed)),
        Qubo("far-0.02", "stable, far pairs on the image rewarded with 0.02", seed => new FarFiftieth(seed)),
        Qubo("far-0.1", "stable, far pairs on the image rewarded with 0.1", seed => new FarTenth(seed)),
        Qubo("far-0.2", "stable, far pairs on the image rewarded with 0.2", seed => new FarFifth(seed)),
        Qubo("far-0.5", "stable, far pairs on the image rewarded with 0.5", seed => new FarHalf(seed)),
        new("softmax-2", "softmax attention, two blocks", AttentionKind.Softmax, Depth: 2),
        Qubo("selected-2", "attention over at most 24 selected tokens, two blocks", seed => new SelectedAttention(seed)) with { Depth = 2 },
    ];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);

    private static Variant Qubo(string name, string summary, Func<long, QuboAttentionLayer<float>> declared) =>
        new(name, summary, AttentionKind.Declared, declared);
}

/// <summary>What stands where attention does.</summary>
internal enum AttentionKind
{
    /// <summary>Nothing: tokens meet in the mean only.</summary>
    None,

    /// <summary>Softmax attention.</summary>
    Softmax,

    /// <summary>A declared operator.</summary>
    Declared,
}
