using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Qama.Numerics;
using Qama.Tool.Runs;

namespace Qama.Tool.Tests;

/// <summary><c>qama report</c>: files of runs, tables and pages.</summary>
public sealed class ReportTests : FolderTest
{
    [Fact]
    public void Runs_that_differ_in_the_seed_are_one_row_with_mean_and_deviation()
    {
        WriteRun("a1", "softmax", 1, [0.5, 0.25], 0.9);
        WriteRun("a2", "softmax", 2, [0.7, 0.35], 0.8);
        WriteRun("b1", "selected", 1, [0.4, 0.2], 0.95);
        Outcome outcome = ToolProgram.Run("report", Folder, "--json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        JsonArray runs = outcome.Json["runs"]!.AsArray();
        Assert.Equal(["softmax", "selected"], runs.Select(r => r!["run"]!.GetValue<string>()));
        Assert.Equal((2, 1), (runs[0]!["runs"]!.GetValue<int>(), runs[1]!["runs"]!.GetValue<int>()));
        double deviation = Math.Round(Math.Sqrt(0.005), 12);
        Assert.Equal((0.85, deviation, 2), Numbers(runs[0]!["testAccuracy"]!));
        Assert.Equal((0.3, deviation, 2), Numbers(runs[0]!["last loss"]!));
        Assert.Equal((0.95, null, 1), Numbers(runs[1]!["testAccuracy"]!));
        string text = ToolProgram.Run("report", Folder).Output;
        Assert.Matches(@"(?m)^softmax +2 +0\.85 ± 0\.07071 +0\.3 ± 0\.07071$", text);
    }

    /// <summary>Numbers are those of the files, not what is printed of them.</summary>
    [Fact]
    public void Numbers_of_a_report_are_whole_and_words_are_words()
    {
        Write("a.json", """
            {"variant":"a","train":[{"step":1,"loss":0.5}],"test":[{"step":1,"loss":0.25}],"samples":1821000,"loss":0.123456789,
             "name":"one","runs":7,"none":null}
            """);
        JsonNode row = ToolProgram.Run("report", At("a.json"), "--json").Json["runs"]![0]!;
        Assert.Equal((1821000, null, 1), Numbers(row["samples"]!));
        Assert.Equal((0.123456789, null, 1), Numbers(row["loss"]!));
        Assert.Equal((0.5, 0.25), (Numbers(row["last train loss"]!).Mean, Numbers(row["last test loss"]!).Mean)); // of two courses
        Assert.Equal((1, 7.0), (row["runs"]!.GetValue<int>(), Numbers(row["runs found"]!).Mean));
        Assert.Equal(("one", null), (row["name"]!.GetValue<string>(), row["none"]));
    }

    /// <summary>Whatever the width, a table fits it and no value is lost; what all say alike is said once.</summary>
    [Theory]
    [InlineData(1, 80)]
    [InlineData(2, 80)]
    [InlineData(7, 80)]
    [InlineData(7, 40)]
    [InlineData(7, 1000)]
    public void Tables_fit_the_width(int kinds, int width)
    {
        for (int k = 0; k < kinds; k++)
        {
            string values = string.Join(", ", Enumerable.Range(0, 12).Select(v => $"\"aFindingOfLongName{v}\": {k}.{v}123"));
            Write($"r{k}.json", $$"""{"variant":"variant-{{k}}","epochs":[{"epoch":1,"loss":{{k}}.5}],{{values}},"testSamples":1821,"threads":{{k}}}""");
        }

        RunFindings findings = RunFindings.Of(RunGroup.Of([.. Directory.GetFiles(Folder).Order().SelectMany(RunFile.Read)]));
        RunTables tables = RunTables.Of(findings, width);
        Assert.All(tables.Tables, t => Assert.True(
            Enumerable.Range(0, t.Headers.Count).Sum(c => t.Rows.Append(t.Headers).Max(r => r[c].Length) + 2) <= width));
        string[] cells = [.. tables.Tables.SelectMany(t => t.Rows.Append(t.Headers)).SelectMany(r => r)];
        for (int k = 0; k < kinds; k++)
        {
            Assert.Equal(12, Enumerable.Range(0, 12).Count(v => cells.Contains($"{k}.{v}123")));
            Assert.Contains(kinds == 1 ? "r0" : $"variant-{k}", cells);
        }

        Assert.DoesNotContain("threads", cells);
        Assert.Equal(kinds > 1, tables.Common.Contains(("testSamples", "1,821")));
        Assert.Equal(kinds == 1, cells.Contains("1,821"));
        Assert.Equal(width == 1000, tables.Tables[0].Rows.Count == kinds);
    }

    /// <summary>No text of a drawing leaves it: the widest usual digits are 7 units wide.</summary>
    [Fact]
    public void Numbers_of_a_drawing_are_within_it()
    {
        foreach ((double last, double high) in new[] { (1000.0, 1.0), (1e6, 1e9), (10, -123456.5), (20000, 0.00012) })
        {
            CurvePoint[] curve = [new(1, 0, 0, 0), new(last, high, high, high)];
            XElement svg = XElement.Parse(CurveDrawing.Draw("drawing", [curve]));
            double width = double.Parse(svg.Attribute("viewBox")!.Value.Split(' ')[2], CultureInfo.InvariantCulture);
            Assert.All(svg.Elements("text"), t =>
            {
                (double x, double wide) = (double.Parse(t.Attribute("x")!.Value, CultureInfo.InvariantCulture), 7 * t.Value.Length);
                double left = t.Attribute("text-anchor")!.Value == "end" ? x - wide : x - (wide / 2);
                Assert.True(left >= 0 && left + wide <= width + 0.1, $"{t}");
            });
            double[] xs = [.. svg.Element("polyline")!.Attribute("points")!.Value.Split(' ').Select(
                p => double.Parse(p.Split(',')[0], CultureInfo.InvariantCulture))];
            Assert.True(xs[0] >= 56 && xs[1] > xs[0] + 250 && xs[1] <= width);
        }
    }

    [Fact]
    public void A_page_is_one_file_with_curves_tables_and_pictures()
    {
        WriteRun("a1", "softmax <b>", 1, [0.5, 0.25], 0.9);
        WriteRun("b1", "selected", 1, [0.4, 0.2], 0.95);
        File.WriteAllText(Path.Combine(Folder, "b1.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"9\" height=\"9\"/></svg>");
        string page = Path.Combine(Folder, "page.html");
        Assert.Equal(0, ToolProgram.Run("report", Folder, "--html", page, "--title", "Two & more").ExitCode);
        string html = File.ReadAllText(page);
        XDocument document = XDocument.Parse(html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.Equal("Two & more", document.Descendants("h1").Single().Value);
        Assert.Equal(2, document.Descendants("polyline").Count()); // one column, two runs
        Assert.Contains("softmax <b>", document.Descendants("td").Select(c => c.Value));
        Assert.StartsWith("data:image/svg+xml;base64,", document.Descendants("img").Single().Attribute("src")!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_is_named_and_nothing_is_written()
    {
        string page = Path.Combine(Folder, "page.html");
        string bad = Path.Combine(Folder, "bad.json");
        foreach ((string text, string expected) in new[] { ("[1]", "got a list"), ("{", "expected JSON"), ("7", "got '7'"), ("{}", "there is none in it"),
            ("""{"a":1,"b":[]}""", "there is none in it"), ("""{"file":"a","runs":[]}""", "there is none in it"), ("{\n\"a\"", "line 2: expected JSON"),
            ("""{"heads":{"kind":1}}""", "expected in \"heads\" samples"), ("""{"a":"\ud800"}""", "no Unicode") })
        {
            File.WriteAllText(bad, text);
            Outcome outcome = ToolProgram.Run("report", bad, "--html", page);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
            Assert.Contains("bad.json", outcome.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("Qama.", outcome.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(page));
        }

        Assert.Equal(1, ToolProgram.Run("report", At("none.json")).ExitCode);
        Assert.Equal(2, ToolProgram.Run("report").ExitCode);
        string empty = Directory.CreateDirectory(Path.Combine(Folder, "empty")).FullName;
        Assert.Contains("there are none", ToolProgram.Run("report", empty).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Ticks_are_round_few_and_within_the_range()
    {
        var random = new RandomStream(5);
        for (int k = 0; k < 5000; k++)
        {
            double low = (random.NextDouble() - 0.5) * Math.Pow(10, random.NextInt32(9) - 3);
            double high = low + (Math.Pow(10, random.NextInt32(9) - 3) * (0.1 + random.NextDouble()));
            double[] ticks = [.. CurveDrawing.Ticks(low, high)];
            double slack = 1e-6 * (high - low);
            Assert.InRange(ticks.Length, 2, 9);
            Assert.All(ticks, t => Assert.InRange(t, low - slack, high + slack));
        }
    }

    private static (double Mean, double? Deviation, int Runs) Numbers(JsonNode value) => (
        Math.Round(value["mean"]!.GetValue<double>(), 12), value["deviation"]?.GetValue<double>() is { } d ? Math.Round(d, 12) : null,
        value["runs"]!.GetValue<int>());

    private void WriteRun(string name, string variant, int seed, double[] losses, double accuracy) => File.WriteAllText(
        Path.Combine(Folder, name + ".json"),
        JsonSerializer.Serialize(new
        {
            dataset = "digits", variant, seed, epochs = losses.Select((loss, i) => new { epoch = i + 1, loss }), testAccuracy = accuracy,
        }));
}
