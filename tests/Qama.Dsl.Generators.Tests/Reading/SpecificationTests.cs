using System.Reflection;

namespace Qama.Generators.Tests.Reading;

using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

/// <summary>What a declaration resolves to: presets, attributes beside them, defaults.</summary>
public class SpecificationTests
{
    private const int V1 = 1, V2 = 2, Stable = 3;

    [Fact]
    public void Without_a_preset_the_defaults_hold()
    {
        ModelSpecification model = Declare.Resolve(0);
        Assert.Equal((6, 8, 2, 4), (model.Tokens, model.EmbeddingDim, model.HeadCount, model.HeadDim));
        Assert.Equal(new CouplingPart(Similarity.ScaledDotProduct, 1), model.Coupling);
        Assert.Equal(FieldPart.None, model.Field);
        Assert.Null(model.Exclusion);
        Assert.Equal(ReadoutKind.LocalEnergy, model.Readout);
        Assert.Equal(new InputPart(LayerNorm: true, Projected: false, Bias: false), model.Inputs);
        Assert.Equal(new SelectionPart(1, 0), model.Selection);
        Assert.Empty(model.Sparsity);
        Assert.Null(model.LongRange);
        Assert.Null(model.Grid);
        Assert.Null(model.Target);
        Assert.Equal(new MaskPart(MaskPattern.All, 0), model.Mask);
        Assert.Equal(OriginKind.Default, model.Coupling.Origin.Kind);
    }

    [Fact]
    public void The_second_version_is_the_published_operator()
    {
        ModelSpecification model = Declare.Resolve(V2);
        var preset = new PartOrigin(OriginKind.Preset, 0);
        Assert.Equal(new CouplingPart(Similarity.ScaledDotProduct, 1) { Origin = preset }, model.Coupling);
        Assert.Equal(new FieldPart(Importance.ValueProjection, 0.16, TermScale.Tokens) { Origin = preset }, model.Field);
        Assert.Equal(0.96, model.Field.FinalWeight(6), 1e-12);
        Assert.Equal(new ExclusionPart(0.8, TermScale.MeanField) { Origin = preset }, model.Exclusion);
        Assert.Equal(ReadoutKind.LocalEnergy, model.Readout);
        Assert.Equal(new InputPart(true, false, false) { Origin = preset }, model.Inputs);
        Assert.Equal(1, model.Selection.Bits);
    }

    [Fact]
    public void The_first_version_is_the_published_operator()
    {
        ModelSpecification model = Declare.Resolve(V1);
        var preset = new PartOrigin(OriginKind.Preset, 0);
        Assert.Equal(
            new CouplingPart(Similarity.JensenShannon, 1)
            {
                Normalize = Normalization.Batch, Symmetrise = false, KeepDiagonal = true, Origin = preset,
            },
            model.Coupling);
        Assert.Equal(
            new FieldPart(Importance.ValueEntropy, 1, TermScale.None) { Normalize = Normalization.Batch, Origin = preset }, model.Field);
        Assert.Equal(new ExclusionPart(2.0, TermScale.Pairs) { On = ExclusionTarget.Bits, Origin = preset }, model.Exclusion);
        Assert.Equal(ReadoutKind.EntropyShare, model.Readout);
        Assert.Equal(new InputPart(LayerNorm: false, Projected: true, Bias: false) { Origin = preset }, model.Inputs);
        Assert.Equal(new SelectionPart(4, 0) { Origin = preset }, model.Selection);
    }

