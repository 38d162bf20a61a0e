using System.Globalization;
using System.Text;

namespace Qama.Generators.Tests.Queries;

/// <summary>A declaration with a selection per query, as the choices it makes.</summary>
internal sealed record QueryOperator
{
    public required string Name { get; init; }

    public required int Tokens { get; init; }

    /// <summary>Keys where they are a sequence of their own; else 0.</summary>
    public int KeyTokens { get; init; }

    public required int Heads { get; init; }

    public required int HeadDim { get; init; }

    public required int Width { get; init; }

    public int QueryBlock { get; init; } = 1;

    public int Unit { get; init; } = 1;

    public MaskPattern Mask { get; init; }

    public int MaskSize { get; init; }

    public Similarity Similarity { get; init; }

    public bool NormalizesCouplings { get; init; }

    public double CouplingWeight { get; init; } = 1;

    public Importance Importance { get; init; }

    public bool NormalizesFields { get; init; }

    public double FieldWeight { get; init; } = 1;

    public TermScale FieldScale { get; init; }

    public ReadoutKind Readout { get; init; }

    public bool Weighted { get; init; }

    public bool NormalizesOutput { get; init; }

    public int Reads { get; init; } = 1;

    public double Temperature { get; init; } = 1;

    public int Bits { get; init; } = 1;

    public double Curvature { get; init; }

    public LearnedCouplingForm? Learned { get; init; }

    public bool LearnedPerHead { get; init; }

    public double LearnedWeight { get; init; } = 1;

    /// <summary>Weight of the penalty of keys nearer than 2; 0 for none.</summary>
    public double LongRange { get; init; }

    /// <summary>Whether there are a user's terms of keys and of pairs of keys.</summary>
    public bool HasTerms { get; init; }

    /// <summary>Weight of the soft exclusion between heads; 0 for none.</summary>
    public double Exclusion { get; init; }

    /// <summary>Bound on units with the weight 2; 0 for none.</summary>
    public int AtMost { get; init; }

    /// <summary>Bound that holds exactly; 0 for none.</summary>
    public int Exactly { get; init; }

    public GradientKind Gradient { get; init; }

    /// <summary>Its numbers, as arguments.</summary>
    public string GradientNumbers { get; init; } = "";

    public bool LayerNorm { get; init; }

    public int Keys => KeyTokens > 0 ? KeyTokens : Tokens;

    public int OutputDim => Heads * HeadDim;

    public int Units => (Keys + Unit - 1) / Unit;

    public int Problems => (Tokens + QueryBlock - 1) / QueryBlock;

    public bool HasField => Importance != Importance.None;

    public bool AveragesReads => Readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;

    public bool HasBatchStatistics => NormalizesCouplings || NormalizesFields || NormalizesOutput;

    /// <summary>Keys that a query may read.</summary>
    public bool Sees(int query, int key) => Mask switch
    {
        MaskPattern.Causal => key <= query,
        MaskPattern.Window => Math.Abs(query - key) <= MaskSize,
        MaskPattern.Block => query / MaskSize == key / MaskSize,
        _ => true,
    };

    /// <summary>Whether a unit is a candidate of a block of queries: all its keys are seen by all of them; behind a causal mask, where the
    /// block has several queries, they are in front of it.</summary>
    public bool IsCandidate(int block, int unit)
    {
        int[] queries = [.. Enumerable.Range(0, Tokens).Where(i => i / QueryBlock == block)];
        return KeysOf(unit).All(j => queries.All(i => Sees(i, j))
            && (Mask != MaskPattern.Causal || QueryBlock == 1 || j < queries[0]));
    }

    public IEnumerable<int> KeysOf(int unit) => Enumerable.Range(0, Keys).Where(j => j / Unit == unit);

    /// <summary>The declaration as C#.</summary>
    public string Source()
    {
        var text = new StringBuilder();
        Line($"QuboAttention(Tokens = {Tokens}{(KeyTokens > 0 ? $", KeyTokens = {KeyTokens}" : "")}, EmbeddingDim = {Width})");
        Line($"Heads({Heads}, HeadDim = {HeadDim})");
        Line($"Select(Per = SelectionScope.Query, QueryBlock = {QueryBlock}, Unit = {Unit})");
        Line($"SoftSelection(Bits = {Bits}, Curvature = {Curvature:R})");
        Line($"Coupling(Similarity.{Similarity}, Weight = {CouplingWeight:R}, Normalize = {Normalise(NormalizesCouplings)})");
        if (HasField)
        {
            Line($"Field(Importance.{Importance}, Weight = {FieldWeight:R}, Scale = TermScale.{FieldScale}, Normalize = {Normalise(NormalizesFields)})");
        }

        if (Mask != MaskPattern.All)
        {
            Line($"Mask(MaskPattern.{Mask}{(Mask == MaskPattern.Causal ? "" : $", Size = {MaskSize}")})");
        }

        if (Learned is { } form)
        {
            Line($"LearnedCoupling(Form = LearnedCouplingForm.{form}, PerHead = {Boolean(LearnedPerHead)}, Weight = {LearnedWeight:R})");
        }

        if (LongRange != 0)
        {
            Line($"LongRange(MinDistance = 2, Weight = {LongRange:R})");
        }

        if (Exclusion != 0)
        {
            Line($"HeadExclusion(Weight = {Exclusion:R})");
        }

        if (AtMost > 0)
        {
            Line($"Sparsity(AtMost = {AtMost}, Weight = 2)");
        }

        if (Exactly > 0)
        {
            Line($"Sparsity(Exactly = {Exactly})");
        }

        if (Gradient != GradientKind.Energy)
        {
            Line($"Gradient(GradientKind.{Gradient}{GradientNumbers})");
        }

        string reads = AveragesReads || Gradient == GradientKind.Covariance ? $", Reads = {Reads}, Temperature = {Temperature.ToString("R", CultureInfo.InvariantCulture)}" : "";
        string weighted = Weighted ? ", Weighted = true" : "";
        Line($"Readout(ReadoutKind.{Readout}{reads}{weighted}, Normalize = {Normalise(NormalizesOutput)})");
        Line($"Inputs(LayerNorm = {Boolean(LayerNorm)})");
        text.Append(CultureInfo.InvariantCulture, $"public sealed partial class {Name}").AppendLine();
        text.AppendLine("{");
        if (HasTerms)
        {
            text.AppendLine("    [TokenTerm(Weight = 0.4)] private static float Late(TokenPosition token) => 0.25f * token.Index;");
            text.AppendLine("    [PairTerm(Weight = 0.3)] private static float Apart(TokenPair pair) => pair.I + 0.5f * pair.Distance;");
        }

        return text.AppendLine("}").ToString();

        void Line(FormattableString attribute) => text.Append('[').Append(attribute.ToString(CultureInfo.InvariantCulture)).AppendLine("]");
    }

    public override string ToString() => Source();

    private static string Normalise(bool batch) => batch ? "Normalization.Batch" : "Normalization.None";

    private static string Boolean(bool value) => value ? "true" : "false";
}
