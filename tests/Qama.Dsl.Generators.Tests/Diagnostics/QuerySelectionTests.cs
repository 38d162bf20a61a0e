using Qama.Generators.Model;
using Qama.Generators.Tests.Reading;

namespace Qama.Generators.Tests.Diagnostics;

public class QuerySelectionTests
{
    private const string PerQuery = "Select(Per = SelectionScope.Query)";

    [Theory]
    [InlineData("Tokens = 16", PerQuery)]
    [InlineData("Tokens = 16, KeyTokens = 40", PerQuery)]
    [InlineData("Tokens = 16, KeyTokens = 4", "Select(Per = SelectionScope.Query, QueryBlock = 16, Unit = 4), LongRange(MinDistance = 2, Weight = 1), LearnedCoupling")]
    [InlineData("Tokens = 16, KeyTokens = {|QAMA0050:40|}", "Coupling(Similarity.Cosine)")]
    [InlineData("Tokens = 16, KeyTokens = {|QAMA0051:0|}", PerQuery)]
    [InlineData("Tokens = 16, KeyTokens = {|QAMA0051:16385|}", PerQuery)]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, QueryBlock = {|QAMA0051:0|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, QueryBlock = {|QAMA0051:17|})")]
    [InlineData("Tokens = 16, KeyTokens = 40", "Select(Per = SelectionScope.Query, QueryBlock = 16, Unit = {|QAMA0051:41|})")]
    [InlineData("Tokens = 16, KeyTokens = 40", "Select(Per = SelectionScope.Query), {|QAMA0052:Mask|}(MaskPattern.Causal)")]
    [InlineData("Tokens = 16, KeyTokens = 40", "Select(Per = SelectionScope.Query), {|QAMA0052:Grid|}(4, 4)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, QueryBlock = 8), Mask(MaskPattern.Causal)")]
    [InlineData("Tokens = 16", "{|QAMA0053:Select|}(Per = SelectionScope.Query, QueryBlock = 16), Mask(MaskPattern.Causal)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, QueryBlock = 5), Mask(MaskPattern.Window, Size = 2)")]
    [InlineData("Tokens = 16", "{|QAMA0053:Select|}(Per = SelectionScope.Query, QueryBlock = 6), Mask(MaskPattern.Window, Size = 2)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, QueryBlock = 2), Mask(MaskPattern.Block, Size = 4)")]
    [InlineData("Tokens = 16", "{|QAMA0053:Select|}(Per = SelectionScope.Query, QueryBlock = 3), Mask(MaskPattern.Block, Size = 4)")]
    [InlineData("Tokens = 16", "{|QAMA0053:Select|}(Per = SelectionScope.Query, Unit = 5), Mask(MaskPattern.Block, Size = 4)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Field(Importance.ValueEntropy), {|QAMA0054:Readout|}(ReadoutKind.EntropyShare)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), Coupling(Similarity.Cosine, Normalize = {|QAMA0055:Normalization.Batch|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), Field(Importance.ValueNorm, Normalize = {|QAMA0055:Normalization.Batch|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), Readout(ReadoutKind.LocalEnergy, Normalize = {|QAMA0055:Normalization.Batch|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Block, Size = 4), Coupling(Similarity.Cosine, Normalize = Normalization.Batch)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Grid(4, 4), {|QAMA0056:Mask|}(MaskPattern.Window, Size = 1)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), {|QAMA0202:Sparsity|}(Exactly = {|QAMA0121:4|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), {|QAMA0202:Sparsity|}(Exactly = 4)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Causal), {|QAMA0202:Sparsity|}(AtMost = 4)")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query, Unit = 4), Sparsity(AtMost = {|QAMA0105:5|})")]
    [InlineData("Tokens = 16", "Select(QueryBlock = {|QAMA0029:2|}, Unit = {|QAMA0029:2|})")]
    [InlineData("Tokens = 16", "Select(Per = {|QAMA0015:(SelectionScope)7|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Coupling(Similarity.ScaledDotProduct, Form = {|QAMA0036:CouplingForm.Factored|})")]
    [InlineData("Tokens = 16", "Select(Per = SelectionScope.Query), Mask(MaskPattern.Window, Size = {|QAMA0116:15|})")]
    public async Task Declarations_are_checked(string sizes, string attributes) => await Declared.AssertAsync(
        $"[QuboAttention({sizes}, EmbeddingDim = 8), Heads(2), {attributes}] partial class M;");

