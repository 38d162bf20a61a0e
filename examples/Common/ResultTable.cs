using Spectre.Console;

namespace Qama.Examples.Common;

/// <summary>Results as a table for people, no wider than the window, and 80 columns where there is none.</summary>
public static class ResultTable
{
    private const int Gap = 2;

    /// <summary>Prints a table: the first column holds names, the others numbers.</summary>
    /// <param name="headers">Headers; where the window is narrow, a word a line.</param>
    /// <param name="rows">A text per column each.</param>
    /// <param name="console">Where to; null for the standard output.</param>
    public static void Print(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(rows);
        console ??= AnsiConsole.Console;
        IReadOnlyList<string>[] cells = [.. rows];
        int width = headers.Select((h, i) => Gap + cells.Select(row => row[i].Length).Append(h.Length).Max()).Sum() - Gap;
        var table = new Table { Border = TableBorder.None };
        for (int i = 0; i < headers.Count; i++)
        {
            // Left to itself, the library breaks words. Names may wrap, numbers not.
            string header = width > console.Profile.Width ? headers[i].Replace(' ', '\n') : headers[i];
            table.AddColumn(new TableColumn(new Text(header))
            {
                Alignment = i == 0 ? Justify.Left : Justify.Right, NoWrap = i > 0,
                Padding = new Padding(0, 0, i == headers.Count - 1 ? 0 : Gap, 0),
            });
        }

        foreach (IReadOnlyList<string> row in cells)
        {
            table.AddRow(row.Select(text => new Text(text)));
        }

        console.WriteLine();
        console.Write(table);
        console.WriteLine();
    }
}
