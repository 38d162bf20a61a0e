namespace Qama.Tool.Runs;

/// <summary>What runs found, as tables of a width.</summary>
/// <param name="Tables">Tables: names of the columns, and rows.</param>
/// <param name="Common">What all groups of several say alike, and no table does.</param>
internal sealed record RunTables(
    IReadOnlyList<(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows)> Tables,
    IReadOnlyList<(string Name, string Value)> Common)
{
    private const int Gap = 3; // with the line of a border

    // How it was computed, though it stands behind the course: results do not depend on it.
    private static readonly string[] _circumstances = ["threads"];

    /// <summary>A row for each group; where that is too wide, a row for each value and a column for each group, in as many tables as it
    /// takes.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="width">Characters of a line.</param>
    public static RunTables Of(RunFindings findings, int width)
    {
        (string Name, string[] Cells)[] values =
        [
            ("runs", [.. findings.Rows.Select(r => $"{r.Group.Runs.Count}")]),
            .. findings.Names.Select((name, k) => (name, findings.Rows.Select(r => r.Found[k].Text).ToArray()))
                .Where(v => !_circumstances.Contains(v.name)),
        ];
        (string Name, string[] Cells)[] common =
            findings.Rows.Count < 2 ? [] : [.. values.Where(v => v.Cells.Distinct().Count() == 1)];
        values = [.. values.Except(common)];
        string[] groups = [.. findings.Rows.Select(r => r.Group.Name)];
        IReadOnlyList<string>[] columns = [groups, .. values.Select(v => v.Cells)];
        string[] headers = ["run", .. values.Select(v => v.Name)];
        return new(
            headers.Zip(columns, Width).Sum() <= width
                ? [(headers, [.. groups.Select((_, g) => (IReadOnlyList<string>)[.. columns.Select(c => c[g])])])]
                : [.. Narrow(groups, values, width)],
            [.. common.Select(c => (c.Name, c.Cells[0]))]);
    }

    private static IEnumerable<(IReadOnlyList<string>, IReadOnlyList<IReadOnlyList<string>>)> Narrow(
        string[] groups, (string Name, string[] Cells)[] values, int width)
    {
        int names = Width("run", values.Select(v => v.Name));
        for (int first = 0; first < groups.Length;)
        {
            int end = first, used = names;
            do
            {
                used += Width(groups[end], values.Select(v => v.Cells[end]));
            }
            while (++end < groups.Length && used + Width(groups[end], values.Select(v => v.Cells[end])) <= width);

            (int from, int to) = (first, end);
            yield return (["run", .. groups[from..to]], [.. values.Select(v => (IReadOnlyList<string>)[v.Name, .. v.Cells[from..to]])]);
            first = end;
        }
    }

    private static int Width(string header, IEnumerable<string> cells) => Gap + cells.Append(header).Max(c => c.Length);
}