    [Fact]
    public async Task Terms_that_compare_queries_with_keys_of_another_sequence_are_found() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = 4, KeyTokens = 6, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Query)]
        partial class M
        {
            [{|QAMA0052:CouplingTerm|}]
            static float Near(Vec q, Vec k, TokenPair pair) => Vec.Dot(q, k) / (1f + pair.Distance);

            [PairTerm(Weight = 0.2)]
            static float Apart(TokenPair pair) => 1f / (1f + pair.Distance);
        }
        """);

    [Fact]
    public async Task A_problem_of_a_query_fits_a_machine_that_a_head_does_not()
    {
        const string Fields = "Field(Importance.ValueNorm)";
        await Declared.AssertAsync(
            "[QuboAttention(Tokens = 400, EmbeddingDim = 8), Heads(2), Coupling(Similarity.Cosine, Form = CouplingForm.Dense), "
            + Fields + ", {|QAMA0301:Target|}(Device.Cpqc550)] partial class M;");
        await Declared.AssertAsync(
            "[QuboAttention(Tokens = 400, EmbeddingDim = 8), Heads(2), Coupling(Similarity.Cosine), Select(Per = SelectionScope.Query), "
            + Fields + ", Mask(MaskPattern.Window, Size = 100), Target(Device.Cpqc550)] partial class M;");
    }

    [Fact]
    public void The_preset_is_what_its_parts_are_written_out()
    {
        ModelSpecification preset = Declare.Resolve((int)Preset.Boltzmann);
        ModelSpecification written = Declare.Resolve(
            (int)Preset.None, Declare.Attribute("Select", ("Per", (int)SelectionScope.Query)),
            Declare.Attribute("Mask", ("Pattern", (int)MaskPattern.Causal)),
            Declare.Attribute("Coupling", ("Similarity", (int)Similarity.ScaledDotProduct)), Declare.Attribute("LearnedCoupling"),
            Declare.Attribute("Readout", ("Kind", (int)ReadoutKind.MarginalAttention)));
        Assert.Equal(Without(written), Without(preset));

        static ModelSpecification Without(ModelSpecification model) => model with
        {
            Preset = 0,
            Select = model.Select with { Origin = PartOrigin.Default },
            Mask = model.Mask with { Origin = PartOrigin.Default },
            Coupling = model.Coupling with { Origin = PartOrigin.Default },
            LearnedCoupling = model.LearnedCoupling! with { Origin = PartOrigin.Default },
            ReadoutOptions = model.ReadoutOptions with { Origin = PartOrigin.Default },
            Field = model.Field with { Origin = PartOrigin.Default },
            Gradient = model.Gradient with { Origin = PartOrigin.Default },
            Selection = model.Selection with { Origin = PartOrigin.Default },
            Inputs = model.Inputs with { Origin = PartOrigin.Default },
        };
    }

    [Fact]
    public void Parts_of_the_preset_can_be_taken_away()
    {
        Assert.Null(Declare.Resolve((int)Preset.Boltzmann, Declare.Attribute("LearnedCoupling", ("Weight", 0.0))).LearnedCoupling);
        Assert.Equal(
            MaskPattern.All,
            (MaskPattern)(int)Declare.Resolve((int)Preset.Boltzmann, Declare.Attribute("Mask", ("Pattern", 0))).Mask.Pattern);
    }
}
