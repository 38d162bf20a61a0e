// Every key selected leaves nothing to choose, and is meant to.
#pragma warning disable QAMA0110

namespace Qama.Examples.Vision;

// Softmax attention's queries, keys and values, and a selection for every query: of k keys, and as marginals at temperature 1.

/// <summary>Every query reads the one key that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 1)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys1;

/// <summary>Every query reads the 2 of 49 keys that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 2)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys2;

/// <summary>Every query reads the 4 of 49 keys that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys4;

/// <summary>Every query reads the 8 of 49 keys that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 8)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys8;

/// <summary>Every query reads the 16 of 49 keys that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys16;

/// <summary>Every query reads the 32 of 49 keys that it selects.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys32;

/// <summary>Every query reads every key.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 49)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Keys49;

/// <summary>Marginals of the distribution over single keys: softmax attention, but for the samples.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 1, Weight = 15)]
[Readout(ReadoutKind.MarginalAttention, Reads = 64, Temperature = 1)]
public sealed partial class MarginalsOfOne;

/// <summary>Marginals of the distribution over sets of 8 keys.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(Exactly = 8, Weight = 15)]
[Readout(ReadoutKind.MarginalAttention, Reads = 64, Temperature = 1)]
public sealed partial class MarginalsOfEight;

/// <summary>Marginals of the distribution over all sets of keys: a sigmoid for every key.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Select(Per = SelectionScope.Query)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.MarginalAttention, Reads = 64, Temperature = 1)]
public sealed partial class MarginalsOfAny;
