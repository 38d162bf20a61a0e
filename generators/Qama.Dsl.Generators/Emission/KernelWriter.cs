using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>What kernels of one head have in common: their parameters, scratch memory and lane programs.</summary>
internal sealed class KernelWriter(SourceWriter writer, KernelPlan plan)
{
    private readonly ElementType _element = plan.ElementType;

    public MemoryNames Names { get; } = new(plan);

    public SourceWriter Writer => writer;

    /// <summary>Parameters for the learnables that some programs read, each with a comma in front.</summary>
    public string LearnableParameters(IEnumerable<Symbol> reads) =>
        string.Concat(LearnablesOf(reads).Select(l => $", global::System.ReadOnlySpan<{_element.Name}> {Names.Of(l)}"));

    /// <summary>A kernel's parameters for what one head reads besides its vectors: learnables and the head's number.</summary>
    public string HeadParameters(IReadOnlyCollection<Symbol> reads, PositionTables tables) =>
        LearnableParameters(reads) + Pairs(reads, $"global::System.ReadOnlySpan<{_element.Name}> {MemoryNames.LearnedCouplings}")
        + (NeedsHead(tables) ? ", int head" : "");

    /// <summary>Their arguments for head <c>h</c> where <c>learnables</c> is at hand.</summary>
    public string HeadValues(IReadOnlyCollection<Symbol> reads, PositionTables tables) => string.Concat(LearnablesOf(reads)
        .Select(l => ", " + OfHead(l, $"learnables[{plan.Learnables.IndexOf(l)}].Value")))
        + Pairs(reads, TableOfHead) + (NeedsHead(tables) ? ", h" : "");

    /// <summary>Whether the table of learned couplings is among what is read.</summary>
    public static bool ReadsLearnedCouplings(IReadOnlyCollection<Symbol> reads) => reads.Contains(Symbol.LearnedCoupling);

    private static string Pairs(IReadOnlyCollection<Symbol> reads, string text) => ReadsLearnedCouplings(reads) ? ", " + text : "";

    private string TableOfHead => plan.Specification.LearnedCoupling is { PerHead: true }
        ? "sample.LearnedCouplings.Slice(h * Tokens * TokenStride, Tokens * TokenStride)"
        : "sample.LearnedCouplings";

    /// <summary>A pair kernel's parameters for tokens that are some of a sequence, in front of their number.</summary>
    public string PairParameters => plan.IsCausal
        ? "global::System.ReadOnlySpan<int> rowPositions, global::System.ReadOnlySpan<int> columnPositions, int rowCount, "
        : plan.IsRectangular ? "int rowCount, " : "";

    /// <summary>Their arguments where <c>sample</c> is at hand.</summary>
    public string PairValues => plan.IsCausal ? "sample.RowPositions, sample.ColumnPositions, sample.RowCount, "
        : plan.IsRectangular ? "sample.RowCount, " : "";

    /// <summary>The same of a kernel of single tokens.</summary>
    public string TokenParameters => plan.IsCausal ? "global::System.ReadOnlySpan<int> columnPositions, " : "";

    public string TokenValues => plan.IsCausal ? "sample.ColumnPositions, " : "";

    private static bool NeedsHead(PositionTables tables) => tables.Tables.Any(t => t.PerHead);

    private static string OfHead(Learnable learnable, string all) =>
        learnable.PerHead ? $"{all}.Slice(h * {learnable.LengthOfHead}, {learnable.LengthOfHead})" : all;

    /// <summary>Parameters for the gradients of learnables that some programs write, each with a comma in front.</summary>
    public string GradientParameters(IEnumerable<Symbol> writes) =>
        string.Concat(GradientsOf(writes).Select(l => $", global::System.Span<{_element.Name}> {Names.Of(l)}Gradient"));

    /// <summary>The same parameters' arguments where <c>sample</c> is at hand.</summary>
    public string GradientValues(IEnumerable<Symbol> writes) =>
        string.Concat(GradientsOf(writes).Select(l => $", {GradientOf(l)}"));

    /// <summary>A learnable's part of the sample's gradient memory, of head <c>h</c> where each has its own.</summary>
    public string GradientOf(Learnable learnable)
    {
        int offset = plan.Learnables.TakeWhile(l => l != learnable).Sum(l => l.Length);
        return OfHead(learnable, $"sample.LearnablesGradient.Slice({offset}, {learnable.Length})");
    }

