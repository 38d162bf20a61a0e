using System.Text;

namespace Qama.Examples.Common;

/// <summary>Tables of Markdown pages.</summary>
public static class MarkdownTable
{
    /// <summary>Appends a table and an empty line.</summary>
    /// <param name="text">The page.</param>
    /// <param name="headers">Headers of the table.</param>
    /// <param name="rows">Its rows, a text per header each.</param>
    public static void Append(StringBuilder text, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(headers);
        Row([.. headers.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            Row(row);
        }

        text.AppendLine();

        void Row(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
    }
}
