using System.Collections.Generic;
using System.Globalization;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Some rows of the pairs of tokens, worked on at a time: the variables that say which, and what holds those rows only.</summary>
internal sealed class PairRows(IEnumerable<Symbol> memories)
{
    /// <summary>The first row.</summary>
    public const string First = "first";

    /// <summary>The row after the last of a token that is present.</summary>
    public const string End = "end";

    /// <summary>Most rows there can be.</summary>
    public static readonly string Size = ScratchPlan.RowsOfBlock.ToString(CultureInfo.InvariantCulture);

    private readonly HashSet<Symbol> _memories = [.. memories];

    /// <summary>Whether a model has so few tokens that the rows are all there are.</summary>
    public static bool AreAll(KernelPlan plan) => plan.KernelTokens <= ScratchPlan.RowsOfBlock;

    /// <summary>Number of some rows, or of all, absent tokens included.</summary>
    public static string Count(KernelPlan plan, PairRows? rows) => rows is null ? All(plan) : "rows";

    /// <summary>Number of all rows, absent tokens included where rows and columns are the same tokens.</summary>
    public static string All(KernelPlan plan) => plan.IsRectangular ? "rowCount" : "Tokens";

    /// <summary>Number of rows of tokens that are present.</summary>
    public static string Present(KernelPlan plan) => plan.IsRectangular ? "rowCount" : "tokenCount";

    /// <summary>Whether a memory starts with the first of these rows.</summary>
    public bool Holds(Symbol memory) => _memories.Contains(memory);

    /// <summary>A memory [.., tokens] from the first of some rows on.</summary>
    public static string From(PairRows? rows, string memory) => rows is null ? memory : $"{memory}.Slice({First})";
}
