using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Qama.Tool.Tests.Machines;

/// <summary><c>qama report</c> of what <c>qama solve</c> wrote.</summary>
public sealed class SearchReportTests : FolderTest
{
    private const string Graph = "8 10\n1 2 1\n2 3 2\n3 4 1\n4 5 3\n5 6 1\n6 7 2\n7 8 1\n1 8 1\n1 5 2\n3 7 -1\n";

    [Fact]
    public void Searches_are_rows_and_the_page_has_values_races_precision_and_the_course_of_annealing()
    {
        string graph = Write("graph.mc", Graph);
        Keep("race.json", "solve", graph, "--compare", "sa,tabu", "--reads", "12", "--sweeps", "2", "--json");
        Keep("machine.json", "solve", graph, "--machine", "emulator", "--json");
        Assert.Equal(0, ToolProgram.Run("solve", graph, "--sweeps", "50", "--trace", At("trace.json")).ExitCode);
        Outcome outcome = ToolProgram.Run("report", At("race.json"), At("machine.json"), At("trace.json"), "--json", "--html",
            At("page.html"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        JsonNode[] rows = [.. outcome.Json["runs"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(4, rows.Length);
        Assert.Contains(rows, r => r["run"]!.GetValue<string>().Contains("sampler tabu",
            StringComparison.Ordinal) && r["value"]!["mean"]!.GetValue<double>() == 12);

        XDocument page = XDocument.Parse(File.ReadAllText(At("page.html")).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        XElement[] bars = [.. page.Descendants("rect").Where(r => (string?)r.Attribute("class") == "bar")];
        string[] told = [.. bars.Select(b => b.Element("title")!.Value)];

        // The bars of a search are all of its reads, as counted in the file.
        JsonNode first = JsonNode.Parse(File.ReadAllText(At("race.json")))!["runs"]![0]!;
        double[] values = [.. first["values"]!.AsArray().Select(v => v!.GetValue<double>())];
        Assert.Equal(12, values.Length);
        double[] shares = [.. told.Where(t => t.Contains("sampler sa", StringComparison.Ordinal)).Select(
            t => double.Parse(t.Split(": ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(100, shares.Sum(), 0.5);
        Assert.Equal(
            values.GroupBy(v => v).Select(g => Math.Round(100.0 * g.Count() / 12, 1)).Order(), shares.Order(),
            (a, b) => Math.Abs(a - b) < 0.06);
        Assert.Contains(told, t => t.Contains("CPQC-550", StringComparison.Ordinal) && t.EndsWith("of 10 reads", StringComparison.Ordinal));
        Assert.Equal(["temperature", "acceptance", "changed", "value", "best"],
            page.Descendants("figcaption").Select(c => c.Value).Take(5));
        Assert.Contains("In machines' integers", page.Descendants("h3").Select(h => h.Value));
        Assert.Contains("largest error", page.Descendants("th").Select(h => h.Value));
    }

    [Fact]
    public void A_damaged_result_is_named_and_nothing_is_written()
    {
        foreach (string text in new[]
        {
            """{"file":"a","runs":[{"sampler":"sa","values":["x"]}]}""", """{"file":"a","runs":[{"sampler":"sa","values":7}]}""",
            """{"file":"a","runs":[{"sampler":"sa","race":[{"seconds":1}]}]}""", """{"file":"a","runs":[{"sampler":"sa","machine":{}}]}""",
            """{"file":7,"runs":[{"sampler":"sa"}]}""",
        })
        {
            string file = Write("bad.json", text);
            Outcome outcome = ToolProgram.Run("report", file, "--html", At("page.html"));
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains("bad.json: expected what qama solve --json writes", outcome.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(At("page.html")));
        }
    }

    private void Keep(string name, params string[] args)
    {
        Outcome outcome = ToolProgram.Run(args);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        using var document = JsonDocument.Parse(outcome.Output);
        File.WriteAllText(At(name), outcome.Output);
    }
}
