namespace Qama.Sampling;

/// <summary>The coefficients of one problem of a declared model, as generated code reads them.</summary>
/// <param name="couplings">J, [heads, tokens, stride]: rows are padded with zeros to a multiple of 16 floats; symmetric,
/// zero diagonal, zero towards padded tokens.</param>
/// <param name="fields">f, [heads, stride]; empty where the model has none.</param>
/// <param name="tokenCount">Tokens present; the others are padding and never selected.</param>
public readonly ref struct ProblemView(ReadOnlySpan<float> couplings, ReadOnlySpan<float> fields, int tokenCount)
{
    /// <summary>J, [heads, tokens, stride].</summary>
    public ReadOnlySpan<float> Couplings { get; } = couplings;

    /// <summary>f, [heads, stride]; empty where the model has none.</summary>
    public ReadOnlySpan<float> Fields { get; } = fields;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = tokenCount;
}
