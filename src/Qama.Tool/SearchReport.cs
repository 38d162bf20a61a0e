using Qama.Tool.Runs;

namespace Qama.Tool;

/// <summary>What <c>qama report</c> writes of results of <c>qama solve</c>: values of reads, races and what machines' integers did, side by
/// side for each problem.</summary>
internal static class SearchReport
{
    /// <summary>Writes it; nothing where no run is a search.</summary>
    /// <param name="page">The page.</param>
    /// <param name="groups">The runs.</param>
    public static void Write(HtmlPage page, IReadOnlyList<RunGroup> groups)
    {
        (RunGroup Group, SearchRecord[] Searches)[] all =
            [.. groups.Select(g => (g, g.Runs.Select(r => r.Search).OfType<SearchRecord>().ToArray())).Where(g => g.Item2.Length > 0)];
        foreach (IGrouping<string, (RunGroup Group, SearchRecord[] Searches)> problem in all.GroupBy(g => g.Searches[0].Problem))
        {
            page.Section($"Searches on {Path.GetFileName(problem.Key)}", $"searches-{problem.Key}");
            string[] names = [.. problem.Select(g => g.Group.Name)];
            page.Raw(CurveDrawing.Legend(names.Select((name, i) => (name, i))));
            page.Raw("<div class=\"curves\">");
            Figure(page, "values of reads: shares, bars in the order above", SearchDrawing.Histogram(
                "How often which value was found",
                [.. problem.Select((g, i) => (names[i], (IReadOnlyList<double>)[.. g.Searches.SelectMany(s => s.Values)]))]));
            Figure(page, "best value against time", SearchDrawing.Race(
                "The best value against time", [.. problem.Select((g, i) => (names[i], g.Searches[0].Race))]));
            page.Raw("</div>");
        }

        WritePrecision(page, all);
    }

    private static void Figure(HtmlPage page, string caption, string drawing)
    {
        if (drawing.Length > 0)
        {
            page.Raw($"<figure><figcaption>{HtmlPage.Text(caption)}</figcaption>{drawing}</figure>");
        }
    }

    private static void WritePrecision(HtmlPage page, (RunGroup Group, SearchRecord[] Searches)[] all)
    {
        (string Run, SearchRecord Search)[] machines =
            [.. all.SelectMany(g => g.Searches.Where(s => s.Precision.Count > 0).Select(s => (g.Group.Name, s)))];
        string[] columns = [.. machines.SelectMany(m => m.Search.Precision.Select(p => p.Name)).Distinct()];
        page.Table(
            "In machines' integers", ["run", "problem", .. columns.Select(c => "#" + c)],
            machines.Select(m => (string[])[m.Run, Path.GetFileName(m.Search.Problem), .. columns.Select(c =>
                m.Search.Precision.FirstOrDefault(p => p.Name == c).Value ?? "")]));
    }
}
