using System.ComponentModel;

namespace Qama.Layers;

/// <summary>
/// The memory of one sample of a batch, as generated kernels see it. Feature-major buffers are [feature, stride]: a row
/// holds one feature of every token, padded to a multiple of 16 (<see cref="Qama.Numerics.Matrices.Padding.Stride"/>).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct SampleBuffers<T>
    where T : unmanaged
{
    /// <summary>Projected query, [heads·dim, stride].</summary>
    public Span<T> Query { get; init; }

    /// <summary>Projected key, [heads·dim, stride].</summary>
    public Span<T> Key { get; init; }

    /// <summary>Projected value, [heads·dim, stride].</summary>
    public Span<T> Value { get; init; }

    /// <summary>Features of rows, a of J[i,j] = Σ a_i b_j before it is made symmetric, [heads, rank, stride]; for couplings kept as features.
    /// The memory of <see cref="Query"/> where queries are the features.</summary>
    public Span<T> RowFeatures { get; init; }

    /// <summary>b, [heads, rank, stride]; likewise of <see cref="Key"/>.</summary>
    public Span<T> ColumnFeatures { get; init; }

    /// <summary>What a head's symmetric products of features are multiplied by to be couplings, [heads]; empty where couplings are
    /// written out.</summary>
    public ReadOnlySpan<double> CouplingScales { get; init; }

    /// <summary>What is then added to the couplings of a head's interacting pairs, [heads]; empty for nothing.</summary>
    public ReadOnlySpan<double> CouplingShifts { get; init; }

    /// <summary>Learned couplings L, [heads or 1, tokens, stride]; empty without.</summary>
    public ReadOnlySpan<T> LearnedCouplings { get; init; }

    /// <summary>J, [heads, tokens, stride]: normalised for the readout, before that for what computes it.</summary>
    public Span<T> Couplings { get; init; }

    /// <summary>f, [heads, stride], normalised or not like J; empty without fields.</summary>
    public Span<T> Fields { get; init; }

    /// <summary>Selection weights s of the read, [heads, stride]; 0 in padding.</summary>
    public Span<T> Selection { get; init; }

    /// <summary>Local energies ε of the read, [heads, stride].</summary>
    public Span<T> LocalEnergies { get; init; }

    /// <summary>∂L/∂query, [heads·dim, stride].</summary>
    public Span<T> QueryGradient { get; init; }

    /// <summary>∂L/∂key, [heads·dim, stride].</summary>
    public Span<T> KeyGradient { get; init; }

    /// <summary>∂L/∂value, [heads·dim, stride].</summary>
    public Span<T> ValueGradient { get; init; }

    /// <summary>∂L/∂a, [heads, rank, stride]; added to by readouts.</summary>
    public Span<T> RowFeaturesGradient { get; init; }

    /// <summary>∂L/∂b, [heads, rank, stride]; added to by readouts.</summary>
    public Span<T> ColumnFeaturesGradient { get; init; }

    /// <summary>Σ G and Σ G P of a head, [heads, 2], with G = ∂L/∂J over pairs and P the symmetric products of features; added to by
    /// readouts. Empty but where couplings that are kept as features are normalised.</summary>
    public Span<double> PairGradientSums { get; init; }

    /// <summary>∂L/∂J, [heads, tokens, stride].</summary>
    public Span<T> CouplingsGradient { get; init; }

    /// <summary>∂L/∂f, [heads, stride].</summary>
    public Span<T> FieldsGradient { get; init; }

    /// <summary>∂L/∂learnables of this sample alone, all after one another; zero on entry.</summary>
    public Span<T> LearnablesGradient { get; init; }

    /// <summary>Scratch of the length the layer asked for; any content.</summary>
    public Span<T> Scratch { get; init; }

    /// <summary>Tokens present, as queries where keys are a sequence of their own; the others are padding. Of pairs of some tokens with
    /// others, the columns.</summary>
    public int TokenCount { get; init; }

    /// <summary>The head, where memory is of one head alone: in layers whose selections are causal. There query is of rows, key and value
    /// of columns, J the similarity before anything else becomes of it, and what is not wanted is empty.</summary>
    public int Head { get; init; }

    /// <summary>Heads in front of those that are computed, which another thread computes meanwhile; 0 for none.</summary>
    public int HeadsBefore { get; init; }

    /// <summary>Heads behind those that are computed; 0 for none.</summary>
    public int HeadsAfter { get; init; }

    /// <summary>How many parts of the heads <see cref="Scratch"/> is enough for; 0 or 1 where heads are not divided.</summary>
    internal int Parts { get; init; }

    /// <summary>Rows of pairs of some tokens with others.</summary>
    public int RowCount { get; init; }

    /// <summary>Positions of such rows' tokens in their sequence.</summary>
    public ReadOnlySpan<int> RowPositions { get; init; }

    /// <summary>Positions of such columns' tokens in their sequence.</summary>
    public ReadOnlySpan<int> ColumnPositions { get; init; }

    /// <summary>Keys and values present: the tokens present but where keys are a sequence of their own.</summary>
    public int KeyCount { get; init; }
}
