using Qama;

namespace Qama.Examples.Quickstart;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]                                      // width per head: 8 / 2
[Coupling(Similarity.ScaledDotProduct)]         // similar tokens are selected together
[Field(Importance.ValueProjection)]             // what makes a token worth selecting is learned
[HeadExclusion(Weight = 0.5)]                   // two heads on one token pay
[Sparsity(AtMost = 3)]                          // hard: a head selects three tokens or fewer
[Readout(ReadoutKind.SelectedAttention)]        // attention over the selected tokens
public sealed partial class FindMarked;
