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
        Assert.Equal("0.85 ± 0.07071", runs[0]!["testAccuracy"]!.GetValue<string>());
        Assert.Equal("0.3 ± 0.07071", runs[0]!["last loss"]!.GetValue<string>());
        Assert.Equal("0.95", runs[1]!["testAccuracy"]!.GetValue<string>());
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
        foreach ((string text, string expected) in new[] { ("[1]", "got a list"), ("{", "expected JSON"), ("7", "got '7'") })
        {
            File.WriteAllText(bad, text);
            Outcome outcome = ToolProgram.Run("report", bad, "--html", page);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
            Assert.Contains("bad.json", outcome.Errors, StringComparison.Ordinal);
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

    private void WriteRun(string name, string variant, int seed, double[] losses, double accuracy) => File.WriteAllText(
        Path.Combine(Folder, name + ".json"),
        JsonSerializer.Serialize(new
        {
            dataset = "digits", variant, seed, epochs = losses.Select((loss, i) => new { epoch = i + 1, loss }), testAccuracy = accuracy,
        }));
}
