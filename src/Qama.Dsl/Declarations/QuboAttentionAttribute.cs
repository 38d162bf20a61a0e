namespace Qama;

/// <summary>
/// Declares a quantum-annealing attention layer. The annotated class must be <c>partial</c>, not static, abstract,
/// generic or a record, and must not name a base class: the generator gives it
/// <see cref="Qama.Layers.QuboAttentionLayer{T}"/>.
/// </summary>
/// <remarks>Source of the operator: QAMA, arXiv 2504.11083.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class QuboAttentionAttribute : Attribute
{
    /// <summary>Number of tokens N of the sequence, 1 to 16,384, or to 1,048,576 where couplings are kept as features
    /// (<see cref="CouplingForm.Factored"/>). Required.</summary>
    public int Tokens { get; set; }

    /// <summary>Number of keys and values, where it is not that of queries: cross attention. Only with a selection per query
    /// (<see cref="SelectionScope.Query"/>), and with limits as those of <see cref="Tokens"/>. Default: <see cref="Tokens"/>.</summary>
    public int KeyTokens { get; set; }

    /// <summary>Width E of the input embedding, 1 to 65,536. Required.</summary>
    public int EmbeddingDim { get; set; }

    /// <summary>The published operator to start from. Default: none.</summary>
    public Preset Preset { get; set; }
}
