using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Model;

/// <summary>
/// Resolves a declaration: a part that has an attribute is what the attribute says, arguments left out taking the
/// attribute's own defaults; other parts are the preset's, or the defaults without one. Weight = 0 beside a preset removes
/// the part.
/// </summary>
internal sealed class SpecificationReader
{
    private readonly ModelDeclaration _declaration;
    private readonly Preset _preset;

    /// <summary>Origin of parts that no attribute of their own describes.</summary>
    private readonly PartOrigin _given;

    private SpecificationReader(ModelDeclaration declaration)
    {
        _declaration = declaration;
        DeclaredAttribute? root = declaration.Find(WellKnownNames.QuboAttention);
        _preset = (Preset)(root?.Integer("Preset", 0) ?? 0);
        _given = _preset == Preset.None || root is null
            ? PartOrigin.Default
            : new PartOrigin(OriginKind.Preset, root.Ordinal);
    }

    public static ModelSpecification Read(ModelDeclaration declaration) => new SpecificationReader(declaration).Read();

    private ModelSpecification Read()
    {
        DeclaredAttribute? root = _declaration.Find(WellKnownNames.QuboAttention);
        DeclaredAttribute? heads = _declaration.Find(WellKnownNames.Heads);
        int embedding = root?.Integer("EmbeddingDim", 0) ?? 0;
        int count = heads?.Integer("Count", 0) ?? 0;
        int headDim = heads?.Integer("HeadDim", 0) ?? 0;
        if (headDim == 0 && count > 0)
        {
            headDim = embedding / count;
        }

        EstimatorPart gradient = ReadGradient();
        return new ModelSpecification(
            _declaration.Type, _preset, root?.Integer("Tokens", 0) ?? 0, embedding, count, headDim,
            ReadScopedCoupling(), ReadField(gradient), ReadExclusion(), ReadReadout(), ReadInputs())
        {
            KeyTokens = root?.Integer("KeyTokens", 0) ?? 0,
            Select = ReadSelect(),
            Selection = ReadSelection(),
            Sparsity = [.. ReadSparsity()],
            LearnedCoupling = ReadLearnedCoupling(),
            LongRange = ReadLongRange(),
            Grid = ReadGrid(),
            Mask = ReadMask(),
            ReadoutOptions = ReadReadoutOptions(),
            Gradient = gradient,
            Target = ReadTarget(),
            Terms = [.. _declaration.Terms.Where(t => t.IsSound)],
        };
    }

    private SelectPart ReadSelect() =>
        _declaration.Find(WellKnownNames.Select) is { } written
            ? new SelectPart(
                (SelectionScope)written.Integer("Per", 0), written.Integer("QueryBlock", 1), written.Integer("Unit", 1),
                written.Integer("Block", 0), written.Integer("Memory", 0))
            {
                Origin = PartOrigin.Of(written),
            }
            : SelectPart.PerHead with { Scope = _preset == Preset.Boltzmann ? SelectionScope.Query : SelectionScope.Head, Origin = _given };

    private SelectionPart ReadSelection() =>
        _declaration.Find(WellKnownNames.SoftSelection) is { } written
            ? new SelectionPart(written.Integer("Bits", 1), written.Number("Curvature", 0)) { Origin = PartOrigin.Of(written) }
            : new SelectionPart(_preset == Preset.QamaV1 ? 4 : 1, 0) { Origin = _given };

    /// <summary>Where every query has a selection, couplings are those of a query with its keys: nothing to make symmetric.</summary>
    private CouplingPart ReadScopedCoupling() =>
        IsPerQuery ? ReadCoupling() with { Symmetrise = false, KeepDiagonal = true } : ReadCoupling();

    private bool IsPerQuery => ReadSelect().Scope == SelectionScope.Query;

