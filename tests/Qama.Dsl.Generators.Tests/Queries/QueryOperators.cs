namespace Qama.Generators.Tests.Queries;

/// <summary>Declarations for the tests: every readout with every mask, all else drawn at random (the same each run).</summary>
internal static class QueryOperators
{
    public static IReadOnlyList<QueryOperator> All { get; } = [.. Make()];

    private static readonly Lazy<CompiledQueries<double>> _compiled = new(() => new CompiledQueries<double>([.. All!.Select(o => o.Source())]));

    public static IEnumerable<QueryCase> Cases => All.Select(o => new QueryCase(o, _compiled.Value.Create(o.Name)));

    private static IEnumerable<QueryOperator> Make()
    {
        var random = new Random(20260612);
        int number = 0;
        foreach (ReadoutKind readout in Enum.GetValues<ReadoutKind>().Where(r => r is not (ReadoutKind.EntropyShare or ReadoutKind.Terms)))
        {
            foreach (MaskPattern mask in Enum.GetValues<MaskPattern>())
            {
                for (int draw = 0; draw < 6; draw++)
                {
                    yield return Draw(random, $"Q{number++}", readout, mask);
                }
            }
        }
    }

    private static QueryOperator Draw(Random random, string name, ReadoutKind readout, MaskPattern mask)
    {
        int tokens = random.Next(2, 8), heads = random.Next(1, 3), size = 0, block = random.Next(1, 4);
        block = Math.Min(block, mask == MaskPattern.Causal ? Math.Max(1, tokens / 2) : tokens);
        if (mask == MaskPattern.Window)
        {
            size = random.Next(1, tokens);
            block = Math.Min(block, size + 1);
        }
        else if (mask == MaskPattern.Block)
        {
            size = block * random.Next(1, 3);
        }

        Importance[] importances = [Importance.None, Importance.ValueProjection, Importance.ValueNorm];
        bool averages = readout is ReadoutKind.Expectation or ReadoutKind.MarginalAttention;
        bool batch = mask != MaskPattern.Causal && random.Next(3) == 0;
        Importance importance = importances[random.Next(3)];
        int unit = random.Next(1, 4);
        var declared = new QueryOperator
        {
            Name = name,
            Tokens = tokens,
            KeyTokens = mask == MaskPattern.All && random.Next(2) == 0 ? random.Next(1, 21) : 0,
            Heads = heads,
            HeadDim = random.Next(1, 6),
            Width = random.Next(2, 9),
            QueryBlock = block,
            Unit = Math.Min(unit, mask switch { MaskPattern.Window => (2 * size) + 2 - block, MaskPattern.Block => Math.Min(size, tokens), MaskPattern.Causal when block > 1 => Math.Min(block, tokens), _ => tokens }),
            Mask = mask,
            MaskSize = size,
            Similarity = (Similarity)random.Next(4),
            NormalizesCouplings = batch && random.Next(2) == 0,
            CouplingWeight = Tenths(),
            Importance = importance,
            NormalizesFields = batch && importance != Importance.None && random.Next(2) == 0,
            FieldWeight = Tenths(),
            FieldScale = random.Next(2) == 0 ? TermScale.Tokens : TermScale.None,
            Readout = readout,
            Weighted = !averages && readout == ReadoutKind.LocalEnergy && random.Next(2) == 0,
            NormalizesOutput = batch && !averages && tokens >= 4,
            Reads = averages ? random.Next(2, 5) : 1,
            Temperature = Tenths(),
            Bits = random.Next(1, 3),
            Curvature = random.Next(3) == 0 ? Tenths() : 0,
            Learned = random.Next(2) == 0 ? (LearnedCouplingForm)random.Next(2) : null,
            LearnedPerHead = random.Next(2) == 0,
            LearnedWeight = Tenths(),
            LongRange = random.Next(3) == 0 ? Tenths() : 0,
            HasTerms = random.Next(3) == 0,
            Exclusion = heads > 1 && random.Next(2) == 0 ? Tenths() : 0,
            LayerNorm = random.Next(2) == 0,
        };
        declared = declared with { Unit = Math.Max(1, Math.Min(declared.Unit, declared.Keys)) };
        return declared.Keys < 3 ? declared with { LongRange = 0 } : declared;

        double Tenths() => random.Next(1, 16) / 10.0;
    }
}
