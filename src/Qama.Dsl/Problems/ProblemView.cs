namespace Qama.Problems;

/// <summary>The coefficients of one problem of a declared model, as generated code reads them.</summary>
/// <param name="couplings">J, [heads, tokens, stride]: rows are padded with zeros to a multiple of 16 floats; symmetric,
/// zero towards padded tokens, zero diagonal unless the model keeps it.</param>
/// <param name="fields">f, [heads, stride]; empty where the model has none.</param>
/// <param name="tokenCount">Tokens present; the others are padding and never selected.</param>
/// <param name="penaltyWeights">Weights of hard constraints that are computed from the coefficients, in the model's order.</param>
public readonly ref struct ProblemView(
    ReadOnlySpan<float> couplings, ReadOnlySpan<float> fields, int tokenCount, ReadOnlySpan<double> penaltyWeights = default)
{
    /// <summary>J, [heads, tokens, stride].</summary>
    public ReadOnlySpan<float> Couplings { get; } = couplings;

    /// <summary>f, [heads, stride]; empty where the model has none.</summary>
    public ReadOnlySpan<float> Fields { get; } = fields;

    /// <summary>Weights of hard constraints that are computed from the coefficients.</summary>
    public ReadOnlySpan<double> PenaltyWeights { get; } = penaltyWeights;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = tokenCount;
}
