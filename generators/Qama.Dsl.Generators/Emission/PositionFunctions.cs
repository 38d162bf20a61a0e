using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Writes functions of positions as static methods, and the tables made of them.</summary>
internal sealed class PositionFunctions(SourceWriter writer, KernelPlan plan)
{
    private static readonly (Symbol Symbol, string Name)[] _locals =
    [
        (Symbol.First, "first"), (Symbol.Second, "second"), (Symbol.Distance, "d"), (Symbol.RowDifference, "rows"),
        (Symbol.ColumnDifference, "columns"), (Symbol.Index, "index"), (Symbol.GridRow, "row"), (Symbol.GridColumn, "column"),
        (Symbol.Head, "head"),
    ];

    private readonly TokenGeometry _geometry = plan.Specification.Geometry;

    /// <summary>Arguments of a function's call: the head only where it matters.</summary>
    public static string Arguments(Expression value, string positions) => value.DependsOnHead ? "h, " + positions : positions;

    /// <summary>A method of type double.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="summary">What it is.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isPair">Whether it is a function of a pair, else of a token.</param>
    /// <param name="isMasked">Whether it is 0 for pairs that do not interact.</param>
    public void WriteFunction(string name, string summary, Expression value, bool isPair, bool isMasked)
    {
        writer.Write($"/// <summary>{SourceWriter.Xml(summary)}</summary>");
        string positions = isPair ? "int i, int j" : "int i";
        writer.Open($"private static double {name}({(value.DependsOnHead ? "int h, " : "")}{positions})");
        if (isMasked)
        {
            writer.Write("""
                if (!Interacts(i, j))
                {
                    return 0;
                }

                """);
        }

        var used = new HashSet<Symbol>(Walk.Nodes([value]).Select(n => n.Symbol).OfType<Symbol>());
        string type = ScalarWriter.IsLiteral(value) ? "int" : "double";
        var names = new Dictionary<Symbol, string>();
        foreach ((Symbol symbol, string local) in _locals.Where(l => used.Contains(l.Symbol)))
        {
            names.Add(symbol, local);
            writer.Write($"{type} {local} = {Text(symbol)};");
        }

        writer.Write($"return {ScalarWriter.Write(writer, value, names)};").Close().Line();
    }

    /// <summary>The tables of a coefficient with the functions they are made of.</summary>
    public void WriteTables(PositionTables tables)
    {
        foreach (PositionTable table in tables.Tables)
        {
            string name = NameOf(table);
            bool isPair = IsPair(table);
            WriteFunction(name + "Of", MathNotation.Write(table.Value) + ".", table.Value, isPair, isMasked: false);
            if (plan.IsCausal)
            {
                continue; // kernels are told positions, and make the tables of those
            }

            string heads = table.PerHead ? "HeadCount" : "1";
            string make = table.Symbol.Tokens == Tokens.Pair
                ? $"OfPairs<{plan.ElementType.Name}>({heads}, Tokens, {(plan.IncludesSelf ? "true" : "false")}, static (h, i, j) => {name}Of({Arguments(table.Value, "i, j")}))"
                : $"OfTokens<{plan.ElementType.Name}>({heads}, Tokens, static (h, i) => {name}Of({Arguments(table.Value, isPair ? "i, i" : "i")}))";
            writer.Write($"""
                /// <summary>The same as a table, {(table.PerHead ? "[HeadCount, " : "[")}{(table.Symbol.Tokens == Tokens.Pair ? "Tokens, TokenStride]" : "TokenStride]")}.</summary>
                private static readonly {plan.ElementType.Name}[] {name} = global::Qama.Problems.PositionTable.{make};

                """);
        }
    }

    /// <summary>The tables as local variables of a kernel, its own head's part where heads differ.</summary>
    public void WriteLocals(PositionTables tables, IReadOnlyCollection<Symbol> reads)
    {
        foreach (PositionTable table in tables.Tables.Where(t => reads.Contains(t.Symbol)))
        {
            if (plan.IsCausal)
            {
                WriteAtPositions(table);
                continue;
            }

            string length = table.Symbol.Tokens == Tokens.Pair ? "Tokens * TokenStride" : "TokenStride";
            string part = table.PerHead ? $"global::System.MemoryExtensions.AsSpan({NameOf(table)}, head * {length}, {length})" : NameOf(table);
            writer.Write($"global::System.ReadOnlySpan<{plan.ElementType.Name}> {table.Symbol.Name} = {part};");
        }
    }

    /// <summary>A table of the positions that a kernel is told.</summary>
    private void WriteAtPositions(PositionTable table)
    {
        (string name, string element) = (table.Symbol.Name, plan.ElementType.Name);
        string head = table.PerHead ? "head" : "0";
        bool pairs = table.Symbol.Tokens == Tokens.Pair;
        writer.Write($"var {name} = global::Qama.Numerics.Scratch.Take(ref scratch, {(pairs ? "Tokens * TokenStride" : "TokenStride")});");
        writer.Write(pairs
            ? $"global::Qama.Problems.PositionTable.WritePairs<{element}>({name}, TokenStride, {head}, rowPositions.Slice(0, rowCount), columnPositions.Slice(0, tokenCount), {(plan.IncludesSelf ? "true" : "false")}, static (h, i, j) => {NameOf(table)}Of({Arguments(table.Value, "i, j")}));"
            : $"global::Qama.Problems.PositionTable.WriteTokens<{element}>({name}, {head}, {(table.Symbol.Tokens == Tokens.Row ? "rowPositions.Slice(0, rowCount)" : "columnPositions.Slice(0, tokenCount)")}, static (h, i) => {NameOf(table)}Of({Arguments(table.Value, IsPair(table) ? "i, i" : "i")}));");
    }

    /// <summary>Whether a table's function takes two positions.</summary>
    private static bool IsPair(PositionTable table) =>
        table.Symbol.Tokens == Tokens.Pair || Uses(table, Symbol.First) || Uses(table, Symbol.Second);

    private static bool Uses(PositionTable table, Symbol symbol) =>
        Walk.Nodes([table.Value]).Any(n => n.Symbol == symbol);

    private static string NameOf(PositionTable table) =>
        char.ToUpperInvariant(table.Symbol.Name[0]) + table.Symbol.Name.Substring(1);

    private string Text(Symbol symbol)
    {
        string columns = _geometry.Columns.ToString(CultureInfo.InvariantCulture);
        return symbol switch
        {
            _ when symbol == Symbol.First || symbol == Symbol.Index => "i",
            _ when symbol == Symbol.Second => "j",
            _ when symbol == Symbol.Distance => "Distance(i, j)",
            _ when symbol == Symbol.RowDifference => $"j / {columns} - i / {columns}",
            _ when symbol == Symbol.ColumnDifference => $"j % {columns} - i % {columns}",
            _ when symbol == Symbol.GridRow => $"i / {columns}",
            _ when symbol == Symbol.GridColumn => $"i % {columns}",
            _ => "h",
        };
    }
}
