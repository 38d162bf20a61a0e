using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qama.Cluster.Campaigns;

namespace Qama.Cluster.Tests.Campaigns;

/// <summary>What a campaign's file says, and what is no campaign.</summary>
public sealed class CampaignFileTests
{
    private const string Yaml = """
        # A comparison.
        name: heads
        task: sequences
        attempts: 2
        variants:
          - softmax
          - name: budget
            options: { sweeps: 10, rate: 0.5 }
        datasets: [repeated, {name: single, options: {tokens: 256, sweeps: 3}}]
        seeds: [1..3, 10]
        options:
          - { rate: 1e-3, sweeps: 30 }
          - { rate: 2e-3, text: "10", none: null, yes: true, deep: [1, {b: 2, a: 1.0}] }
        """;

    private const string Json = """
        {
        	"name": "heads", "task": "sequences", "attempts": 2,
        	"variants": ["softmax", {"name": "budget", "options": {"rate": 0.50, "sweeps": 10}}],
        	"datasets": ["repeated", {"name": "single", "options": {"sweeps": 3, "tokens": 256}}],
        	"seeds": [1, 2, 3, "10..10"],
        	"options": [{"sweeps": 30, "rate": 0.001}, {"deep": [1, {"a": 1, "b": 2}], "yes": true, "none": null, "text": "\u0031\u0030", "rate": 0.002}]
        }
        """;

    [Fact]
    public void Tasks_are_the_product_with_options_of_variants_first()
    {
        CampaignFile file = CampaignFile.Parse(Yaml);
        Assert.Equal(("heads", "sequences", 2, 2 * 2 * 2 * 4), (file.Name, file.Task, file.Attempts, file.Tasks.Count));
        Assert.Equal(file.Tasks.Count, file.Tasks.Select(t => t.Key).Distinct().Count());
        Assert.Equal([1L, 2, 3, 10], file.Tasks.Take(4).Select(t => t.Seed));
        Assert.Equal("""{"rate":0.5,"sweeps":10,"tokens":256}""", file.Tasks.First(t => t is { Variant: "budget", DataSet: "single" }).Options);
        Assert.Equal("""{"rate":0.001,"sweeps":30}""", file.Tasks[0].Options);
        Assert.Equal(
            """{"deep":[1,{"a":1,"b":2}],"none":null,"rate":0.002,"text":"10","yes":true}""",
            file.Tasks.Last(t => t is { Variant: "softmax", DataSet: "repeated" }).Options);
    }

    [Fact]
    public void The_same_content_in_json_has_the_same_keys() =>
        Assert.Equal(CampaignFile.Parse(Yaml).Tasks, CampaignFile.Parse(Json).Tasks);

    [Fact]
    public void Added_seeds_add_tasks_and_change_none()
    {
        CampaignFile more = CampaignFile.Parse(Yaml.Replace("1..3", "0..5", StringComparison.Ordinal));
        Assert.Subset(more.Tasks.ToHashSet(), CampaignFile.Parse(Yaml).Tasks.ToHashSet());
        Assert.Equal(8 * 7, more.Tasks.Count);
    }

    [Fact]
    public void A_key_is_the_name_of_a_file() => Assert.All(
        CampaignFile.Parse(Yaml).Tasks, t => Assert.Matches("^(softmax|budget)-(repeated|single)-s[0-9]+-[0-9a-f]{12}$", t.Key));