    private CouplingPart ReadCoupling()
    {
        bool hasTerms = _declaration.Terms.Any(t => t.Kind == TermKind.Coupling);
        bool isLearned = _declaration.Find(WellKnownNames.LearnedCoupling) is not null;
        if (_declaration.Find(WellKnownNames.Coupling) is { } written)
        {
            // Terms stay where the preset's similarity is removed.
            if ((hasTerms || isLearned) && IsRemoval(written.Number("Weight", 1)))
            {
                return new CouplingPart(Similarity.None, 1)
                {
                    Form = (CouplingForm)written.Integer("Form", 0),
                    Features = (FeaturePrecision)written.Integer("Features", 0),
                    Origin = PartOrigin.Of(written),
                };
            }

            return new CouplingPart((Similarity)written.Integer("Similarity", 0), written.Number("Weight", 1))
            {
                Normalize = (Normalization)written.Integer("Normalize", 0),
                Form = (CouplingForm)written.Integer("Form", 0),
                Features = (FeaturePrecision)written.Integer("Features", 0),
                Origin = PartOrigin.Of(written),
            };
        }

        // What is learned takes the place of a similarity that nobody asked for; a preset's stays, and that of queries with keys, which is
        // another one than that of keys with each other.
        if (hasTerms || (isLearned && _preset == Preset.None && !IsPerQuery))
        {
            return new CouplingPart(Similarity.None, 1);
        }

        CouplingPart given = _preset switch
        {
            Preset.QamaV1 => new CouplingPart(Similarity.JensenShannon, 1)
            {
                Normalize = Normalization.Batch, Symmetrise = false, KeepDiagonal = true,
            },
            Preset.QamaV2Stable => new CouplingPart(Similarity.ScaledDotProduct, 1) { Normalize = Normalization.Batch },
            _ => new CouplingPart(Similarity.ScaledDotProduct, 1),
        };
        return given with { Origin = _given };
    }

    // Fields that are shifted have a weight where none is declared.
    private FieldPart ReadField(EstimatorPart gradient)
    {
        FieldPart field = ReadField();
        return gradient.ShiftsFields && field is { Importance: Importance.None, Weight: 0 } ? field with { Weight = 1 } : field;
    }

    private FieldPart ReadField()
    {
        FieldPart none = _declaration.Terms.Any(t => t.Kind == TermKind.Field) ? FieldPart.TermsOnly : FieldPart.None;
        if (_declaration.Find(WellKnownNames.Field) is { } written)
        {
            double weight = written.Number("Weight", 1);
            FieldPart field = IsRemoval(weight)
                ? none
                : new FieldPart((Importance)written.Integer("Importance", 0), weight, (TermScale)written.Integer("Scale", 0))
                {
                    Normalize = (Normalization)written.Integer("Normalize", 0),
                };
            return field with { Origin = PartOrigin.Of(written) };
        }

        FieldPart given = _preset switch
        {
            _ when none != FieldPart.None => none,
            Preset.QamaV1 => new FieldPart(Importance.ValueEntropy, 1, TermScale.None) { Normalize = Normalization.Batch },
            Preset.QamaV2 => new FieldPart(Importance.ValueProjection, 0.16, TermScale.Tokens),
            Preset.QamaV2Stable => new FieldPart(Importance.ValueProjection, 1, TermScale.None) { Normalize = Normalization.Batch },
            _ => FieldPart.None,
        };
        return given with { Origin = _given };
    }

    private ExclusionPart? ReadExclusion()
    {
        if (_declaration.Find(WellKnownNames.HeadExclusion) is { } written)
        {
            double weight = written.Number("Weight", double.NaN);
            return IsRemoval(weight)
                ? null
                : new ExclusionPart(weight, (TermScale)written.Integer("Scale", 0))
                {
                    On = (ExclusionTarget)written.Integer("On", 0),
                    Hard = written.Integer("Hard", 0) != 0,
                    Origin = PartOrigin.Of(written),
                };
        }

        return _preset switch
        {
            Preset.QamaV1 => new ExclusionPart(2.0, TermScale.Pairs) { On = ExclusionTarget.Bits, Origin = _given },
            Preset.QamaV2 => new ExclusionPart(0.8, TermScale.MeanField) { Origin = _given },
            Preset.QamaV2Stable => new ExclusionPart(0.25, TermScale.None) { Origin = _given },
            _ => null,
        };
    }

    private IEnumerable<SparsityPart> ReadSparsity()
    {
        foreach (DeclaredAttribute written in _declaration.FindAll(WellKnownNames.Sparsity))
        {
            // Each bound that an attribute gives is a constraint of its own.
            foreach (ConstraintKind bound in SparsityPart.Bounds)
            {
                if (written.Find(bound.ToString()) is { } count)
                {
                    yield return new SparsityPart(
                        bound, count.Value, written.Number("Weight", double.NaN), (SlackKind)written.Integer("Slack", 0))
                    {
                        Origin = PartOrigin.Of(written),
                    };
                }
            }
        }
    }

    private LearnedCouplingPart? ReadLearnedCoupling() =>
        _declaration.Find(WellKnownNames.LearnedCoupling) is { } written
            ? IsRemoval(written.Number("Weight", 1)) ? null : new LearnedCouplingPart(
                (LearnedCouplingForm)written.Integer("Form", 0), written.Integer("PerHead", 0) != 0, written.Number("Weight", 1),
                written.Number("Initial", 0))
            {
                Origin = PartOrigin.Of(written),
            }
            : _preset == Preset.Boltzmann ? new LearnedCouplingPart(LearnedCouplingForm.Static, false, 1, 0) { Origin = _given }
            : null;

