using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Tool.Tests.Inspecting;

/// <summary><c>qama inspect</c>: what it says of models is so, of this assembly's.</summary>
public sealed class InspectTests : FolderTest
{
    private static readonly string _assembly = typeof(Dense).Assembly.Location;
    private static readonly Lazy<JsonNode> _all =
        new(() => ToolProgram.Run("inspect", _assembly, "--json", "--samples", "10").Json);

    /// <summary>Models with their layers; the first of each two has half the tokens of the second.</summary>
    public static TheoryData<string, string> Pairs => new()
    {
        { nameof(Dense), nameof(DenseTwice) }, { nameof(Factored), nameof(FactoredTwice) },
        { nameof(PerQuery), nameof(PerQueryTwice) }, { nameof(Causal), nameof(CausalTwice) },
    };

    [Fact]
    public void A_process_lists_every_model_and_says_nothing_else()
    {
        Outcome outcome = ToolProgram.Execute(Folder, "inspect", _assembly);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        string[] names = [.. outcome.Output.Split('\n').Where(l =>
            l.StartsWith("model ", StringComparison.Ordinal)).Select(l => l[14..].Trim())];
        Assert.Equal(12, names.Length);
        Assert.Contains("Qama.Tool.Tests.Inspecting.Outer.Perturbed", names);
        Assert.DoesNotContain('\u001b', outcome.Output);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void Energy_terms_and_shapes_are_those_declared()
    {
        JsonNode dense = Model(nameof(Dense));
        Assert.Equal(
            "−Σ_h Σ_{i≠j} J[h,i,j] s[h,i] s[h,j] − 16 Σ_h Σ_i f[h,i] s[h,i] + 0.8 Σ_{a<b} Σ_i s[a,i] s[b,i]",
                dense["energy"]!.GetValue<string>());
        Assert.Equal(
            ["Coupling 1", "Field 16", "HeadExclusion 0.8"], // 0.5 · 32 tokens
            dense["terms"]!.AsArray().Select(t => $"{t!["name"]} {t["weight"]}"));
        JsonNode factored = Model(nameof(Factored));
        Assert.Contains("2 Σ_h max(0, S_h − 4)², where S_h = Σ_i s[h,i]", factored["energy"]!.GetValue<string>(),
            StringComparison.Ordinal);
        JsonNode sampled = Model(nameof(Sampled));
        Assert.Equal((8, 0.5), (sampled["reads"]!.GetValue<int>(), sampled["temperature"]!.GetValue<double>()));
        Assert.Equal(("Query", 64, 64), (
            Model(nameof(PerQuery))["scope"]!.GetValue<string>(), Model(nameof(PerQuery))["problems"]!.GetValue<int>(),
            Model(nameof(PerQuery))["tokens"]!.GetValue<int>()));
        Assert.Equal(3, Model(nameof(Causal))["problems"]!.GetValue<int>()); // the last of four blocks is read by none
        JsonNode perturbed = Model("Perturbed");
        Assert.Equal(2 * 4 * 16, perturbed["variables"]!.GetValue<int>());
        Assert.Equal("AtMost 3",
            Assert.Single(perturbed["constraints"]!.AsArray().Select(c => $"{c!["kind"]} {c["bound"]}")));
        // of each problem
        Assert.Null(perturbed["terms"]!.AsArray().Single(t => t!["name"]!.GetValue<string>() == "Sparsity")!["weight"]);
    }

    /// <summary>Against layers: what a sample adds to a workspace, the size of a problem; for twice as many tokens
    /// against the layer that has
    /// them.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Costs_are_those_of_the_layer_and_of_one_with_twice_as_many_tokens(string name, string twice)
    {
        using var samples = new Samples();
        foreach ((string model, string formula) in new[] { (name, name), (twice, twice), (twice, name) })
        {
            ModelDescriptor own = samples.Descriptor(model);
            (string Cost, double Value)[] expected =
            [
                ("memory of a sample", samples.Bytes(model)), ("variables of a problem", own.VariableCount),
                    ("spins of a problem", own.SpinCount),
            ];
            foreach ((string cost, double value) in expected)
            {
                JsonNode said = Model(formula)["costs"]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == cost)!;
                if (model == formula)
                {
                    Assert.Equal(value, said["value"]!.GetValue<double>());
                }

                JsonNode? row = said["table"]!.AsArray().SingleOrDefault(r =>
                    r!["tokens"]!.GetValue<int>() == own.Tokens);
                Assert.Equal(model != formula, row is not null);
                Assert.Equal(value, row?["value"]!.GetValue<double>() ?? value);
                double n = own.Tokens;
                if (said["square"] is { } square)
                {
                    Assert.Equal(value, (((square.GetValue<double>() * n) + said["linear"]!.GetValue<double>()) * n)
                        + said["constant"]!.GetValue<double>(), 1e-6);
                }
            }
        }

        Assert.NotNull(Model(name)["costs"]!.AsArray().Single(c =>
            c!["name"]!.GetValue<string>() == "spins of a problem")!["formula"]);
    }

