namespace Qama.Examples.Recall;

/// <summary>23 cards and a question: every head selects at most four of the 24, and attention runs over what it selects.</summary>
[QuboAttention(Tokens = 24, EmbeddingDim = 64)]
[Heads(4)]
[HeadExclusion(Weight = 0.1)]                 // heads that select the same token pay
[Sparsity(AtMost = 4)]                        // hard: four tokens or fewer
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class CardAttention
{
    /// <summary>The token that asks: the last.</summary>
    public const int Question = 23;

    /// <summary>What couples tokens: only pairs with the question count, by how well a card answers it.</summary>
    [CouplingTerm]
    public static float Answers(Vec q, Vec k, TokenPair pair) =>
        pair.I == Question ? Vec.Dot(q, k) / MathF.Sqrt(q.Length) : 0f;
}
