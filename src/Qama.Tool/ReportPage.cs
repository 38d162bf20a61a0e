using Qama.Tool.Runs;

namespace Qama.Tool;

/// <summary>What <c>qama report</c> writes: courses, what was found, tables and pictures of runs, side by side.</summary>
internal static class ReportPage
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter writer, string title, IReadOnlyList<RunFile> runs) => HtmlPage.Write(writer, title, page =>
    {
        IReadOnlyList<RunGroup> groups = RunGroup.Of(runs);
        page.Raw($"<p>{Report.Count(runs.Count, "run")}{(groups.Count < runs.Count ? $" of {groups.Count} kinds: lines are means over seeds, bands reach from the least to the largest" : "")}.</p>");
        page.Table("The same in all", ["setting", "value"], RunGroup.Common(runs).Select(s => new[] { s.Name, s.Value }));
        WriteFindings(page, groups);
        foreach (string course in groups.SelectMany(g => g.Runs).SelectMany(r => r.Courses.Select(c => c.Name)).Distinct())
        {
            WriteCourse(page, groups, course);
        }

        SearchReport.Write(page, groups);
        WriteTables(page, runs);
        WritePictures(page, runs);
        HeadsSection.Write(page, runs);
    });

    private static void WriteFindings(HtmlPage page, IReadOnlyList<RunGroup> groups)
    {
        RunFindings findings = RunFindings.Of(groups);
        page.Table(
            "What was found", ["run", "#runs", .. findings.Names.Select(n => "#" + n)],
            findings.Rows.Select(r => (string[])[r.Group.Name, $"{r.Group.Runs.Count}", .. r.Found.Select(f => f.Text)]));
    }

    private static void WriteCourse(HtmlPage page, IReadOnlyList<RunGroup> groups, string course)
    {
        page.Section(course, course);
        page.Raw(CurveDrawing.Legend(groups.Select((g, i) => (g, i))
            .Where(g => g.g.Runs.Any(r => r.Courses.Any(c => c.Name == course))).Select(g => (g.g.Name, g.i))));
        page.Raw("<div class=\"curves\">");
        foreach (string column in groups.SelectMany(g => g.Runs).SelectMany(r => r.Courses.Where(c => c.Name == course)).SelectMany(c => c.Measured).Distinct())
        {
            string drawing = CurveDrawing.Draw(column, [.. groups.Select(g => g.Curve(course, column))]);
            if (drawing.Length > 0)
            {
                page.Raw($"<figure><figcaption>{HtmlPage.Text(column)}</figcaption>{drawing}</figure>");
            }
        }

        page.Raw("</div>");
    }

    private static void WriteTables(HtmlPage page, IReadOnlyList<RunFile> runs)
    {
        foreach (RunFile run in runs)
        {
            foreach (RunList table in run.Tables)
            {
                string[] headers = [.. table.Columns.Select((c, i) => table.Numbers.Any(r => double.IsFinite(r[i])) ? "#" + c : c)];
                page.Table($"{Path.GetFileNameWithoutExtension(run.Path)}: {table.Name}", headers, table.Rows);
            }
        }
    }

    // As pictures from memory: what a drawing says in its own styles and scripts stays in it.
    private static void WritePictures(HtmlPage page, IReadOnlyList<RunFile> runs)
    {
        RunFile[] shown = [.. runs.Where(r => r.Picture is not null)];
        if (shown.Length > 0)
        {
            page.Section("Selections", "selections");
        }

        foreach (RunFile run in shown)
        {
            string name = HtmlPage.Text(Path.GetFileNameWithoutExtension(run.Path));
            page.Raw($"<figure><figcaption>{name}</figcaption><span class=\"picture\"><img alt=\"{name}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(File.ReadAllBytes(run.Picture!))}\"/></span></figure>");
        }
    }
}
