using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>A declaration with presets and defaults filled in: every part of the operator, typed.</summary>
internal sealed record ModelSpecification(
    TypeIdentity Type, Preset Preset, int Tokens, int EmbeddingDim, int HeadCount, int HeadDim,
    CouplingPart Coupling, FieldPart Field, ExclusionPart? Exclusion, ReadoutKind Readout, InputPart Inputs)
{
    public SelectionPart Selection { get; init; } = new(1, 0);

    /// <summary>Bounds on every head's selection, in source order.</summary>
    public EquatableArray<SparsityPart> Sparsity { get; init; }

    public LongRangePart? LongRange { get; init; }

    public GridPart? Grid { get; init; }

    public MaskPart Mask { get; init; } = new(MaskPattern.All, 0);

    public ReadoutOptions ReadoutOptions { get; init; } = new(16, 1, false);

    /// <summary>Entropy shares, which divide by the field, are never left as they are.</summary>
    public bool NormalizesOutput => Readout == ReadoutKind.EntropyShare || ReadoutOptions.Normalize == Normalization.Batch;

    public EstimatorPart Gradient { get; init; } = new(GradientKind.Energy);

    /// <summary>Whether the gradient is not the readout's own.</summary>
    public bool DeclaresGradient =>
        Gradient.Kind != (Readout == ReadoutKind.Expectation ? GradientKind.Covariance : GradientKind.Energy);

    public TargetPart? Target { get; init; }

    /// <summary>Terms written as methods, as far as they can be expressed.</summary>
    public EquatableArray<DeclaredTerm> Terms { get; init; }

    /// <summary>Whether pairs have a coupling at all: it can be removed from a preset.</summary>
    public bool HasCoupling => Coupling.Weight != 0 && (Coupling.Similarity != Similarity.None || TermsOf(TermKind.Coupling).Any());

    /// <summary>Whether a field is declared.</summary>
    public bool DeclaresField => Field.Importance != Importance.None || TermsOf(TermKind.Field).Any();

    /// <summary>Whether problems have fields: declared ones, or those that the gradient shifts.</summary>
    public bool HasField => DeclaresField || Gradient.ShiftsFields;

    /// <summary>Whether reads are drawn at a temperature.</summary>
    public bool HasTemperature => Readout == ReadoutKind.Expectation || Gradient.Kind == GradientKind.Covariance
        || (Gradient.Kind == GradientKind.Nudged && ReadoutOptions.HasTemperature);

    /// <summary>Reads that the output is the mean over.</summary>
    public int Reads => HasTemperature ? ReadoutOptions.Reads : Gradient.Kind == GradientKind.Perturbed ? Gradient.Samples : 1;

    /// <summary>Distances between tokens, and which pairs interact.</summary>
    public TokenGeometry Geometry => new(Tokens, Grid?.Columns ?? 0, Mask.Pattern, Mask.Size);

    /// <summary>What the model costs on a machine.</summary>
    public SpinBudget Spins => SpinBudget.Of(this);

    public IEnumerable<DeclaredTerm> TermsOf(TermKind kind) => Terms.Where(t => t.Kind == kind);

    /// <summary>Fills in a declaration. Numbers out of range stay as they are: validation speaks about them.</summary>
    public static ModelSpecification Resolve(ModelDeclaration declaration) => SpecificationReader.Read(declaration);
}
