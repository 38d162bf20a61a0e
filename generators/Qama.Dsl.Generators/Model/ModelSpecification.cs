using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>A declaration with presets and defaults filled in: every part of the operator, typed.</summary>
internal sealed record ModelSpecification(
    TypeIdentity Type, Preset Preset, int Tokens, int EmbeddingDim, int HeadCount, int HeadDim,
    CouplingPart Coupling, FieldPart Field, ExclusionPart? Exclusion, ReadoutKind Readout, InputPart Inputs)
{
    public SelectPart Select { get; init; } = SelectPart.PerHead;

    /// <summary>Keys and values where they are not as many as queries; else 0.</summary>
    public int KeyTokens { get; init; }

    public SelectionPart Selection { get; init; } = new(1, 0);

    /// <summary>Whether this is the shape of one problem of a layer, whose coefficients are made from the layer's: <see cref="ProblemShape"/>.</summary>
    public bool IsProblem { get; init; }

    /// <summary>Whether a sample has problems of another shape than its own.</summary>
    public bool HasOwnProblems => Select.Scope != SelectionScope.Head;

    /// <summary>Problems of a sample.</summary>
    public int ProblemCount => Select.Scope == SelectionScope.Query ? Queries.Problems : 1;

    /// <summary>What samplers solve: the model itself, or the shape of one of a sample's problems.</summary>
    public ModelSpecification Problem => ProblemShape.Of(this);

    /// <summary>Tokens of <see cref="Problem"/>, without making it.</summary>
    public int ProblemTokens => ProblemShape.TokensOf(this);

    /// <summary>Tokens that the kernels of coefficients work on at a time: all, or those of a causal problem. Kernels of fewer than a
    /// register's are no faster.</summary>
    public int KernelTokens => Select switch
    {
        { Scope: SelectionScope.Causal, Memory: > 0 } => ProblemShape.TokensOf(this),
        { Scope: SelectionScope.Causal } => System.Math.Max(ProblemShape.TokensOf(this), Contract.RowLayout.Width),
        _ => Keys,
    };

    /// <summary>The first tokens, of which heads exclude each other, of a problem's shape; 0 for all.</summary>
    public int ExclusionTokens { get; init; }

    /// <summary>Bounds on every head's selection, in source order.</summary>
    public EquatableArray<SparsityPart> Sparsity { get; init; }

    /// <summary>The learned part of J; null without.</summary>
    public LearnedCouplingPart? LearnedCoupling { get; init; }

    public LongRangePart? LongRange { get; init; }

    public GridPart? Grid { get; init; }

    public MaskPart Mask { get; init; } = new(MaskPattern.All, 0);

    public ReadoutOptions ReadoutOptions { get; init; } = new(16, 1, false);

    /// <summary>Whether the output is by definition a mean over reads that are drawn at a temperature.</summary>
    public bool AveragesReads => Readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;

    /// <summary>Entropy shares, which divide by the field, are never left as they are.</summary>
    public bool NormalizesOutput => Readout == ReadoutKind.EntropyShare || ReadoutOptions.Normalize == Normalization.Batch;

    public EstimatorPart Gradient { get; init; } = new(GradientKind.Energy);

    /// <summary>Whether the gradient is not the readout's own.</summary>
    public bool DeclaresGradient =>
        Gradient.Kind != (AveragesReads ? GradientKind.Covariance : GradientKind.Energy);

    public TargetPart? Target { get; init; }

    /// <summary>Terms written as methods, as far as they can be expressed.</summary>
    public EquatableArray<DeclaredTerm> Terms { get; init; }

    /// <summary>Whether pairs have a coupling at all: it can be removed from a preset.</summary>
    public bool HasCoupling => Coupling.Weight != 0 && (Coupling.Similarity != Similarity.None || LearnedCoupling is not null || TermsOf(TermKind.Coupling).Any());

    /// <summary>Whether the output is made by methods of the class.</summary>
    public bool HasReadoutTerms => Readout is ReadoutKind.Terms or ReadoutKind.Expectation && TermsOf(TermKind.Readout).Any();

    /// <summary>Whether a field is declared.</summary>
    public bool DeclaresField => Field.Importance != Importance.None || TermsOf(TermKind.Field).Any();

    /// <summary>Whether the layer has fields: declared ones, or those that the gradient shifts. Problems of their own have fields anyway.</summary>
    public bool HasField => DeclaresField || (Gradient.ShiftsFields && !HasOwnProblems);

    /// <summary>Whether reads are drawn at a temperature.</summary>
    public bool HasTemperature => AveragesReads || Gradient.Kind == GradientKind.Covariance
        || (Gradient.Kind == GradientKind.Nudged && ReadoutOptions.HasTemperature);

    /// <summary>Reads that the output is the mean over.</summary>
    public int Reads => HasTemperature ? ReadoutOptions.Reads : Gradient.Kind == GradientKind.Perturbed ? Gradient.Samples : 1;

    /// <summary>Distances between tokens, and which pairs interact.</summary>
    /// <remarks>Where every query has a selection, tokens are keys, and the mask says what queries see: all keys may have to do with each
    /// other.</remarks>
    public TokenGeometry Geometry => Select.Scope == SelectionScope.Query
        ? new(Keys, Grid?.Columns ?? 0, MaskPattern.All, 0)
        : new(Tokens, Grid?.Columns ?? 0, Mask.Pattern, Mask.Size);

    /// <summary>Number of keys and values.</summary>
    public int Keys => HasOwnKeys ? KeyTokens : Tokens;

    /// <summary>Whether keys and values are a sequence of their own.</summary>
    public bool HasOwnKeys => KeyTokens != 0;

    /// <summary>Which keys queries see and select among; numbers out of range are taken as the nearest in it.</summary>
    public QueryShape Queries => new(
        InRange(Tokens), InRange(Keys), InRange(Select.QueryBlock), InRange(Select.Unit), Mask.Pattern, InRange(Mask.Size));

    private static int InRange(int size) => Math.Max(1, Math.Min(size, 1 << 20));


    /// <summary>What a problem of the model costs on a machine.</summary>
    public SpinBudget Spins => SpinBudget.Of(Problem);

    /// <summary>The class: what else there is leads to the problem, which may be this again.</summary>
    public override string ToString() => Type.FullName;

    public IEnumerable<DeclaredTerm> TermsOf(TermKind kind) => Terms.Where(t => t.Kind == kind);

    /// <summary>Fills in a declaration. Numbers out of range stay as they are: validation speaks about them.</summary>
    public static ModelSpecification Resolve(ModelDeclaration declaration) => SpecificationReader.Read(declaration);
}