    [Fact]
    public void Operations_are_those_counted_by_hand()
    {
        // 32 tokens of width 16 to 3 · 16; 2 heads of width 8: 32² dot products; 2 · 32 variables with 32 numbers each.
        Assert.Equal((2.0 * 32 * 16 * 48, 2.0 * 2 * 32 * 32 * 8, 2.0 * 2 * 32 * 32), Operations(nameof(Dense)));
        // Nothing is written out; a token's features are two rows of a head's width.
        Assert.Equal((2.0 * 512 * 16 * 48, 0, 2.0 * 2 * 512 * 2 * 8), Operations(nameof(Factored)));
        Assert.Equal("4 N²", Costs(nameof(Dense))["operations, a sweep"]["formula"]!.GetValue<string>());
    }

    [Fact]
    public void Kernels_have_their_reasons()
    {
        Assert.Equal("dense: 32 tokens are fewer than 256", Kernel(nameof(Dense), "couplings"));
        Assert.Equal("plain bits: one bit a token, no bounds on sums, no hard exclusion",
            Kernel(nameof(Dense), "annealing"));
        Assert.Equal("factored: their rank is 8 a head, and there are 512 tokens",
            Kernel(nameof(Factored), "couplings"));
        Assert.Equal("general chain on features: heads have bounds on their sums",
            Kernel(nameof(Factored), "annealing"));
        Assert.Equal("general: selection weights have 2 bits", Kernel("Perturbed", "annealing"));
        Assert.StartsWith("computed together", Kernel(nameof(PerQuery), "heads"), StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_have_their_solves_or_why_there_are_none()
    {
        Assert.Equal(["4 4 True", "1 0 False", "1 1 False", "1 2 False"],
            Gradients("Perturbed", "Perturbed", "Identity", "Blackbox", "Nudged"));
        Assert.Equal(["1 0 True", "16 16 False", "1 0"], Gradients(nameof(Dense), "Energy", "Perturbed", "Covariance"));
        Assert.Contains("needs a temperature", Gradient(nameof(Dense), "Covariance")["obstacle"]!.GetValue<string>(),
            StringComparison.Ordinal);
        Assert.Contains("needs fields", Gradient(nameof(Factored), "Blackbox")["obstacle"]!.GetValue<string>(),
            StringComparison.Ordinal);
        Assert.True(Gradient(nameof(Sampled), "Covariance")["declared"]!.GetValue<bool>());
    }

    /// <summary>Against the plan of the client, of problems of which nothing is decided.</summary>
    [Fact]
    public async Task Tasks_are_as_many_as_the_client_plans()
    {
        foreach ((string model, CimMachine machine) in new[]
        {
            (nameof(Dense), CimMachine.Cpqc550), (nameof(Dense), CimMachine.Cpqc1000),
                (nameof(DenseTwice), CimMachine.Cpqc550),
        })
        {
            using var samples = new Samples();
            await using CimJournal journal = CimJournal.Open(":memory:");
            await using var transport = new ReplayTransport([]);
            var sampler = new CimSampler(transport, journal,
                new CimSamplerOptions { Machine = machine, Precision = PrecisionOptions.Plain });
            CimPlan plan = await sampler.PlanAsync(samples.Problems(model, 10));
            JsonNode fit = Machine(model, machine.Name);
            Assert.Equal(plan.Tasks.Count, fit["tasks"]!.GetValue<int>());
            Assert.Equal(plan.Tasks.Max(t => t.Content.Problems.Count),
                Math.Min(10, fit["problemsPerTask"]!.GetValue<int>()));
        }

        Assert.Equal("1031 spins are more than its 550",
            Machine(nameof(Factored), "CPQC-550")["obstacle"]!.GetValue<string>());
        Assert.Contains("temperature", Machine(nameof(Sampled), "CPQC-1000")["obstacle"]!.GetValue<string>(),
            StringComparison.Ordinal);
        JsonNode timed = ToolProgram.Run("inspect", _assembly, "--model", "Dense", "--samples", "1000",
            "--task-seconds", "30", "--json").Json["models"]![0]!;
        JsonNode small = timed["machines"]![0]!;
        // eight problems of 65 spins share 550
        Assert.Equal((125, 62.5), (small["tasks"]!.GetValue<int>(), small["minutes"]!.GetValue<double>()));
    }

    [Fact]
    public void A_page_has_everything_in_it()
    {
        Outcome outcome = ToolProgram.Execute(Folder, "inspect", _assembly, "--model", "Outer.Perturbed", "--html",
            "page.html");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Equal(["page.html"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
        string text = File.ReadAllText(At("page.html"));
        Assert.All(["http", "src=", "<script", "<link", "@import", "url("], s =>
            Assert.DoesNotContain(s, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(["prefers-color-scheme: dark", "@media print"], s =>
            Assert.Contains(s, text, StringComparison.Ordinal));
        using var reader = XmlReader.Create(new StringReader(text),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var page = XDocument.Load(reader);
        Assert.Equal(
            ["Terms", "Hard constraints", "Parameters of the energy", "Costs of a pass", "Kernels",
                "Gradients through the selection", "Machines", "Derivatives"],
            page.Descendants("h3").Select(h => h.Value));
        Assert.Contains(page.Descendants("td"), cell => cell.Value == "Sparsity");
    }

    [Fact]
    public void A_model_that_is_not_there_is_said_with_those_that_are()
    {
        Outcome outcome = ToolProgram.Run("inspect", _assembly, "--model", "Sense", "--html", At("page.html"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("there is no model Sense. There are Qama.Tool.Tests.Inspecting.Causal, ", outcome.Errors,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    private static JsonNode Model(string name) => _all.Value["models"]!.AsArray().Single(
        m => m!["name"]!.GetValue<string>() is var full && full.EndsWith("." + name, StringComparison.Ordinal))!;

    private static Dictionary<string, JsonNode> Costs(string model) =>
        Model(model)["costs"]!.AsArray().ToDictionary(c => c!["name"]!.GetValue<string>(), c => c!);

    private static (double, double, double) Operations(string model) => (
        Costs(model)["operations, inputs"]["value"]!.GetValue<double>(),
            Costs(model)["operations, couplings"]["value"]!.GetValue<double>(),
        Costs(model)["operations, a sweep"]["value"]!.GetValue<double>());

    private static string Kernel(string model, string part)
    {
        JsonNode kernel = Model(model)["kernels"]!.AsArray().Single(k => k!["part"]!.GetValue<string>() == part)!;
        return $"{kernel["choice"]}: {kernel["reason"]}";
    }

    private static JsonNode Gradient(string model, string kind) =>
        Model(model)["gradients"]!.AsArray().Single(g => g!["kind"]!.GetValue<string>() == kind)!;

    private static IEnumerable<string> Gradients(string model, params string[] kinds) => kinds.Select(kind =>
    {
        JsonNode gradient = Gradient(model, kind);
        return $"{gradient["forward"]} {gradient["backward"]}"
            + (gradient["obstacle"] is null ? $" {gradient["declared"]!.GetValue<bool>()}" : "");
    });

    private static JsonNode Machine(string model, string machine) =>
        Model(model)["machines"]!.AsArray().Single(m => m!["name"]!.GetValue<string>() == machine)!;
}
