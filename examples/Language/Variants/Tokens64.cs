namespace Qama.Examples.Language;

// 64 characters, 4 heads of 32; attention runs over what a selection leaves.

/// <summary>A quarter of every block of 16 characters stays for all that come.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 16)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Causal64;

/// <summary>At most 8 characters are kept beside a block of 8: a query reads 16.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 8, Memory = 8)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Memory16Of64;

/// <summary>At most 16 characters are kept beside a block of 16: a query reads 32.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 16)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Memory32Of64;

/// <summary>Every query selects a quarter of the window among the characters up to itself.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Query64;

/// <summary>Every query selects its best quarter of the window: a reward that all keys share makes room in the bound worth
/// filling, and changes no difference between keys.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class BestOf64
{
    /// <summary>10 for every key, above what couplings come to.</summary>
    [FieldTerm]
    public static float Room() => 10;
}

/// <summary>8 characters are kept beside a block of 8, as many as the bound allows: a query reads 16.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 8, Memory = 8)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Filled16Of64
{
    /// <summary>10 for every key, above what couplings come to.</summary>
    [FieldTerm]
    public static float Room() => 10;
}

/// <summary>The same, and kept for what characters are by themselves: couplings have nearly no weight in the energy.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 8, Memory = 8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Apart16Of64
{
    /// <summary>10 for every key, above what fields come to.</summary>
    [FieldTerm]
    public static float Room() => 10;
}

/// <summary>8 characters are kept beside a block of 8, rather new ones than old: a query reads 16.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 8, Memory = 8)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Recent16Of64
{
    /// <summary>Above what couplings come to, and more for every place that a character is newer: how much, every head learns.</summary>
    [FieldTerm]
    public static float Recency(TokenPosition token, [Learnable(0.05, PerHead = true)] float newer) => 10 + newer * token.Index;
}

/// <summary>Room for all characters, new ones rewarded all the same: what that reward is worth without a bound.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128)]
[Heads(4)]
[Select(Per = SelectionScope.Causal, Block = 8, Memory = 56)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Recent64Of64
{
    /// <summary>Above what couplings come to, and more for every place that a character is newer: how much, every head learns.</summary>
    [FieldTerm]
    public static float Recency(TokenPosition token, [Learnable(0.05, PerHead = true)] float newer) => 10 + newer * token.Index;
}

/// <summary>Marginals of a Boltzmann distribution with learned couplings between keys.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 128, Preset = Preset.Boltzmann)]
[Heads(4)]
public sealed partial class Boltzmann64;