    [Fact]
    public void The_stable_version_has_coefficients_and_outputs_of_a_known_scale()
    {
        ModelSpecification model = Declare.Resolve(Stable);
        var preset = new PartOrigin(OriginKind.Preset, 0);
        Assert.Equal(
            new CouplingPart(Similarity.ScaledDotProduct, 1) { Normalize = Normalization.Batch, Origin = preset }, model.Coupling);
        Assert.Equal(
            new FieldPart(Importance.ValueProjection, 1, TermScale.None) { Normalize = Normalization.Batch, Origin = preset }, model.Field);
        Assert.Equal(new ExclusionPart(0.25, TermScale.None) { Origin = preset }, model.Exclusion);
        Assert.Equal(ReadoutKind.LocalEnergy, model.Readout);
        Assert.Equal(
            new ReadoutOptions(16, 1, false) { Normalize = Normalization.Batch, StartAtZero = true, Origin = preset }, model.ReadoutOptions);
        Assert.Equal(1, model.Selection.Bits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(V1)]
    [InlineData(V2)]
    [InlineData(Stable)]
    public void An_attribute_replaces_the_presets_part_whole(int preset)
    {
        ModelSpecification model = Declare.Resolve(
            preset,
            Declare.Attribute("Coupling", ("Similarity", (int)Similarity.Cosine)),
            Declare.Attribute("Field", ("Importance", (int)Importance.ValueNorm)),
            Declare.Attribute("HeadExclusion", ("Weight", 3)),
            Declare.Attribute("SoftSelection", ("Curvature", 0.25)),
            Declare.Attribute("Readout", ("Kind", (int)ReadoutKind.SelectedAttention)),
            Declare.Attribute("Inputs", ("Bias", 1)));
        Assert.Equal(new CouplingPart(Similarity.Cosine, 1) { Origin = At(2) }, model.Coupling);
        Assert.Equal(new FieldPart(Importance.ValueNorm, 1, TermScale.None) { Origin = At(3) }, model.Field);
        Assert.Equal(new ExclusionPart(3, TermScale.None) { Origin = At(4) }, model.Exclusion);
        Assert.Equal(new SelectionPart(1, 0.25) { Origin = At(5) }, model.Selection);
        Assert.Equal(ReadoutKind.SelectedAttention, model.Readout);
        Assert.Equal(At(6), model.ReadoutOptions.Origin);
        Assert.Equal(new InputPart(LayerNorm: true, Projected: false, Bias: true) { Origin = At(7) }, model.Inputs);
    }

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    [InlineData(Stable)]
    public void Weight_zero_beside_a_preset_removes_the_part(int preset)
    {
        ModelSpecification model = Declare.Resolve(
            preset,
            Declare.Attribute("Coupling", ("Similarity", 0), ("Weight", 0)),
            Declare.Attribute("Field", ("Importance", 1), ("Weight", 0)),
            Declare.Attribute("HeadExclusion", ("Weight", 0)));
        Assert.False(model.HasCoupling);
        Assert.False(model.HasField);
        Assert.Null(model.Exclusion);
    }

    [Fact]
    public void Weight_zero_without_a_preset_is_left_for_validation()
    {
        ModelSpecification model = Declare.Resolve(
            0, Declare.Attribute("Field", ("Importance", 1), ("Weight", 0)), Declare.Attribute("HeadExclusion", ("Weight", 0)));
        Assert.True(model.HasField);
        Assert.Equal(0, model.Exclusion!.Weight);
    }

    [Fact]
    public void Weights_left_out_are_not_numbers()
    {
        ModelSpecification model = Declare.Resolve(
            0, Declare.Attribute("HeadExclusion", ("Hard", 1)), Declare.Attribute("Sparsity", ("AtMost", 3)),
            Declare.Attribute("LongRange", ("MinDistance", 2)));
        Assert.True(double.IsNaN(model.Exclusion!.Weight) && model.Exclusion.Hard);
        Assert.True(double.IsNaN(model.Sparsity[0].Weight));
        Assert.True(double.IsNaN(model.LongRange!.Weight));
    }

    [Fact]
    public void Every_bound_of_every_sparsity_is_a_constraint()
    {
        ModelSpecification model = Declare.Resolve(
            V2, Declare.Attribute("Sparsity", ("AtMost", 3), ("AtLeast", 1), ("Weight", 2)),
            Declare.Attribute("Sparsity", ("Exactly", 2)), Declare.Attribute("Sparsity", ("AtMost", 4), ("Slack", 1), ("Weight", 0.5)));
        Assert.Equal(
            [
                new SparsityPart(ConstraintKind.AtMost, 3, 2, SlackKind.Binary) { Origin = At(2) },
                new SparsityPart(ConstraintKind.AtLeast, 1, 2, SlackKind.Binary) { Origin = At(2) },
                new SparsityPart(ConstraintKind.Exactly, 2, double.NaN, SlackKind.Binary) { Origin = At(3) },
                new SparsityPart(ConstraintKind.AtMost, 4, 0.5, SlackKind.Unbalanced) { Origin = At(4) },
            ],
            model.Sparsity);
        Assert.Equal([true, true, true, false], model.Sparsity.Select(s => s.IsHard));
    }

    [Fact]
    public void Equal_declarations_resolve_to_equal_specifications()
    {
        DeclaredAttribute[] attributes =
        [
            Declare.Attribute("Sparsity", ("AtMost", 3)), Declare.Attribute("Grid", ("Rows", 2), ("Columns", 3)),
            Declare.Attribute("Target", ("Device", 1)), Declare.Attribute("LongRange", ("MinDistance", 2), ("Weight", 1)),
        ];
        Assert.Equal(Declare.Resolve(V1, attributes), Declare.Resolve(V1, attributes));
        Assert.NotEqual(Declare.Resolve(V1, attributes), Declare.Resolve(V1, attributes[..3]));
    }

    [Theory]
    [InlineData(Device.Cpqc550, 550, 8)]
    [InlineData(Device.Cpqc1000, 1000, 8)]
    [InlineData(Device.Custom, 0, 0)]
    public void Devices_bring_their_numbers(Device device, int spins, int bits)
    {
        TargetPart plain = Declare.Resolve(0, Declare.Attribute("Target", ("Device", (int)device))).Target!;
        Assert.Equal((device, spins, bits), (plain.Device, plain.Spins, plain.Bits));
        TargetPart given = Declare.Resolve(
            0, Declare.Attribute("Target", ("Device", (int)device), ("Spins", 70), ("Bits", 5))).Target!;
        Assert.Equal((70, 5), (given.Spins, given.Bits));
    }

    [Fact]
    public void Broken_and_empty_declarations_resolve()
    {
        ModelSpecification empty = ModelSpecification.Resolve(Declare.Model());
        Assert.Equal((0, 0, 0), (empty.Tokens, empty.HeadCount, empty.HeadDim));
        Assert.Equal(1, empty.Spins.Total);
        ModelSpecification broken = Declare.Resolve(
            0, Declare.Attribute("Sparsity", ("AtMost", double.NaN)), Declare.Attribute("SoftSelection", ("Bits", double.NaN)),
            Declare.Attribute("Mask", ("Pattern", double.NaN), ("Size", -5)), Declare.Attribute("Grid", ("Rows", -1), ("Columns", -1)));
        _ = (broken.Spins.Total, broken.Geometry.PairCount, broken.Geometry.LargestDistance, broken.Geometry.MostPartners);
    }

    [Theory]
    [InlineData(1, 0.0, 2 * 6, 0)]
    [InlineData(4, 0.0, 2 * 6 * 4, 0)]
    [InlineData(1, 3.0, 2 * 6, 2 * 2)] // 0..3: 2 bits a head
    [InlineData(1, 4.0, 2 * 6, 2 * 3)] // 0..4: 3 bits
    [InlineData(2, 4.0, 2 * 6 * 2, 2 * 4)] // 0..12 steps of 1/3: 4 bits
    public void Spins_are_counted(int bits, double most, int variables, int slack)
    {
        var attributes = new List<DeclaredAttribute> { Declare.Attribute("SoftSelection", ("Bits", bits)) };
        if (most > 0)
        {
            attributes.Add(Declare.Attribute("Sparsity", ("AtMost", most)));
            attributes.Add(Declare.Attribute("Sparsity", ("Exactly", 1)));
            attributes.Add(Declare.Attribute("Sparsity", ("AtMost", most), ("Slack", 1), ("Weight", 1)));
        }

        SpinBudget spins = Declare.Resolve(0, [.. attributes]).Spins;
        Assert.Equal((variables, slack, 1), ((int)spins.Variables, (int)spins.SlackCount, spins.Auxiliary));
        Assert.Equal(variables + slack + 1, spins.Total);
        Assert.Equal(most > 0 ? [slack, 0L, 0L] : [], spins.Slack);
    }

    [Fact]
    public void At_least_needs_slack_for_the_rest_of_the_tokens()
    {
        SpinBudget spins = Declare.Resolve(0, Declare.Attribute("Sparsity", ("AtLeast", 5))).Spins;
        Assert.Equal(2 * 1, spins.SlackCount);
    }

    /// <summary>The reader's defaults are the attributes' own: an attribute of which only required arguments are given says
    /// the same as its new instance.</summary>
    [Fact]
    public void Defaults_are_those_of_the_attributes()
    {
        ModelSpecification model = Declare.Resolve(
            0, Declare.Attribute("Coupling", ("Similarity", 0)), Declare.Attribute("Field", ("Importance", 1)),
            Declare.Attribute("HeadExclusion"), Declare.Attribute("SoftSelection"), Declare.Attribute("LongRange"),
            Declare.Attribute("Mask", ("Pattern", 0)), Declare.Attribute("Readout", ("Kind", 0)), Declare.Attribute("Inputs"),
            Declare.Attribute("Sparsity", ("AtMost", 1)));
        AssertSame(new CouplingAttribute(default), model.Coupling);
        AssertSame(new FieldAttribute(default), model.Field, "Importance");
        AssertSame(new HeadExclusionAttribute(), model.Exclusion!);
        AssertSame(new SoftSelectionAttribute(), model.Selection);
        AssertSame(new LongRangeAttribute(), model.LongRange!);
        AssertSame(new MaskAttribute(default), model.Mask);
        AssertSame(new ReadoutAttribute(default), model.ReadoutOptions, "Kind");
        AssertSame(new InputsAttribute(), model.Inputs);
        AssertSame(new SparsityAttribute(), model.Sparsity[0], "AtMost", "AtLeast", "Exactly");
    }

    [Fact]
    public void Names_are_those_of_the_attributes()
    {
        string[] known = [.. typeof(WellKnownNames).GetFields().Select(f => (string)f.GetRawConstantValue()!)];
        foreach (Type attribute in typeof(HeadsAttribute).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == "Qama" && typeof(Attribute).IsAssignableFrom(t)))
        {
            Assert.Contains(attribute.Name[..^"Attribute".Length], known);
        }
    }

    private static void AssertSame(Attribute attribute, object part, params string[] except)
    {
        PropertyInfo[] properties =
            [.. attribute.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)];
        Assert.NotEmpty(properties);
        foreach (PropertyInfo property in properties.Where(p => !except.Contains(p.Name)))
        {
            object? resolved = part.GetType().GetProperty(property.Name)?.GetValue(part);
            object? written = property.GetValue(attribute);
            Assert.NotNull(resolved);
            Assert.Equal(written is Enum ? (int)written : written, resolved is Enum ? (int)resolved : resolved);
        }
    }

    private static PartOrigin At(int ordinal) => new(OriginKind.Attribute, ordinal);
}
