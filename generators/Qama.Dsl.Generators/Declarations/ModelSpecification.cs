using System;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Declarations;

/// <summary>A declaration with presets and defaults filled in: every part of the operator, typed.</summary>
internal sealed record ModelSpecification(
    TypeIdentity Type, Preset Preset, int Tokens, int EmbeddingDim, int HeadCount, int HeadDim,
    CouplingPart Coupling, FieldPart Field, ExclusionPart? Exclusion, ReadoutKind Readout, InputPart Inputs)
{
    /// <summary>Fills in a declaration. Numbers out of range stay as they are: validation speaks about them.</summary>
    public static ModelSpecification Resolve(ModelDeclaration declaration)
    {
        DeclaredAttribute? root = declaration.Find(WellKnownNames.QuboAttention);
        var preset = (Preset)(root?.Integer("Preset", 0) ?? 0);
        int tokens = root?.Integer("Tokens", 0) ?? 0;
        int embedding = root?.Integer("EmbeddingDim", 0) ?? 0;
        DeclaredAttribute? heads = declaration.Find(WellKnownNames.Heads);
        int count = heads?.Integer("Count", 0) ?? 0;
        int headDim = heads?.Integer("HeadDim", 0) ?? 0;
        if (headDim == 0 && count > 0)
        {
            headDim = embedding / count;
        }

        return new ModelSpecification(
            declaration.Type, preset, tokens, embedding, count, headDim,
            ReadCoupling(declaration), ReadField(declaration, preset), ReadExclusion(declaration, preset),
            (ReadoutKind)(declaration.Find(WellKnownNames.Readout)?.Integer("Kind", 0) ?? 0),
            new InputPart(LayerNorm: true, Projected: false, Bias: false));
    }

    private static CouplingPart ReadCoupling(ModelDeclaration declaration) =>
        declaration.Find(WellKnownNames.Coupling) is { } written
            ? new CouplingPart((Similarity)written.Integer("Similarity", 0), written.Number("Weight", 1))
            : new CouplingPart(Similarity.ScaledDotProduct, 1);

    private static FieldPart ReadField(ModelDeclaration declaration, Preset preset)
    {
        if (declaration.Find(WellKnownNames.Field) is { } written)
        {
            var field = new FieldPart(
                (Importance)written.Integer("Importance", 0), written.Number("Weight", 1), (TermScale)written.Integer("Scale", 0));
            return field.Weight == 0 ? FieldPart.None : field;
        }

        return preset == Preset.QamaV2 ? new FieldPart(Importance.ValueProjection, 0.16, TermScale.Tokens) : FieldPart.None;
    }

    private static ExclusionPart? ReadExclusion(ModelDeclaration declaration, Preset preset)
    {
        if (declaration.Find(WellKnownNames.HeadExclusion) is { } written)
        {
            double weight = written.Number("Weight", double.NaN);
            return weight == 0 ? null : new ExclusionPart(weight, (TermScale)written.Integer("Scale", 0));
        }

        return preset == Preset.QamaV2 ? new ExclusionPart(0.8, TermScale.MeanField) : null;
    }
}

internal sealed record CouplingPart(Similarity Similarity, double Weight);

internal sealed record FieldPart(Importance Importance, double Weight, TermScale Scale)
{
    public static readonly FieldPart None = new(Importance.None, 0, TermScale.None);

    public double FinalWeight(int tokens) => Scale == TermScale.Tokens ? Weight * tokens : Weight;
}

internal sealed record ExclusionPart(double Weight, TermScale Scale);

/// <summary>What happens to the inputs before the energy.</summary>
internal sealed record InputPart(bool LayerNorm, bool Projected, bool Bias);
