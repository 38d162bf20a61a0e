using System.Globalization;
using Qama.Contract;
using Qama.Numerics.Matrices;

namespace Qama.Layers;

/// <summary>What a declared model is: its shape, the terms of its energy and its parameters. Made by generated code.</summary>
public sealed record ModelDescriptor
{
    /// <summary>Full name of the declared class.</summary>
    public required string Name { get; init; }

    /// <summary>Number of tokens N: of queries, where keys are not as many.</summary>
    public required int Tokens { get; init; }

    /// <summary>Number of keys and values: <see cref="Tokens"/> but where keys are a sequence of their own.</summary>
    public int KeyTokens
    {
        get => field == 0 ? Tokens : field;
        init;
    }

    /// <summary>Whether keys and values are a sequence of their own: cross attention.</summary>
    public bool HasOwnKeys { get; init; }

    /// <summary>Width E of the input.</summary>
    public required int EmbeddingDim { get; init; }

    /// <summary>Number of heads H.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Width D of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Bits B of a selection weight.</summary>
    public required int SelectionBits { get; init; }

    /// <summary>Slack bits of the exported QUBO.</summary>
    public required int SlackCount { get; init; }

    /// <summary>Whether the energy has couplings; without them no memory is needed for any.</summary>
    public bool HasCoupling { get; init; } = true;

    /// <summary>Whether the energy has fields.</summary>
    public required bool HasField { get; init; }

    /// <summary>Whether query, key and value inputs are layer-normalised.</summary>
    public required bool HasLayerNorm { get; init; }

    /// <summary>Whether query, key and value are linear projections of the inputs; otherwise they are the inputs.</summary>
    public required bool HasProjection { get; init; }

    /// <summary>Whether the projections have a bias.</summary>
    public required bool HasProjectionBias { get; init; }

    /// <summary>Whether couplings are batch-normalised per head: off-diagonal, unmasked entries of present tokens.</summary>
    public bool NormalizesCouplings { get; init; }

    /// <summary>Whether fields are batch-normalised per head: present tokens.</summary>
    public bool NormalizesFields { get; init; }

    /// <summary>Whether the output is batch-normalised per head: present tokens, all features.</summary>
    public bool NormalizesOutput { get; init; }

    /// <summary>Whether the learned scale of a normalised output is 0 in a new layer, not 1.</summary>
    public bool OutputStartsAtZero { get; init; }

    /// <summary>Whether J is symmetric. Otherwise the readout sees J as it is and samplers see (J + Jᵀ)/2.</summary>
    public bool HasSymmetricCouplings { get; init; } = true;

    /// <summary>Whether the layer's kernels compute no heads but those asked for (<see cref="SampleBuffers{T}.HeadsBefore"/>,
    /// <see cref="SampleBuffers{T}.HeadsAfter"/>), each independently of others: heads of one sample may then be shared out among threads.</summary>
    public bool DividesHeads { get; init; }

    /// <summary>Whether samplers see J's diagonal; otherwise it is 0 for them.</summary>
    public bool KeepsDiagonal { get; init; }

    /// <summary>Whether the readout reads the similarity before it is made symmetric and normalised: its gradient then goes
    /// there directly.</summary>
    public bool ReadsSimilarity { get; init; }

    /// <summary>The form in which couplings are kept, "factored" or "dense", and the reason, in words.</summary>
    public string CouplingForm { get; init; } = "dense";

    /// <summary>The factor c of couplings that are kept as features, J[h,i,j] = c/2 Σ_r (a_ri b_rj + b_ri a_rj), i ≠ j, before normalisation;
    /// null where they are written out.</summary>
    public double? CouplingFactor { get; init; }

    /// <summary>Features a, and as many b, of a token and head: the rank of couplings, twice this number once they are made symmetric. 0 where
    /// couplings are written out; <see cref="HeadDim"/> where a is the query and b the key.</summary>
    public int CouplingRank
    {
        get => CouplingFactor is null ? 0 : field == 0 ? HeadDim : field;
        init;
    }

    /// <summary>Whether features are computed; otherwise they are query and key themselves.</summary>
    public bool ComputesFeatures { get; init; }

    /// <summary>Largest |i − j| of pairs that interact, of couplings that are kept as features; 0 where distance does not matter.</summary>
    public int CouplingWindow { get; init; }

    /// <summary>Tokens of a block whose pairs interact, of couplings that are kept as features; 0 where all do.</summary>
    public int CouplingBlock { get; init; }

    /// <summary>The learned part of couplings, which is a parameter besides <see cref="Learnables"/>; null without.</summary>
    public LearnedCouplingDescription? LearnedCoupling { get; init; }

    /// <summary>Reads per sample; the output is the mean over them.</summary>
    public int ReadCount { get; init; } = 1;

    /// <summary>The temperature in units of energy at which reads are drawn; null for the lowest energies. With one, the
    /// gradient also goes through the Boltzmann distribution, by <see cref="CouplingWeight"/> and
    /// <see cref="FieldWeight"/>.</summary>
    public double? Temperature { get; init; }

    /// <summary>The source of the temperature in the gradient that a new layer starts with.</summary>
    public TemperatureSource TemperatureFrom { get; init; }

    /// <summary>The path on which the loss reaches coefficients through the selection, and what it costs. <see cref="GradientKind.Covariance"/> with a
    /// temperature and <see cref="GradientKind.Energy"/> without one unless set.</summary>
    public GradientDescription Gradient
    {
        get => field ?? new GradientDescription(Temperature is null ? GradientKind.Energy : GradientKind.Covariance);
        init;
    }

