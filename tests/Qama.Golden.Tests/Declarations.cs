namespace Qama.Golden.Tests;

/// <summary>The second version's operator, in the shapes of the golden files.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class SecondVersion;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(4)]
public sealed partial class SecondVersionFourHeads;

/// <summary>The second version's operator with couplings kept as features.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6, Preset = Preset.QamaV2)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
public sealed partial class FactoredSecondVersion;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
public sealed partial class FactoredSecondVersionFourHeads;

/// <summary>The first version's operator, in the shapes of the golden files.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV1)]
[Heads(2)]
[SoftSelection(Bits = 3)]
public sealed partial class FirstVersion;

[QuboAttention(Tokens = 4, EmbeddingDim = 9, Preset = Preset.QamaV1)]
[Heads(3)]
[SoftSelection(Bits = 2)]
public sealed partial class FirstVersionThreeHeads;

/// <summary>No preset, nothing but the coupling.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 4)]
[Heads(2)]
public sealed partial class CouplingOnly;

/// <summary>Attributes beside the preset override its parts.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV2)]
[Heads(3, HeadDim = 3)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.5)]
[Field(Importance.None)]
[HeadExclusion(Weight = 1.5, Scale = TermScale.Pairs)]
public sealed partial class Overridden;

/// <summary>Several bits, curvature, a budget, distances and a window on a grid.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6)]
[Heads(1)]
[Grid(2, 2)]
[SoftSelection(Bits = 2, Curvature = 0.75)]
[Coupling(Similarity.Cosine)]
[Field(Importance.ValueNorm, Weight = 0.3, Scale = TermScale.Tokens)]
[Sparsity(AtMost = 2, Weight = 3)]
public sealed partial class SoftBudget;

/// <summary>Long range on a line with a window mask, and heads that exclude each other's bits.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.NegativeSquaredDistance, Weight = 2)]
[Field(Importance.ValueProjection, Weight = 0.7)]
[HeadExclusion(Weight = 0.9, On = ExclusionTarget.Bits)]
[LongRange(MinDistance = 2, Weight = 0.25, Decay = Decay.Exponential)]
[Mask(MaskPattern.Window, Size = 3)]
public sealed partial class Windowed;

/// <summary>Attention over selected tokens.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6)]
[Heads(2)]
[Coupling(Similarity.Cosine)]
[Field(Importance.ValueEntropy)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Selected;

/// <summary>Jensen-Shannon couplings with batch norm and biased projections, energies with the solver's weights.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6)]
[Heads(2)]
[Coupling(Similarity.JensenShannon, Weight = 1.5, Normalize = Normalization.Batch)]
[Field(Importance.ValueNorm, Weight = 0.5, Normalize = Normalization.Batch)]
[Inputs(LayerNorm = true, Bias = true)]
[Readout(ReadoutKind.LocalEnergy, Weighted = true)]
public sealed partial class NormalisedDivergence;
