namespace Qama.Examples.LongTasks;

// Selective copying as text is read: width 64, four heads of 16, and behind every block of 16 tokens a head keeps at most 32 of those it
// has and the block's own, by their fields. Places are rewarded, so that a memory is full before it forgets. Sequences of 64 and 96
// tokens, to begin with, have room for all of their tokens: fields learn which are of use before any is out of reach.

/// <summary>All of 64 tokens.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 64)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying32
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}

/// <summary>All of 96 tokens.</summary>
[QuboAttention(Tokens = 96, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 96)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying64
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}

/// <summary>32 of 160 tokens.</summary>
[QuboAttention(Tokens = 160, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 32)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying128
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}

/// <summary>32 of 288 tokens.</summary>
[QuboAttention(Tokens = 288, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 32)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying256
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}

/// <summary>32 of 1,056 tokens.</summary>
[QuboAttention(Tokens = 1056, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 32)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying1024
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}

/// <summary>32 of 4,128 tokens.</summary>
[QuboAttention(Tokens = 4128, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 32)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class MemoryCopying4096
{
    /// <summary>What keeping any token is worth: more than fields come to.</summary>
    [FieldTerm]
    public static float Keep() => 10;
}
