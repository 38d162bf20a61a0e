namespace Qama.Benchmarks.Terms;

/// <summary>Jensen–Shannon divergence as a user writes it, at the size of a small image model.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
public sealed partial class WrittenSmall
{
    private const float Epsilon = 1e-6f;

    [CouplingTerm]
    internal static float Divergence(Vec q, Vec k)
    {
        Vec p = Vec.Softmax(q), r = Vec.Softmax(k);
        Vec middle = 0.5f * (p + r) + Epsilon;
        return 0.5f * Vec.Sum(p * Vec.Log2(p / middle + Epsilon)) + 0.5f * Vec.Sum(r * Vec.Log2(r / middle + Epsilon));
    }
}

/// <summary>The same at the size of a language model's layer.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 512)]
[Heads(8)]
public sealed partial class WrittenLarge
{
    private const float Epsilon = 1e-6f;

    [CouplingTerm]
    internal static float Divergence(Vec q, Vec k)
    {
        Vec p = Vec.Softmax(q), r = Vec.Softmax(k);
        Vec middle = 0.5f * (p + r) + Epsilon;
        return 0.5f * Vec.Sum(p * Vec.Log2(p / middle + Epsilon)) + 0.5f * Vec.Sum(r * Vec.Log2(r / middle + Epsilon));
    }
}
