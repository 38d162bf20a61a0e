namespace Qama.Problems;

/// <summary>
/// The coefficients of one problem of a declared model whose couplings are a product of features of tokens and are never
/// written down: J[h,i,j] = Scales[h]/2 Σ_d (a[h,d,i] b[h,d,j] + b[h,d,i] a[h,d,j]) + Shifts[h] for pairs i ≠ j that
/// interact (<see cref="IDeclaredEnergy.CouplingWindow"/>, <see cref="IDeclaredEnergy.CouplingBlock"/>), and 0 for others.
/// </summary>
/// <param name="rows">a, [heads, rank, stride]: the features of queries; rows of tokens are padded to a multiple of 16 floats
/// of any content.</param>
/// <param name="columns">b, [heads, rank, stride]: those of keys.</param>
/// <param name="fields">f, [heads, stride]; empty where the model has none.</param>
/// <param name="rank">Features of a token and head, D.</param>
/// <param name="scales">What a head's products of features are multiplied by, [heads].</param>
/// <param name="shifts">What is added to the products of a head's pairs, [heads]; empty for nothing.</param>
/// <param name="tokenCount">Tokens present; the others are padding and never selected.</param>
/// <param name="penaltyWeights">Weights of hard constraints that are computed from the coefficients, in the model's order.</param>
public readonly ref struct FactoredView(
    ReadOnlySpan<float> rows, ReadOnlySpan<float> columns, ReadOnlySpan<float> fields, int rank, ReadOnlySpan<double> scales,
    ReadOnlySpan<double> shifts, int tokenCount, ReadOnlySpan<double> penaltyWeights = default)
{
    /// <summary>a, [heads, rank, stride].</summary>
    public ReadOnlySpan<float> Rows { get; } = rows;

    /// <summary>b, [heads, rank, stride].</summary>
    public ReadOnlySpan<float> Columns { get; } = columns;

    /// <summary>f, [heads, stride]; empty where the model has none.</summary>
    public ReadOnlySpan<float> Fields { get; } = fields;

    /// <summary>Features of a token and head.</summary>
    public int Rank { get; } = rank;

    /// <summary>What a head's products of features are multiplied by, [heads].</summary>
    public ReadOnlySpan<double> Scales { get; } = scales;

    /// <summary>What is added to the products of a head's pairs, [heads]; empty for nothing.</summary>
    public ReadOnlySpan<double> Shifts { get; } = shifts;

    /// <summary>Weights of hard constraints that are computed from the coefficients.</summary>
    public ReadOnlySpan<double> PenaltyWeights { get; } = penaltyWeights;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = tokenCount;

    /// <summary>What does not depend on pairs, in the form that it has beside couplings.</summary>
    internal ProblemView WithoutCouplings => new(default, Fields, TokenCount, PenaltyWeights);

    /// <summary>What is added to the products of a head's pairs.</summary>
    internal double ShiftOf(int head) => Shifts.IsEmpty ? 0 : Shifts[head];

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

        if (Scales.Length != heads || (Shifts.Length != heads && !Shifts.IsEmpty))
        {
            throw new ArgumentException(
                $"Expected {heads} scales and as many shifts or none, got {Scales.Length} and {Shifts.Length}.", argument);
        }

        if (hasField && Fields.Length < (long)heads * stride)
        {
            throw new ArgumentException($"Expected {(long)heads * stride} padded fields, got {Fields.Length}.", argument);
        }
    }
}
