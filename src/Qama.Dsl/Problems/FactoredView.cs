namespace Qama.Problems;

/// <summary>
/// The coefficients of one problem of a declared model whose couplings are a product of features of tokens and are never
/// written down: J[h,i,j] = Factor/2 Σ_d (a[h,d,i] b[h,d,j] + b[h,d,i] a[h,d,j]) for i ≠ j, and 0 for i = j.
/// </summary>
/// <param name="rows">a, [heads, rank, stride]: the features of queries; rows of tokens are padded to a multiple of 16 floats
/// of any content.</param>
/// <param name="columns">b, [heads, rank, stride]: those of keys.</param>
/// <param name="fields">f, [heads, stride]; empty where the model has none.</param>
/// <param name="rank">Features of a token and head, D.</param>
/// <param name="factor">What products of features are multiplied by.</param>
/// <param name="tokenCount">Tokens present; the others are padding and never selected.</param>
public readonly ref struct FactoredView(
    ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, ReadOnlySpan<float> fields, int rank, double factor, int tokenCount)
{
    /// <summary>a, [heads, rank, stride].</summary>
    public ReadOnlySpan<float> Rows { get; } = rows;

    /// <summary>b, [heads, rank, stride].</summary>
    public ReadOnlySpan<float> Columns { get; } = columns;

    /// <summary>f, [heads, stride]; empty where the model has none.</summary>
    public ReadOnlySpan<float> Fields { get; } = fields;

    /// <summary>Features of a token and head.</summary>
    public int Rank { get; } = rank;

    /// <summary>What products of features are multiplied by.</summary>
    public double Factor { get; } = factor;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = tokenCount;

    /// <summary>What does not depend on pairs, in the form that it has beside couplings.</summary>
    internal ProblemView WithoutCouplings => new(default, Fields, TokenCount);

    /// <summary>Checks the lengths.</summary>
    /// <exception cref="ArgumentException">A length or the token count does not fit.</exception>
    internal void Check(int heads, int tokens, int stride, bool hasField, string argument)
    {
        if ((uint)TokenCount > (uint)tokens)
        {
            throw new ArgumentException($"Expected a token count in 0..{tokens}, got {TokenCount}.", argument);
        }

        long features = (long)heads * Rank * stride;
        if (Rank < 1 || Rows.Length < features || Columns.Length < features)
        {
            throw new ArgumentException(
                $"Expected {features} padded features of rank 1 or more on both sides, "
                + $"got {Rows.Length} and {Columns.Length} of rank {Rank}.",
                argument);
        }

        if (hasField && Fields.Length < (long)heads * stride)
        {
            throw new ArgumentException($"Expected {(long)heads * stride} padded fields, got {Fields.Length}.", argument);
        }
    }
}
