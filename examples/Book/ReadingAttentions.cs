namespace Qama.Examples.Book;

/// <summary>What training reads: a question and a page. Every head selects at most eight of the 64 words, by how well they answer the
/// question, and attention runs over what it selects.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = WordVectors.Width)]
[Heads(2, HeadDim = 64)]
[Sparsity(AtMost = 8)]                        // hard: eight words or fewer
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PageAttention
{
    /// <summary>Only pairs with the question, the first token, have a coupling.</summary>
    [CouplingTerm]
    public static float Answers(Vec q, Vec k, TokenPair pair) =>
        pair.I == 0 ? Vec.Dot(q, k) / MathF.Sqrt(q.Length) : 0f;
}

/// <summary>The same for a whole book: its parameters are those of <see cref="PageAttention"/>, whatever the number of tokens. Its couplings
/// are products of features, so that the 65,536² pairs of a head are never written down.</summary>
[QuboAttention(Tokens = 65_536, EmbeddingDim = WordVectors.Width)]
[Heads(2, HeadDim = 64)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class BookAttention
{
    /// <summary>Only pairs with the question, the first token, have a coupling.</summary>
    [CouplingTerm]
    public static float Answers(Vec q, Vec k, TokenPair pair) =>
        pair.I == 0 ? Vec.Dot(q, k) / MathF.Sqrt(q.Length) : 0f;
}
