using System.Text;
using Qama.Benchmarks.Solutions;
using Qama.Examples.Common;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>How time to a solution, passes, memory and energy grow with tokens: a page of experiments.</summary>
internal static class ScalingPage
{
    private const string FileName = "scaling.md";

    /// <summary>Writes the page and the summary of all pages; nothing without measurements.</summary>
    /// <param name="file">What was measured.</param>
    /// <param name="measurements">Folder of measurements, with <c>scaling/summary.md</c> and <c>scaling/notes.md</c>.</param>
    /// <param name="pages">Folder of pages.</param>
    public static void Write(JsonReport<SolutionReport>? file, string measurements, string pages)
    {
        if (file is null)
        {
            return;
        }

        string folder = Path.Combine(measurements, "scaling"), notes = Path.Combine(folder, "notes.md");
        var summary = new StringBuilder();
        ExperimentSummary.Append(
            summary, folder, ["tokens", "spins", "pass, ms", "softmax attention, ms", "memory, MB", "mJ a pass, modelled unless measured", "softmax, mJ"],
            file.Measurements.Passes.Select(p => (string[])
            [
                Number(p.Tokens), Number(p.Spins), Number(p.Milliseconds), Number(p.SoftmaxMilliseconds), Number(p.Bytes * 1e-6),
                Number(1e3 * p.Joules), Number(1e3 * p.SoftmaxJoules),
            ]));
        var page = new Markdown();
        page.Paragraph("# Linear, milliseconds, low energy?");
        page.Paragraph("Made by `dotnet run -c Release --project tests/Qama.Benchmarks -- report` from what `-- time-to-solution` measured.");
        page.Paragraph(summary.ToString());
        if (File.Exists(notes))
        {
            page.Paragraph(File.ReadAllText(notes));
        }

        Write(page, file);
        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, FileName), page.ToString().ReplaceLineEndings("\n"));
        ExperimentSummary.Write(pages, Path.TrimEndingDirectorySeparator(pages) + ".md");
    }

    private static void Write(Markdown page, JsonReport<SolutionReport> file)
    {
        SolutionReport report = file.Measurements;
        page.Heading("Passes");
        page.Paragraph(Format($"""
            What the paper promises, measured: a pass of one sample through the second published operator (8 heads, width 128, 20
            sweeps) beside softmax attention of the same width, on one thread. Energy: {report.Power}. Measured on: {file.Processor}.
            """));
        page.Header("tokens", "spins", "ms", "memory MB", "softmax ms", "mJ", "softmax mJ");
        foreach (PassCost p in report.Passes)
        {
            page.Row(
                Number(p.Tokens), Number(p.Spins), Number(p.Milliseconds), Number(p.Bytes * 1e-6), Number(p.SoftmaxMilliseconds),
                Number(1e3 * p.Joules), Number(1e3 * p.SoftmaxJoules));
        }

        page.EndTable();
        page.Paragraph(Format($"""
            Power of tokens with which they grow (least squares of logarithms): spins 1, the layer's time
            {Power(report.Passes, p => p.Milliseconds):F2}, its memory {Power(report.Passes, p => p.Bytes):F2}, softmax attention's time
            {Power(report.Passes, p => p.SoftmaxMilliseconds):F2}.
            """));
        page.Heading("Time to a solution");
        page.Paragraph("""
            That is the time of a fixed number of sweeps. Time to a solution is another question: t · ln 0.01 / ln(1 − p), the time after which a
            sampler has reached the aim with a chance of 99 %, each at its best budget, median of three problems. *fresh*: initial parameters
            and inputs of normal numbers; *trained*: problems of trained layers for images that they have not seen. The best energies are the
            lowest of everything here and of two far longer searches: for large fresh problems nobody knows the optimum. A dash: most problems not
            solved with any budget; a star: one of them not, and the median that of all three.
            """);
        foreach (var table in report.Times.GroupBy(t => (t.Kind, t.Aim)))
        {
            int[] sizes = [.. table.Select(t => t.Tokens).Distinct().Order()];
            page.Paragraph($"**{table.Key.Kind}, {(table.Key.Aim < 1e-3 ? "the best energy" : Format($"within {table.Key.Aim:P0} of it"))}**, ms by tokens of 8 heads:");
            page.Header(["sampler", .. sizes.Select(n => Number(n)), "power of tokens"]);
            foreach (var row in table.GroupBy(t => t.Sampler))
            {
                Dictionary<int, SolutionTime> times = row.ToDictionary(t => t.Tokens);
                double? power = SolutionReport.Exponent(row.Select(t => (t.Tokens, t.Milliseconds)));
                page.Row([row.Key, .. sizes.Select(n => times.TryGetValue(n, out SolutionTime? time) ? Time(time) : "not run"), power is double e ? Format($"{e:F1}") : ""]);
            }

            page.EndTable();
        }
    }

    private static string Time(SolutionTime found) =>
        found.Milliseconds is double t ? Number(t) + (found.Unsolved > 0 ? "*" : "") : "–";

    private static double Power(List<PassCost> passes, Func<PassCost, double> of) =>
        SolutionReport.Exponent(passes.Select(p => (p.Tokens, (double?)of(p)))) ?? double.NaN;
}
