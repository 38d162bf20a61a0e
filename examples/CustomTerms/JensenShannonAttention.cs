namespace Qama.Examples.CustomTerms;

/// <summary>The similarity of QAMA's first version (arXiv 2504.11083), written as a term.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64)]
[Heads(8)]
[Sparsity(AtMost = 6)]
public sealed partial class JensenShannonAttention
{
    private const float Epsilon = 1e-6f;

    /// <summary>Jensen-Shannon divergence, in bits, of the softmaxes of a query and a key.</summary>
    [CouplingTerm]
    public static float Divergence(Vec q, Vec k)
    {
        Vec p = Vec.Softmax(q), r = Vec.Softmax(k);
        Vec middle = 0.5f * (p + r) + Epsilon;
        return 0.5f * Relative(p, middle) + 0.5f * Relative(r, middle);
    }

    private static float Relative(Vec p, Vec middle) => Vec.Sum(p * Vec.Log2(p / middle + Epsilon));
}