    /// <summary>The loop over heads of a hook that writes gradients. Where heads share a learnable, the part with the first head does all:
    /// such a sum has one order.</summary>
    public string HeadsThatWrite(IEnumerable<Symbol> writes) => GradientsOf(writes).All(l => l.PerHead)
        ? LayerPart.Heads
        : "for (int h = 0; h < (sample.HeadsBefore == 0 ? HeadCount : 0); h++)";

    /// <summary>The learnables among some symbols, in the plan's order.</summary>
    public IEnumerable<Learnable> LearnablesOf(IEnumerable<Symbol> symbols)
    {
        var used = new HashSet<Symbol>(symbols);
        return plan.Learnables.Where(l => used.Contains(l.Symbol));
    }

    private IEnumerable<Learnable> GradientsOf(IEnumerable<Symbol> writes)
    {
        var written = new HashSet<Symbol>(writes);
        return plan.Learnables.Where(l => written.Contains(Symbol.Adjoint(l.Symbol)));
    }

    public void WriteScratch(ScratchPlan scratch)
    {
        foreach (ScratchPart part in scratch.Parts)
        {
            string length = part.Shape switch
            {
                ScratchShape.PerToken => "TokenStride",
                ScratchShape.VectorPerToken => "HeadDim * TokenStride",
                ScratchShape.PerPair => "Tokens * TokenStride",
                ScratchShape.RowBlock when PairRows.AreAll(plan) => "Tokens * TokenStride",
                ScratchShape.ColumnBlock when PairRows.AreAll(plan) => "Tokens * TokenStride",
                ScratchShape.RowBlock => PairRows.Size + " * TokenStride",
                ScratchShape.ColumnBlock => "Tokens * " + PairRows.Size,
                _ => "HeadDim * QamaVector.Count",
            };
            writer.Write($"var {part.Name} = global::Qama.Numerics.Scratch.Take(ref scratch, {length});");
            if (part.Clears)
            {
                writer.Write($"{part.Name}.Clear();");
            }
        }
    }

    /// <summary>Opens a kernel of one head.</summary>
    public void Open(string summary, string name, string parameters) =>
        VectorMethod.Open(writer, summary, _element.Name, name, parameters);

    /// <summary>Writes a program over pairs, or over the tokens of rows or of columns.</summary>
    public void WriteProgram(LaneProgram? program, LaneScope scope, PairRows? rows = null, Tokens side = Tokens.Column)
    {
        if (program is not null)
        {
            // Blocks of rows are for many tokens, tiles for few.
            int tile = scope == LaneScope.Pairs && rows is null ? plan.TileRows(program) : 1;
            string present = PairRows.Present(plan);
            string lanes = scope == LaneScope.Tokens && side == Tokens.Row ? present : "tokenCount";
            LaneProgramWriter.Write(writer, Names, _element, program, scope, rows, tile, present, lanes);
        }
    }

    /// <summary>Values per token that pairs share.</summary>
    public void WriteSlots(CouplingPlan coupling)
    {
        foreach (Slot slot in coupling.Slots)
        {
            Comment(slot.Symbol.Name, slot.Value);
        }

        WriteProgram(coupling.SlotProgram(Tokens.Row), LaneScope.Tokens, side: Tokens.Row);
        WriteProgram(coupling.SlotProgram(Tokens.Column), LaneScope.Tokens);
    }

    /// <summary>A comment that shows an expression as mathematics, where that is short enough to be read; long ones are in the class's
    /// summary.</summary>
    public void Comment(string name, Expression expression)
    {
        string formula = $"// {name} = {MathNotation.Write(expression)}";
        if (formula.Length <= 2 * LineBreaks.Columns)
        {
            writer.Write(formula);
        }
    }

    /// <summary>P[i,j] = scale Σ_d A[d,i] B[d,j], of some rows or of all.</summary>
    public void WriteProduct(Product product, string destination, double scale = 1, PairRows? rows = null) =>
        writer.Write($"""
            global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{_element.Name}>(
                {PairRows.From(rows, Names[product.Row])}, 1, TokenStride, {Names[product.Column]}, TokenStride, {destination}, TokenStride,
                {PairRows.Count(plan, rows)}, HeadDim, TokenStride, {SourceWriter.Literal(_element, scale)}, accumulate: false);
            """);
}
