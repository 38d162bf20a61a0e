using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>The shapes of scratch parts.</summary>
internal enum ScratchShape
{
    /// <summary>One number per token.</summary>
    PerToken,

    /// <summary>[HeadDim, tokens].</summary>
    VectorPerToken,

    /// <summary>[tokens, tokens].</summary>
    PerPair,

    /// <summary>[rows of a block, tokens].</summary>
    RowBlock,

    /// <summary>[tokens, rows of a block].</summary>
    ColumnBlock,

    /// <summary>[HeadDim, lanes].</summary>
    VectorPerLane,
}

/// <summary>A part of scratch memory that a kernel names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Clears">Whether it must be zero on entry.</param>
internal sealed record ScratchPart(string Name, ScratchShape Shape, bool Clears = false);

/// <summary>The scratch memory of a kernel for one head.</summary>
internal sealed class ScratchPlan(IEnumerable<ScratchPart> parts)
{
    /// <summary>Lanes of the widest vector, in elements of the smallest type.</summary>
    private const int LargestLaneCount = RowLayout.Width;

    /// <summary>Rows of a pair matrix that the gradient works on at a time: as many as the columns of a tile of
    /// <c>MatrixProduct</c>, so that no product is slower for it.</summary>
    public const int RowsOfBlock = 64;

    /// <summary>The transpose of rows of a pair matrix.</summary>
    public static readonly ScratchPart Transposed = new("transposed", ScratchShape.ColumnBlock);

    public IReadOnlyList<ScratchPart> Parts { get; } = [.. parts];

    /// <summary>Memory of J: slots, and products beyond the first, which stands where J will.</summary>
    public static ScratchPlan For(CouplingPlan plan) => new(
        plan.Slots.Select(s => Of(s.Symbol))
            .Concat(plan.Products.Skip(1).Select(p => Of(p.Symbol)))
            .Concat(Kept(plan.SlotProgram(Tokens.Row), plan.SlotProgram(Tokens.Column), plan.PairProgram)));

    /// <summary>Memory of the gradient of J; <paramref name="symmetric"/>: the given gradient is its own transpose.</summary>
    public static ScratchPlan For(CouplingPlan plan, CouplingGradientPlan gradient, bool symmetric) => new(
        plan.Slots.Select(s => Of(s.Symbol))
            .Concat(plan.Slots.Select(s => Of(Symbol.Adjoint(s.Symbol)) with { Clears = true }))
            .Concat(gradient.MemoriesOfBlocks.Select(symbol => new ScratchPart(symbol.Name, ScratchShape.RowBlock)))
            .Concat(gradient.Products.Any(p => p.Transposes(symmetric)) ? [Transposed] : [])
            .Concat(Kept(plan.SlotProgram(Tokens.Row), plan.SlotProgram(Tokens.Column), gradient.Pair, gradient.Query, gradient.Key)));

    /// <summary>Memory of programs over tokens alone.</summary>
    public static ScratchPlan For(params LaneProgram?[] programs) => new(Kept(programs));

    /// <summary>The name of the memory that keeps the n-th vector between a program's passes.</summary>
    public static string KeptName(int index) => "kept" + index;

    /// <summary>Elements needed.</summary>
    public int Length(int headDim, int tokens, int stride) => Parts.Sum(p => p.Shape switch
    {
        ScratchShape.PerToken => stride,
        ScratchShape.VectorPerToken => headDim * stride,
        ScratchShape.PerPair => tokens * stride,
        ScratchShape.RowBlock => Math.Min(tokens, RowsOfBlock) * stride,
        ScratchShape.ColumnBlock => tokens * Math.Min(stride, RowsOfBlock),
        ScratchShape.VectorPerLane => headDim * LargestLaneCount,
        _ => throw new InvalidOperationException($"Unknown shape {p.Shape}."),
    });

    private static IEnumerable<ScratchPart> Kept(params LaneProgram?[] programs) =>
        Enumerable.Range(0, programs.Max(p => p?.Spilled.Length ?? 0)).Select(i => new ScratchPart(KeptName(i), ScratchShape.VectorPerLane));

    private static ScratchPart Of(Symbol symbol) => new(
        symbol.Name,
        symbol.Tokens == Tokens.Pair ? ScratchShape.PerPair : symbol.IsVector ? ScratchShape.VectorPerToken : ScratchShape.PerToken);
}
