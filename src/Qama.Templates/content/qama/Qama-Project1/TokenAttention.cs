using Qama;

namespace QamaProjectNamespace;

/// <summary>
/// The declaration of an attention layer. Everything else of the class is generated: hover over its name for the energy that is
/// minimised, and set EmitCompilerGeneratedFiles in the project file to see the code. What is wrong here, the compiler says.
/// </summary>
[QuboAttention(Tokens = 8, EmbeddingDim = 8)]     // a sample is 8 tokens of 8 numbers
[Heads(2)]                                        // 2 heads of width 8 / 2; each selects tokens
[Coupling(Similarity.ScaledDotProduct)]           // similar tokens are selected together
[Field(Importance.ValueProjection)]               // what makes a token worth selecting is learned
[HeadExclusion(Weight = 0.5)]                     // two heads on one token pay
[Sparsity(AtMost = 3)]                            // a head selects three tokens or fewer; the weight that suffices is computed
[Readout(ReadoutKind.SelectedAttention)]          // the output is attention over the selected tokens
public sealed partial class TokenAttention;