    private LongRangePart? ReadLongRange()
    {
        if (_declaration.Find(WellKnownNames.LongRange) is not { } written)
        {
            return null;
        }

        double weight = written.Number("Weight", double.NaN);
        return IsRemoval(weight)
            ? null
            : new LongRangePart(
                written.Integer("MinDistance", 0), weight, (LongRangeForm)written.Integer("Form", 0),
                (Decay)written.Integer("Decay", 0))
            {
                Origin = PartOrigin.Of(written),
            };
    }

    private GridPart? ReadGrid() =>
        _declaration.Find(WellKnownNames.Grid) is { } written
            ? new GridPart(written.Integer("Rows", 0), written.Integer("Columns", 0)) { Origin = PartOrigin.Of(written) }
            : null;

    private MaskPart ReadMask() =>
        _declaration.Find(WellKnownNames.Mask) is { } written
            ? new MaskPart((MaskPattern)written.Integer("Pattern", 0), written.Integer("Size", 0))
            {
                Origin = PartOrigin.Of(written),
            }
            : new MaskPart(_preset == Preset.Boltzmann ? MaskPattern.Causal : MaskPattern.All, 0) { Origin = _given };

    private bool HasReadoutTerms => _declaration.Terms.Any(t => t.Kind == TermKind.Readout);

    private ReadoutKind ReadReadout() =>
        _declaration.Find(WellKnownNames.Readout) is { } written ? (ReadoutKind)written.Integer("Kind", 0)
        : HasReadoutTerms ? ReadoutKind.Terms
        : _preset == Preset.QamaV1 ? ReadoutKind.EntropyShare
        : _preset == Preset.Boltzmann ? ReadoutKind.MarginalAttention
        : ReadoutKind.LocalEnergy;

    private ReadoutOptions ReadReadoutOptions() =>
        _declaration.Find(WellKnownNames.Readout) is { } written
            ? new ReadoutOptions(
                written.Integer("Reads", 16), written.Number("Temperature", 1), written.Integer("Weighted", 0) != 0)
            {
                Normalize = (Normalization)written.Integer("Normalize", 0),
                StartAtZero = written.Integer("StartAtZero", 0) != 0,
                HasTemperature = written.Find("Temperature") is not null,
                TemperatureFrom = (TemperatureSource)written.Integer("TemperatureFrom", 0),
                Origin = PartOrigin.Of(written),
            }
            : HasReadoutTerms ? new ReadoutOptions(16, 1, false)
            : new ReadoutOptions(16, 1, false)
            {
                Normalize = _preset == Preset.QamaV2Stable ? Normalization.Batch : Normalization.None,
                StartAtZero = _preset == Preset.QamaV2Stable,
                Origin = _given,
            };

    private EstimatorPart ReadGradient() =>
        _declaration.Find(WellKnownNames.Gradient) is { } written
            ? new EstimatorPart((GradientKind)written.Integer("Kind", 0))
            {
                Lambda = written.Number("Lambda", 1),
                Samples = written.Integer("Samples", 16),
                Sigma = written.Number("Sigma", 1),
                Noise = (PerturbationNoise)written.Integer("Noise", 0),
                Beta = written.Number("Beta", 0.1),
                Origin = PartOrigin.Of(written),
            }
            : new EstimatorPart(ReadReadout() is ReadoutKind.Expectation or ReadoutKind.MarginalAttention ? GradientKind.Covariance : GradientKind.Energy)
            {
                Origin = _given,
            };

    private InputPart ReadInputs() =>
        _declaration.Find(WellKnownNames.Inputs) is { } written
            ? new InputPart(
                written.Integer("LayerNorm", 1) != 0, written.Integer("Projected", 0) != 0, written.Integer("Bias", 0) != 0)
            {
                Origin = PartOrigin.Of(written),
            }
        : _preset == Preset.QamaV1 ? new InputPart(LayerNorm: false, Projected: true, Bias: false) { Origin = _given }
        : new InputPart(LayerNorm: true, Projected: false, Bias: false) { Origin = _given };

    private TargetPart? ReadTarget()
    {
        if (_declaration.Find(WellKnownNames.Target) is not { } written)
        {
            return null;
        }

        var device = (Device)written.Integer("Device", 0);
        (int spins, int bits) = Machines.Of(device);
        return new TargetPart(device, written.Integer("Spins", spins), written.Integer("Bits", bits))
        {
            Origin = PartOrigin.Of(written),
        };
    }

    private bool IsRemoval(double weight) => weight == 0 && _preset != Preset.None;
}
