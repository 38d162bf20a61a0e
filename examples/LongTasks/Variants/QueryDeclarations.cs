namespace Qama.Examples.LongTasks;

// Every query selects its own quarter of the tokens, by its couplings with them and their fields: a problem for every query.

/// <summary>Recall: every query reads 16 of 64 tokens.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QueryRecall64;

/// <summary>Recall: every query reads 32 of 128 tokens.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QueryRecall128;

/// <summary>Recall: every query reads 64 of 256 tokens.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QueryRecall256;

/// <summary>Recall: every query reads 128 of 512 tokens.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QueryRecall512;