    /// <summary>The final weight w_J of couplings in the energy.</summary>
    public double CouplingWeight { get; init; }

    /// <summary>The final weight w_f of fields in the energy, scale included.</summary>
    public double FieldWeight { get; init; }

    /// <summary>The terms of the energy, in words a person can read.</summary>
    public required IReadOnlyList<TermDescription> Terms { get; init; }

    /// <summary>The hard constraints: head exclusion first, then sparsity in order.</summary>
    public IReadOnlyList<ConstraintDescription> Constraints { get; init; } = [];

    /// <summary>The definitions of J and f with their gradients, in words a person can read.</summary>
    public IReadOnlyList<CoefficientDescription> Coefficients { get; init; } = [];

    /// <summary>The definition of the output, in words a person can read.</summary>
    public string Readout { get; init; } = "";

    /// <summary>The parameters besides those of the input stage (norms and projections) and <see cref="LearnedCoupling"/>.</summary>
    public required IReadOnlyList<LearnableDescription> Learnables { get; init; }

    /// <summary>What is made of a selection, where the runtime reads it out: with a scope other than <see cref="SelectionScope.Head"/>.</summary>
    public ReadoutKind ReadoutKind { get; init; }

    /// <summary>Whether local energies carry the weights of the energy; likewise.</summary>
    public bool WeighsReadout { get; init; }

    /// <summary>The queries that a selection is made for.</summary>
    public SelectionScope Scope { get; init; }

    /// <summary>Tokens of a block, where selections are causal; else 0.</summary>
    public int BlockTokens { get; init; }

    /// <summary>Tokens that each head keeps, where selections are causal and few stay; else 0.</summary>
    public int KeptTokens { get; init; }

    /// <summary>Problems that are solved for a sample of all tokens: those blocks' whose selections a later token reads.</summary>
    public int ProblemCount => Scope == SelectionScope.Causal ? Math.Max(0, Tokens - 1) / Math.Max(1, BlockTokens) : 1;

    /// <summary>Numbers of a stream's state, where selections are causal: query, key, value and field of a block's tokens and of those that
    /// are kept, of all tokens where these all may stay. Else 0.</summary>
    public long StateLength => Scope != SelectionScope.Causal ? 0
        : (long)Padding.Stride(KeptTokens > 0 ? BlockTokens + KeptTokens : Tokens) * ((3 * OutputDim) + (HasField ? HeadCount : 0));
    /// <summary>Consecutive queries that share a selection, of <see cref="SelectionScope.Query"/>.</summary>
    public int QueryBlock { get; init; } = 1;

    /// <summary>Consecutive keys that are selected together, of <see cref="SelectionScope.Query"/>.</summary>
    public int Unit { get; init; } = 1;

    /// <summary>The keys that a query may read, of <see cref="SelectionScope.Query"/>.</summary>
    public MaskPattern Mask { get; init; }

    /// <summary>Largest distance of a window or tokens of a block of <see cref="Mask"/>.</summary>
    public int MaskSize { get; init; }

    /// <summary>Problems of a sample that are solved together.</summary>
    public int ProblemsPerSample => Scope == SelectionScope.Query ? Queries.Problems : 1;

    internal QueryShape Queries => new(Tokens, KeyTokens, QueryBlock, Unit, Mask, MaskSize);

    /// <summary>What samplers solve: this model where a sample is one problem, else the model of one of a sample's problems, whose
    /// tokens are the problem's candidates.</summary>
    public ModelDescriptor Problem
    {
        get => field ?? this;
        init;
    }

    /// <summary>Selection bits of a problem: H·N·B, N the tokens of <see cref="Problem"/>.</summary>
    public int VariableCount => HeadCount * Problem.Tokens * SelectionBits;

    /// <summary>Spins of a problem on a machine: selection bits, slack bits, and the auxiliary spin that carries fields.</summary>
    public required int SpinCount { get; init; }

    /// <summary>Width H·D of query, key, value and output.</summary>
    public int OutputDim => HeadCount * HeadDim;

    /// <summary>The model in a line: its name and shape.</summary>
    /// <remarks>Not all properties, as of other records: <see cref="Problem"/> may be the model itself.</remarks>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Tokens} tokens of width {EmbeddingDim}, {HeadCount} heads of width {HeadDim}, {VariableCount} variables a problem");
}

/// <summary>One term of the energy.</summary>
/// <param name="Name">The word it was declared with.</param>
/// <param name="Formula">The term's energy as mathematics, final weight included.</param>
/// <param name="Weight">The term's final weight.</param>
public sealed record TermDescription(string Name, string Formula, double Weight);

/// <summary>The definition of a coefficient.</summary>
/// <param name="Name">J[h,i,j] or f[h,i].</param>
/// <param name="Formula">The definition as mathematics: J before it is made symmetric, with q of token i and k of token j.</param>
/// <param name="Gradients">The derivatives by query, key or value and by learnables, each as an equation; a long one is cut
/// and ends with an ellipsis.</param>
public sealed record CoefficientDescription(string Name, string Formula, IReadOnlyList<string> Gradients);

/// <summary>A trainable parameter of the energy or the readout.</summary>
/// <param name="Name">The name in <see cref="ParameterCollection{T}"/>.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Initial">The first value; NaN draws from the standard normal distribution.</param>
public sealed record LearnableDescription(string Name, IReadOnlyList<int> Shape, double Initial)
{
    /// <summary>Whether every head has its own, along the shape's first dimension.</summary>
    public bool PerHead { get; init; }

    /// <summary>Number of elements.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => a * b);
}
