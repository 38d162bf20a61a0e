namespace Qama.Tool.Runs;

/// <summary>What groups of runs found, under the same names.</summary>
/// <param name="Names">Names of what was found, then of the last values of courses.</param>
/// <param name="Rows">Of each group a value for each name.</param>
internal sealed record RunFindings(IReadOnlyList<string> Names, IReadOnlyList<(RunGroup Group, IReadOnlyList<RunSummary> Found)> Rows)
{
    private static readonly string[] _taken = ["run", "runs"]; // the group's own columns

    /// <summary>Collects it.</summary>
    /// <param name="groups">The groups.</param>
    public static RunFindings Of(IReadOnlyList<RunGroup> groups)
    {
        RunFile[] runs = [.. groups.SelectMany(g => g.Runs)];
        string[] found = [.. runs.SelectMany(r => r.Findings.Select(f => f.Name)).Distinct()];
        (string Course, string Column)[] last =
            [.. runs.SelectMany(r => r.Courses).SelectMany(c => c.Measured.Select(column => (c.Name, column))).Distinct()];
        return new(
            [
                .. found.Select(f => _taken.Contains(f) ? $"{f} found" : f),
                .. last.Select(l => last.Count(o => o.Column == l.Column) == 1 ? $"last {l.Column}" : $"last {l.Course} {l.Column}"),
            ],
            [.. groups.Select(g => (g, (IReadOnlyList<RunSummary>)[.. found.Select(g.Finding), .. last.Select(l => g.Last(l.Course, l.Column))]))]);
    }
}
