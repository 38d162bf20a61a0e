namespace Qama.Benchmarks.Queries;

/// <summary>Every query selects 16 of the keys: nothing couples keys.</summary>
[QuboAttention(Tokens = QueryMeasurement.Tokens, EmbeddingDim = QueryMeasurement.Width)]
[Heads(QueryMeasurement.Heads)]
[Select(Per = SelectionScope.Query)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class QuerySelection;

/// <summary>The same behind a causal mask.</summary>
[QuboAttention(Tokens = QueryMeasurement.Tokens, EmbeddingDim = QueryMeasurement.Width)]
[Heads(QueryMeasurement.Heads)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class CausalQuerySelection;

/// <summary>Keys coupled by learned numbers, which are searched through, for blocks of 8 queries.</summary>
[QuboAttention(Tokens = QueryMeasurement.Tokens, EmbeddingDim = QueryMeasurement.Width)]
[Heads(QueryMeasurement.Heads)]
[Select(Per = SelectionScope.Query, QueryBlock = 8, Unit = 4)]
[LearnedCoupling(Initial = double.NaN)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class CoupledQuerySelection;
