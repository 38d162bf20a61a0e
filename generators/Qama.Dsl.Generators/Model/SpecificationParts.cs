using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>The selection weight: s = Σ_b 2^b x_b / (2^Bits − 1), with energy Curvature·s².</summary>
internal sealed record SelectionPart(int Bits, double Curvature)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The queries that a selection is made for.</summary>
/// <param name="Scope">Whose it is.</param>
/// <param name="QueryBlock">Queries that share one.</param>
/// <param name="Unit">Keys that are selected together.</param>
/// <param name="Block">Tokens of a causal block.</param>
/// <param name="Memory">Tokens that a head keeps; 0 for no limit.</param>
internal sealed record SelectPart(SelectionScope Scope, int QueryBlock, int Unit, int Block, int Memory)
{
    public static readonly SelectPart PerHead = new(SelectionScope.Head, 1, 1, 0, 0);

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The coupling J: the similarity, plus user terms.</summary>
internal sealed record CouplingPart(Similarity Similarity, double Weight)
{
    public Normalization Normalize { get; init; }

    /// <summary>How J is kept in memory.</summary>
    public CouplingForm Form { get; init; }

    /// <summary>What annealing keeps of features.</summary>
    public FeaturePrecision Features { get; init; }

    /// <summary>Whether J ← (J + Jᵀ)/2. Only the first preset does without, where Σ_{i,j} J[i,j] s_i s_j takes both orders.</summary>
    public bool Symmetrise { get; init; } = true;

    /// <summary>Whether J[i,i] stays, in energy and readout, not normalised. Only in the first preset.</summary>
    public bool KeepDiagonal { get; init; }

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>What is learned of the coupling, inside J.</summary>
internal sealed record LearnedCouplingPart(LearnedCouplingForm Form, bool PerHead, double Weight, double Initial)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The field f: the importance, plus user terms.</summary>
internal sealed record FieldPart(Importance Importance, double Weight, TermScale Scale)
{
    public static readonly FieldPart None = new(Importance.None, 0, TermScale.None);

    /// <summary>The field of user terms alone.</summary>
    public static readonly FieldPart TermsOnly = new(Importance.None, 1, TermScale.None);

    public Normalization Normalize { get; init; }

    public PartOrigin Origin { get; init; } = PartOrigin.Default;

    public double FinalWeight(int tokens) => Scale == TermScale.Tokens ? Weight * tokens : Weight;
}

/// <summary>The penalty between heads. Weight NaN: not given.</summary>
internal sealed record ExclusionPart(double Weight, TermScale Scale)
{
    public ExclusionTarget On { get; init; }

    public bool Hard { get; init; }

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>A bound on every head's Σ_i s. Weight NaN: not given.</summary>
internal sealed record SparsityPart(ConstraintKind Bound, double Count, double Weight, SlackKind Slack)
{
    /// <summary>The bounds that a sparsity attribute has arguments for, named as they are.</summary>
    public static readonly ConstraintKind[] Bounds =
        [ConstraintKind.AtMost, ConstraintKind.AtLeast, ConstraintKind.Exactly];

    /// <summary>Whether every optimum must meet the bound.</summary>
    public bool IsHard => Bound == ConstraintKind.Exactly || Slack == SlackKind.Binary;

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The preference for distant pairs. Weight NaN: not given.</summary>
internal sealed record LongRangePart(int MinDistance, double Weight, LongRangeForm Form, Decay Decay)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The grid that tokens are the cells of.</summary>
internal sealed record GridPart(int Rows, int Columns)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>Which pairs interact.</summary>
internal sealed record MaskPart(MaskPattern Pattern, int Size)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>What <see cref="ModelSpecification.Readout"/> needs to know besides its kind.</summary>
internal sealed record ReadoutOptions(int Reads, double Temperature, bool Weighted)
{
    /// <summary>How the output is normalised.</summary>
    public Normalization Normalize { get; init; }

    /// <summary>Whether the scale of a normalised output starts at 0.</summary>
    public bool StartAtZero { get; init; }

    /// <summary>Whether the temperature is written.</summary>
    public bool HasTemperature { get; init; }

    /// <summary>Where the gradient's temperature comes from.</summary>
    public TemperatureSource TemperatureFrom { get; init; }

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>What happens to the inputs before the energy.</summary>
/// <param name="LayerNorm">Whether they are normalised.</param>
/// <param name="Projected">Whether they already are query, key and value.</param>
/// <param name="Bias">Whether the projections have a bias.</param>
internal sealed record InputPart(bool LayerNorm, bool Projected, bool Bias)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>The machine; numbers of a known device filled in.</summary>
internal sealed record TargetPart(Device Device, int Spins, int Bits)
{
    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}

/// <summary>How the loss reaches coefficients through the selection.</summary>
internal sealed record EstimatorPart(GradientKind Kind)
{
    public double Lambda { get; init; } = 1;

    public int Samples { get; init; } = 16;

    public double Sigma { get; init; } = 1;

    public PerturbationNoise Noise { get; init; }

    public double Beta { get; init; } = 0.1;

    /// <summary>Whether problems are solved again with shifted fields: they have fields then, 0 where the energy declares none, and
    /// nothing bounds them.</summary>
    public bool ShiftsFields => Kind is GradientKind.Blackbox or GradientKind.Perturbed or GradientKind.Nudged;

    /// <summary>Whether the gradient by selection weights is needed.</summary>
    public bool NeedsSlopes => ShiftsFields || Kind == GradientKind.Identity;

    public PartOrigin Origin { get; init; } = PartOrigin.Default;
}
