using Spectre.Console;

namespace Qama.Examples.Common;

/// <summary>Results as a table for people, no wider than the window, and 80 columns where there is none.</summary>
public static class ResultTable
{
    /// <summary>Prints a table: the first column holds names, the others numbers.</summary>
    /// <param name="headers">Headers; they wrap at spaces where the window is narrow.</param>
    /// <param name="rows">A text per column each.</param>
    /// <param name="console">Where to; null for the standard output.</param>
    public static void Print(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(rows);
        var table = new Table { Border = TableBorder.None };
        for (int i = 0; i < headers.Count; i++)
        {
            table.AddColumn(new TableColumn(new Text(headers[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right });
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(text => new Text(text)));
        }

        console ??= AnsiConsole.Console;
        console.WriteLine();
        console.Write(table);
        console.WriteLine();
    }
}
