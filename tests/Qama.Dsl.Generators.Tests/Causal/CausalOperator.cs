using System.Globalization;
using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Causal;

/// <summary>A causal declaration as the choices it makes, with the terms that depend on positions as functions.</summary>
internal sealed record CausalOperator(Operator Shape, int Block, int Memory)
{
    /// <summary>Weight of an exclusion between heads; 0 for none.</summary>
    public double Exclusion { get; init; }

    /// <summary>The bound on a head's selection; 0 for none.</summary>
    public int AtMost { get; init; }

    /// <summary>Weight of a long-range penalty of near pairs; 0 for none.</summary>
    public double LongRange { get; init; }

    /// <summary>Whether there are terms of every kind that depend on positions.</summary>
    public bool HasTerms { get; init; }

    /// <summary>Declarations of every kind that there is, drawn at random, the same each run.</summary>
    public static IReadOnlyList<CausalOperator> All { get; } = [.. Enumerable.Range(0, 36).Select(n => Draw(new Random(90_000 + n), n))];

    public int Candidates => Block + Memory;

    /// <summary>w_f, scaled by the tokens of a problem.</summary>
    public double FinalFieldWeight => Shape.FieldScale == TermScale.Tokens ? Shape.FieldWeight * Candidates : Shape.FieldWeight;

    public string Source() => "using Qama;\n" + (Shape with { Penalties = Attributes() }).Source()
        .Replace($"partial class {Shape.Name};", $"partial class {Shape.Name}\n{{\n{(HasTerms ? Terms : "")}\n}}", StringComparison.Ordinal);

    /// <summary>F of query i and key j, with what terms add.</summary>
    public double Similar(double[] q, double[] k, int i, int j) => LiteralLayer.Similar(Shape.Similarity, q, k)
        + (HasTerms ? 0.5 * q.Zip(k, (a, b) => a * b).Sum() / (1 + Shape.Distance(i, j)) : 0);

    /// <summary>f of a value at a position.</summary>
    public double Important(double[] v, double[] g, int i) => LiteralLayer.Important(Shape.Importance, v, g)
        + (HasTerms && Shape.HasField ? 0.25 * v.Sum() * i : 0);

    /// <summary>The penalty of selecting two tokens together.</summary>
    public double PairPenalty(int i, int j) => !Shape.Interact(i, j) ? 0
        : (LongRange > 0 && Shape.Distance(i, j) < 3 ? LongRange : 0) + (HasTerms ? 0.75 * 0.125 * Shape.Distance(i, j) : 0);

    /// <summary>The penalty of selecting a token.</summary>
    public double TokenPenalty(int i) => HasTerms ? 0.5 * 0.25 * i : 0;

    public override string ToString() => Source();

    private string Terms => """
            [CouplingTerm]
            public static float Near(Vec q, Vec k, TokenPair pair) => 0.5f * Vec.Dot(q, k) / (1 + pair.Distance);

            [PairTerm(Weight = 0.75)]
            public static float Apart(TokenPair pair) => 0.125f * pair.Distance;

            [TokenTerm(Weight = 0.5)]
            public static float Late(TokenPosition token) => 0.25f * token.Index;

        """ + (Shape.HasField ? """
            [FieldTerm]
            public static float Later(Vec v, TokenPosition token) => 0.25f * Vec.Sum(v) * token.Index;

        """ : "");

    private string Attributes() => string.Join("\n", new[]
    {
        $"[Select(Per = SelectionScope.Causal, Block = {Block}, Memory = {Memory})]",
        Exclusion > 0 ? Text($"[HeadExclusion(Weight = {Exclusion:R})]") : "",
        AtMost > 0 ? Text($"[Sparsity(AtMost = {AtMost})]") : "",
        LongRange > 0 ? Text($"[LongRange(MinDistance = 3, Weight = {LongRange:R}, Form = LongRangeForm.PenaliseNear, Decay = Decay.Constant)]") : "",
    }.Where(a => a.Length > 0));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static CausalOperator Draw(Random random, int number)
    {
        int tokens = random.Next(3) == 0 ? random.Next(17, 40) : random.Next(2, 12);
        int memory = random.Next(2) == 0 ? 0 : random.Next(1, 6);
        int heads = random.Next(1, 4), headDim = random.Next(1, 7);
        bool projected = random.Next(4) == 0;
        MaskPattern mask = new[] { MaskPattern.All, MaskPattern.All, MaskPattern.Window, MaskPattern.Block }[random.Next(4)];
        Similarity[] similarities =
            [Similarity.ScaledDotProduct, Similarity.Cosine, Similarity.NegativeSquaredDistance, Similarity.JensenShannon];
        Importance[] importances = [Importance.None, Importance.ValueProjection, Importance.ValueNorm];
        var shape = new Operator
        {
            Name = $"C{number}", Tokens = tokens, Heads = heads, HeadDim = headDim,
            Width = projected ? heads * headDim : random.Next(2, 9),
            Similarity = similarities[random.Next(similarities.Length)], CouplingWeight = random.Next(1, 16) / 8.0,
            Importance = importances[random.Next(importances.Length)], FieldWeight = random.Next(1, 16) / 8.0,
            FieldScale = random.Next(3) == 0 ? TermScale.Tokens : TermScale.None,
            Mask = mask, MaskSize = mask == MaskPattern.All ? 0 : random.Next(2, Math.Max(3, tokens - 1)),
            Readout = random.Next(2) == 0 ? ReadoutKind.LocalEnergy : ReadoutKind.SelectedAttention,
            Weighted = random.Next(2) == 0, Bits = memory > 0 ? 1 : random.Next(1, 4),
            LayerNorm = random.Next(2) == 0, Projected = projected, Bias = !projected && random.Next(2) == 0,
        };
        int block = random.Next(1, Math.Min(tokens, 9) + 1);
        return new CausalOperator(shape, block, memory)
        {
            Exclusion = heads > 1 && random.Next(2) == 0 ? memory > 0 ? 3 : 0.5 : 0,
            AtMost = random.Next(3) == 0 ? random.Next(1, memory > 0 ? memory + 1 : Math.Max(2, block)) : 0,
            LongRange = random.Next(3) == 0 ? 0.25 : 0,
            HasTerms = random.Next(2) == 0,
        };
    }
}
