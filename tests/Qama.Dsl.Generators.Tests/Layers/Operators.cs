namespace Qama.Generators.Tests.Layers;

/// <summary>
/// Declarations for the tests: every similarity with every importance and readout, several times, all else drawn at random
/// (the same each run).
/// </summary>
internal static class Operators
{
    private const int Draws = 3;

    public static IReadOnlyList<Operator> All { get; } = [.. Make()];

    private static IEnumerable<Operator> Make()
    {
        var random = new Random(20250411);
        int number = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            foreach (ReadoutKind readout in Enum.GetValues<ReadoutKind>().Where(r => r != ReadoutKind.Terms))
            {
                foreach (Importance importance in Enum.GetValues<Importance>())
                {
                    // Entropy shares are shares of the entropy that is the field.
                    if (readout == ReadoutKind.EntropyShare && importance != Importance.ValueEntropy)
                    {
                        continue;
                    }

                    foreach (Similarity similarity in Enum.GetValues<Similarity>().Where(s => s != Similarity.None))
                    {
                        yield return Draw(random, $"M{number++}", similarity, importance, readout, firstVersion: false);
                    }

                    yield return Draw(random, $"M{number++}", Similarity.JensenShannon, importance, readout, firstVersion: true);
                }
            }
        }
    }

    private static Operator Draw(
        Random random, string name, Similarity similarity, Importance importance, ReadoutKind readout, bool firstVersion)
    {
        // Most shapes are small; some cross one and two vectors of 8 or 16 numbers.
        bool averages = readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;
        int tokens = !averages && random.Next(3) == 0 ? random.Next(8, 21) : random.Next(2, 9);
        bool grid = random.Next(3) == 0;
        if (grid)
        {
            tokens = Math.Max(4, tokens / 2 * 2);
        }

        int heads = random.Next(1, 4), headDim = random.Next(1, 10);
        bool projected = random.Next(3) == 0;
        MaskPattern[] masks = readout == ReadoutKind.SelectedAttention
            ? [MaskPattern.All, MaskPattern.All, MaskPattern.Window, MaskPattern.Block]
            : [MaskPattern.All, MaskPattern.Window, MaskPattern.Block];
        MaskPattern mask = masks[random.Next(masks.Length)];
        var declared = new Operator
        {
            Name = name,
            Tokens = tokens,
            Heads = heads,
            HeadDim = headDim,
            Width = projected ? heads * headDim : random.Next(2, 18),
            FirstVersion = firstVersion,
            Similarity = similarity,
            NormalizesCouplings = firstVersion || random.Next(3) == 0,
            CouplingWeight = firstVersion ? 1 : Tenths(),
            Importance = importance,
            NormalizesFields = importance != Importance.None && random.Next(3) == 0,
            FieldWeight = Tenths(),
            FieldScale = random.Next(2) == 0 ? TermScale.Tokens : TermScale.None,
            Mask = mask,
            MaskSize = mask is MaskPattern.All ? 0 : random.Next(2, Math.Max(3, tokens - 1)),
            Columns = grid ? 2 : 0,
            Readout = readout,
            Weighted = random.Next(2) == 0,
            Reads = averages ? random.Next(2, 6) : 1,
            Temperature = Tenths(),
            Bits = random.Next(1, 4),
            LayerNorm = random.Next(2) == 0,
            Projected = projected,
            Bias = !projected && random.Next(2) == 0,
            Penalties = Penalty(),
        };
        // Where outputs have enough entries to vary: central differences lose digits where a variance is near 0.
        bool normalizes = readout is ReadoutKind.LocalEnergy or ReadoutKind.SelectedAttention
            && declared.LayerNorm && headDim >= 4 && tokens >= 4 && heads == 2;
        return declared with { NormalizesOutput = normalizes };

        double Tenths() => random.Next(1, 21) / 10.0;

        string Penalty() => random.Next(4) switch
        {
            0 when heads > 1 => "[HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField)]",
            1 => "[Sparsity(AtMost = 2)]",
            _ => "",
        };
    }
}
