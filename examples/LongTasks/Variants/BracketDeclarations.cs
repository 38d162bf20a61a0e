namespace Qama.Examples.LongTasks;

// Brackets: width 64, two heads of 32; what a query reads are the marginals of a Boltzmann distribution over the tokens up to it, with
// couplings between keys that are learned by place, and without: sigmoids of q·k then.

/// <summary>16 tokens, with learned couplings.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.Boltzmann)]
[Heads(2)]
public sealed partial class BoltzmannBrackets16;

/// <summary>16 tokens, every key for itself.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.MarginalAttention, Reads = 8, Temperature = 1)]
public sealed partial class SigmoidBrackets16;

/// <summary>32 tokens, with learned couplings.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64, Preset = Preset.Boltzmann)]
[Heads(2)]
public sealed partial class BoltzmannBrackets32;

/// <summary>32 tokens, every key for itself.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.MarginalAttention, Reads = 8, Temperature = 1)]
public sealed partial class SigmoidBrackets32;

/// <summary>64 tokens, with learned couplings.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.Boltzmann)]
[Heads(2)]
public sealed partial class BoltzmannBrackets64;

/// <summary>64 tokens, every key for itself.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.MarginalAttention, Reads = 8, Temperature = 1)]
public sealed partial class SigmoidBrackets64;

/// <summary>128 tokens, with learned couplings.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64, Preset = Preset.Boltzmann)]
[Heads(2)]
public sealed partial class BoltzmannBrackets128;

/// <summary>128 tokens, every key for itself.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.MarginalAttention, Reads = 8, Temperature = 1)]
public sealed partial class SigmoidBrackets128;
