using System.Globalization;
using System.Text;

namespace Qama.Generators.Tests.Layers;

/// <summary>A declaration as the choices it makes, with nothing left to defaults.</summary>
internal sealed record Operator
{
    public required string Name { get; init; }

    public required int Tokens { get; init; }

    public required int Heads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Width E of the input.</summary>
    public required int Width { get; init; }

    /// <summary>Couplings of the first version: Jensen-Shannon, batch-normed, not symmetrised, diagonal kept.</summary>
    public bool FirstVersion { get; init; }

    public Similarity Similarity { get; init; }

    public bool NormalizesCouplings { get; init; }

    public double CouplingWeight { get; init; } = 1;

    /// <summary>What is learned of couplings, beside the similarity or instead of it; null for nothing.</summary>
    public LearnedCouplingForm? Learned { get; init; }

    public bool LearnedPerHead { get; init; }

    public double LearnedWeight { get; init; } = 1;

    public Importance Importance { get; init; }

    public bool NormalizesFields { get; init; }

    public double FieldWeight { get; init; } = 1;

    public TermScale FieldScale { get; init; }

    public MaskPattern Mask { get; init; }

    public int MaskSize { get; init; }

    /// <summary>Columns of the grid; 0 for a line.</summary>
    public int Columns { get; init; }

    public ReadoutKind Readout { get; init; }

    public bool Weighted { get; init; }

    /// <summary>Whether the declaration asks for it; entropy shares always are.</summary>
    public bool NormalizesOutput { get => field || Readout == ReadoutKind.EntropyShare; init; }

    public int Reads { get; init; } = 1;

    /// <summary>Whether the output is a mean over reads at a temperature.</summary>
    public bool AveragesReads => Readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;

    public double Temperature { get; init; } = 1;

    public int Bits { get; init; } = 1;

    public bool LayerNorm { get; init; }

    public bool Projected { get; init; }

    public bool Bias { get; init; }

    /// <summary>Whether couplings are asked to be kept as features.</summary>
    public bool IsFactored { get; init; }

    /// <summary>Methods of the class, as C#.</summary>
    public string Members { get; init; } = "";

    /// <summary>How the loss reaches coefficients through the selection.</summary>
    public GradientKind Gradient { get; init; }

    /// <summary>Whether the readout's reads and temperature are written.</summary>
    public bool HasTemperature { get; init; } = true;

    /// <summary>The estimator's numbers, as arguments.</summary>
    public string GradientNumbers { get; init; } = "";


    /// <summary>Further attributes: penalties, which no output depends on once the selection is given.</summary>
    public string Penalties { get; init; } = "";

    public int OutputDim => Heads * HeadDim;

    public bool HasField => Importance != Importance.None;

    public bool HasBatchStatistics => NormalizesCouplings || NormalizesFields || NormalizesOutput;

    public double FinalFieldWeight => FieldScale == TermScale.Tokens ? FieldWeight * Tokens : FieldWeight;

    /// <summary>d(i, j), on the line or the grid.</summary>
    public int Distance(int i, int j) => Columns == 0
        ? Math.Abs(i - j)
        : Math.Max(Math.Abs(i / Columns - j / Columns), Math.Abs(i % Columns - j % Columns));

    /// <summary>Whether two different tokens interact.</summary>
    public bool Interact(int i, int j) => Mask switch
    {
        MaskPattern.Window => Distance(i, j) <= MaskSize,
        MaskPattern.Block => i / MaskSize == j / MaskSize,
        _ => true,
    };

    /// <summary>The declaration as C#.</summary>
    public string Source()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[QuboAttention(Tokens = {Tokens}, EmbeddingDim = {Width}");
        text.AppendLine(FirstVersion ? ", Preset = Preset.QamaV1)]" : ")]");
        Line($"Heads({Heads}, HeadDim = {HeadDim})");
        Line($"SoftSelection(Bits = {Bits})");
        if (Learned is { } learned)
        {
            Line($"LearnedCoupling(Form = LearnedCouplingForm.{learned}, PerHead = {Boolean(LearnedPerHead)}, Weight = {LearnedWeight:R})");
        }

        if (!FirstVersion)
        {
            Line($"Coupling(Similarity.{Similarity}, Weight = {CouplingWeight:R}, Normalize = {Normalise(NormalizesCouplings)}{(IsFactored ? ", Form = CouplingForm.Factored" : "")})");
        }

        if (HasField)
        {
            Line($"Field(Importance.{Importance}, Weight = {FieldWeight:R}, Scale = TermScale.{FieldScale}, Normalize = {Normalise(NormalizesFields)})");
        }
        else if (FirstVersion)
        {
            Line($"Field(Importance.None, Weight = 0)");
        }

        if (Columns > 0)
        {
            Line($"Grid({Tokens / Columns}, {Columns})");
        }

        if (Mask != MaskPattern.All)
        {
            Line($"Mask(MaskPattern.{Mask}, Size = {MaskSize})");
        }

        string reads = HasTemperature
            ? string.Create(CultureInfo.InvariantCulture, $", Reads = {Math.Max(Reads, 2)}, Temperature = {Temperature:R}") : "";
        Line($"Readout(ReadoutKind.{Readout}{reads}, Weighted = {Boolean(Weighted)}, Normalize = {Normalise(NormalizesOutput)})");
        if (Gradient != GradientKind.Energy)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"[Gradient(GradientKind.{Gradient}{GradientNumbers})]");
        }

        Line($"Inputs(LayerNorm = {Boolean(LayerNorm)}, Projected = {Boolean(Projected)}, Bias = {Boolean(Bias)})");
        text.AppendLine(Penalties);
        text.Append(CultureInfo.InvariantCulture, $"public sealed partial class {Name}{(Members.Length == 0 ? ";" : $" {{ {Members} }}")}").AppendLine();
        return text.ToString();

        void Line(FormattableString attribute) => text.Append('[').Append(attribute.ToString(CultureInfo.InvariantCulture)).AppendLine("]");
    }

    public override string ToString() => Source();

    private static string Normalise(bool batch) => batch ? "Normalization.Batch" : "Normalization.None";

    private static string Boolean(bool value) => value ? "true" : "false";
}
