namespace Qama.Benchmarks.Causal;

// One declaration of several lengths: blocks of 16 tokens, 48 kept by each head.

[QuboAttention(Tokens = 1_000, EmbeddingDim = 64), Heads(4), Readout(ReadoutKind.SelectedAttention)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 48)]
internal sealed partial class Causal1000;

[QuboAttention(Tokens = 4_000, EmbeddingDim = 64), Heads(4), Readout(ReadoutKind.SelectedAttention)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 48)]
internal sealed partial class Causal4000;

[QuboAttention(Tokens = 16_000, EmbeddingDim = 64), Heads(4), Readout(ReadoutKind.SelectedAttention)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 48)]
internal sealed partial class Causal16000;

[QuboAttention(Tokens = 64_000, EmbeddingDim = 64), Heads(4), Readout(ReadoutKind.SelectedAttention)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 48)]
internal sealed partial class Causal64000;