    [Theory]
    [InlineData("", 1, "", "expected a campaign, got nothing")]
    [InlineData("- a", 1, "", "expected a campaign's keys (name, task, attempts, variants, datasets, seeds, options), got a list")]
    [InlineData("name: a\ntask: t\nvariants: [v]", 1, "", "expected the key 'seeds'")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1]\nseed: 2", 5, "seed", "there is no such key")]
    [InlineData("name: a/b\ntask: t\nvariants: [v]\nseeds: [1]", 1, "name", "got 'a/b'")]
    [InlineData("name: ..\ntask: t\nvariants: [v]\nseeds: [1]", 1, "name", "begins with a letter or digit")]
    [InlineData("name: a\ntask: t\nvariants: v\nseeds: [1]", 3, "variants", "expected a list of names")]
    [InlineData("name: a\ntask: t\nvariants: []\nseeds: [1]", 3, "variants", "expected a list of names")]
    [InlineData("name: a\ntask: t\nvariants:\n- v\n- name: v\nseeds: [1]", 5, "variants[2]", "variant 'v' is there twice")]
    [InlineData("name: a\ntask: t\nvariants:\n- v\n- nam: w\nseeds: [1]", 5, "variants[2].nam", "there is no such key. Expected name, options")]
    [InlineData("name: a\ntask: t\nvariants:\n- name: w\n  options: 3\nseeds: [1]", 5, "variants[1].options", "expected options as 'name: value', got '3'")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1, x]", 4, "seeds[2]", "expected a whole number or a range as 1..10, got 'x'")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1.5]", 4, "seeds[1]", "expected a whole number")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [3..1]", 4, "seeds[1]", "expected a whole number or a range")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1..3, 2]", 4, "seeds[2]", "seed 2 is there twice")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: []", 4, "seeds", "at least one seed")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: 1..9223372036854775806", 4, "seeds", "at most 100,000 seeds")]
    [InlineData("name: a\ntask: t\nvariants: [v, w]\nseeds: 1..60000", 1, "", "at most 100,000 tasks, got 2 variants")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1]\nattempts: 0", 5, "attempts", "expected a whole number from 1 to 100, got '0'")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1]\noptions: [{a: 1}, {a: 1.0}]", 5, "options[2]", "variant 'v' has the same options twice")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1]\noptions: {a: .nan}", 5, "options.a", "expected a number that JSON has")]
    [InlineData("name: a\ntask: t\nvariants: [v]\nseeds: [1]\noptions: {a: 99999999999999999999}", 5, "options.a", "expected a number of 64 bits")]
    [InlineData("name: a\nname: b", 2, "", "'name' is there twice")]
    [InlineData("name: &x a\ntask: *x", 1, "name", "anchors and aliases")]
    [InlineData("name: !!str a", 1, "name", "expected no tag")]
    [InlineData("name: a\n---\nname: b", 1, "", "one document, got several")]
    [InlineData("name: [a", 1, "", "expected YAML or JSON")]
    [InlineData("{\"name\": \"a\",\n\"task\": }", 2, "", "")]
    public void What_is_no_campaign_is_told_with_line_and_key(string text, long line, string key, string problem)
    {
        CampaignFileException e = Assert.Throws<CampaignFileException>(() => CampaignFile.Parse(text, "file.yaml"));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"file.yaml, line {e.Line}", e.Message, StringComparison.Ordinal);
        if (problem.Length > 0)
        {
            Assert.Equal(key, e.Key);
            Assert.InRange(e.Line, line, problem.Contains("YAML", StringComparison.Ordinal) ? line + 1 : line);
        }
    }

    [Fact]
    public void Deep_and_long_texts_end_with_an_error()
    {
        Assert.Throws<CampaignFileException>(() => CampaignFile.Parse("options: " + new string('[', 100_000)));
        Assert.Throws<CampaignFileException>(() => CampaignFile.Parse(string.Concat(Enumerable.Repeat("{a: ", 100_000))));
        Assert.Throws<CampaignFileException>(() => CampaignFile.Parse("name: " + new string('a', 5_000_000)));
    }

    /// <summary>Whatever stands in a file, it is a campaign or there is an error with a place; options that JSON can say come back.</summary>
    [Fact]
    public void Any_text_is_a_campaign_or_an_error_with_a_place()
    {
        Prop.ForAll<string>(text =>
        {
            string changed = Yaml.Insert(Math.Abs(text?.Length * 37 % Yaml.Length ?? 0), text ?? "");
            try
            {
                Assert.NotEmpty(CampaignFile.Parse(changed).Tasks);
            }
            catch (CampaignFileException e)
            {
                Assert.True(e.Line >= 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Prop.ForAll<string, long, double>((text, whole, number) =>
        {
            if (!double.IsFinite(number) || text is null)
            {
                return;
            }

            var options = new Dictionary<string, object> { ["text"] = text, ["whole"] = whole, ["number"] = number, [text + "x"] = true };
            string file = JsonSerializer.Serialize(
                new { name = "a", task = "t", variants = (string[])["v"], seeds = (long[])[whole % 1000], options });
            JsonElement found = JsonElement.Parse(CampaignFile.Parse(file).Tasks.Single().Options);
            Assert.Equal(JsonSerializer.SerializeToElement(text).GetString(), found.GetProperty("text").GetString());
            Assert.Equal(whole, found.GetProperty("whole").GetInt64());
            Assert.Equal(number, found.GetProperty("number").GetDouble());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
