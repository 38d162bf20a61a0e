using System.Text.Json.Nodes;
using Qama.Numerics;
using Qama.Tool.Formats;
using Qama.Tool.Solving;

namespace Qama.Tool.Tests;

/// <summary><c>qama solve</c>: values in the file's terms, whoever searches.</summary>
public sealed class SolveTests : FolderTest
{
    private const string Graph = "4 5\n1 2 3\n2 3 -2\n3 4 1\n1 4 2\n1 3 1.5\n"; // the largest cut is 6.5: 1 alone

    public static TheoryData<string> Samplers => [.. Solving.Samplers.Names];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Every_sampler_finds_the_optimum_of_a_small_problem(string sampler)
    {
        PlainProblem problem = Random(12, 1);
        SolveResult result = Solver.Run(problem, new(sampler, null, null, 6, 1, 2), null, CancellationToken.None);
        Assert.Equal(Enumeration.Energies(problem).Min(), result.Best!.Energy, 1e-9);
        Assert.All(result.States, s => Assert.Equal(problem.Energy(s.State), s.Energy));
        Assert.Equal((6, 6, false, false), (result.Reads, result.States.Count, result.IsCancelled, result.IsFirstLook));
        Assert.Equal(result.States.Select(s => s.Energy).Order(), result.States.Select(s => s.Energy));
    }

    /// <summary>A problem that is sparse, one that is not, and either kind of variables.</summary>
    [Theory]
    [InlineData(1500, 0.002)]
    [InlineData(1100, 0.2)]
    [InlineData(200, 1.0)]
    public void Results_do_not_depend_on_threads(int size, double density)
    {
        PlainProblem problem = Random(size, density);
        SolveResult[] results =
        [
            .. new[] { 1, 3 }.Select(threads => Solver.Run(problem, new("sa", 5, null, 4, 9, threads), null, CancellationToken.None)),
        ];
        Assert.Equal(results[0].States.Select(s => (s.Read, s.Energy)), results[1].States.Select(s => (s.Read, s.Energy)));
        Assert.All(results[0].States.Zip(results[1].States), s => Assert.Equal(s.First.State, s.Second.State));
        Assert.True(results[0].Best!.Energy < 0);
    }

    [Fact]
    public void A_cut_is_a_cut_and_the_gap_is_in_its_terms()
    {
        string path = Write("g.mc", Graph);
        JsonNode run = ToolProgram.Run("solve", path, "--json", "--known", "8", "--sweeps", "50").Json["runs"]![0]!;
        Assert.Equal((6.5, -6.5, 0.1875), (run["value"]!.GetValue<double>(), run["energy"]!.GetValue<double>(), run["gap"]!.GetValue<double>()));
        int[] state = [.. run["states"]![0]!["state"]!.AsArray().Select(s => s!.GetValue<int>())];
        Assert.Equal(-1, state[0] * state[1]);
        Assert.Equal((state[1], state[1]), (state[2], state[3]));
        string text = ToolProgram.Run("solve", path, "--known", "6").Output;
        Assert.Contains("cut           6.5, 10 of 10 reads", text, StringComparison.Ordinal);
        Assert.Contains("known         6, better by 8.3333 %", text, StringComparison.Ordinal);
        Assert.Contains("value         6, ", ToolProgram.Run("solve", Write("f.bqp", "3 5\n1 1 5\n2 2 3\n3 3 1\n1 2 -6\n2 3 -1\n")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void States_go_to_a_file_with_names()
    {
        string path = Write("p.csv", "left,right\n1,-3\n0,1\n");
        Outcome outcome = ToolProgram.Run("solve", path, "--sampler", "exact", "--reads", "9", "--out", At("states.json"));
        Assert.Contains("state         1: left right", outcome.Output, StringComparison.Ordinal);
        JsonNode document = JsonNode.Parse(File.ReadAllText(At("states.json")))!;
        Assert.Equal(["left", "right"], document["labels"]!.AsArray().Select(l => l!.GetValue<string>()));
        Assert.Equal(
            ["-1:[1,1]", "0:[0,0]", "1:[1,0]", "1:[0,1]"],
            document["runs"]![0]!["states"]!.AsArray().Select(s => $"{s!["value"]}:{s["state"]!.ToJsonString()}"));
    }

    [Fact]
    public void A_comparison_has_a_row_for_each_and_draws_the_race()
    {
        string path = Write("g.mc", Graph);
        string text = ToolProgram.Run("solve", path, "--compare", "sa,tabu,bsb,cim", "--sweeps", "20", "--known", "6.5").Output;
        Assert.All(new[] { "sa", "tabu", "bsb", "cim" }, name => Assert.Matches($@"(?m)^{name} +6\.5 +\d+ +10 +[\d.]+ +gap 0 %", text));
        Assert.Matches(@"a sa   b tabu   c bsb   d cim", text);
        Assert.Matches(@"(?m)^\d+(\.\d+)? \|", text);
        JsonNode runs = ToolProgram.Run("solve", path, "--compare", "sa,pt", "--seconds", "0.05", "--json").Json["runs"]!;
        Assert.Equal(["sa", "pt"], runs.AsArray().Select(r => r!["sampler"]!.GetValue<string>()));
        Assert.All(runs.AsArray(), r => Assert.Equal(6.5, r!["value"]!.GetValue<double>()));
    }

    [Fact]
    public void The_chart_shows_who_was_where_when()
    {
        IReadOnlyList<string> lines = RaceChart.Draw([("one", [(1, 5), (100, 10)]), ("two", [(10, 10)])], 20);
        Assert.Equal("10 |         bbbbbbbbbb*", lines[0]);
        Assert.Equal(" 5 |aaaaaaaaaaaaaaaaaaa", lines[9]);
        Assert.Equal("    1 s            100 s", lines[11]);
        Assert.Empty(RaceChart.Draw([("one", [])], 20));
    }

    /// <summary>Cancelled before the first read ended: the look before the reads is what there is.</summary>
    [Fact]
    public void A_search_that_is_cancelled_has_what_was_found()
    {
        PlainProblem problem = Random(300, 1);
        using var stop = new CancellationTokenSource();
        SolveResult some = Solver.Run(problem, new("sa", 50, null, 100_000, 1, 2), (reads, _) =>
        {
            if (reads == 3)
            {
                stop.Cancel();
            }
        }, stop.Token);
        Assert.True(some.IsCancelled);
        Assert.InRange(some.Reads, 3, 5);
        Assert.Equal(problem.Energy(some.Best!.State), some.Best.Energy);
        SolveResult none = Solver.Run(problem, new("sa", 50, null, 10, 1, 2), null, new(canceled: true));
        Assert.Equal((true, 0, true), (none.IsCancelled, none.Reads, none.Best is null));
        SolveResult look = Solver.Run(problem, new("sa", 1_000_000, 0.01, 10, 1, 2), null, CancellationToken.None);
        Assert.Equal((false, 0, true), (look.IsCancelled, look.Reads, look.IsFirstLook));
        Assert.Equal(problem.Energy(look.Best!.State), look.Best.Energy);
    }

    [Fact]
    public void What_a_sampler_cannot_take_is_said()
    {
        string path = Write("big.mc", "40 1\n1 2 1\n");
        Outcome outcome = ToolProgram.Run("solve", path, "--sampler", "exact", "--out", At("states.json"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal("exact: Problem 0 has 40 variables; enumeration takes at most 30.", outcome.Errors.Trim());
        Assert.False(File.Exists(At("states.json")));
    }

    /// <summary>What a search did, where nothing was said.</summary>
    [Fact]
    public void The_sweeps_of_a_result_are_those_that_were_made()
    {
        string path = Write("g.mc", Graph);
        JsonNode Run(params string[] args) => ToolProgram.Run(["solve", path, "--json", "--reads", "2", .. args]).Json["runs"]![0]!;
        Assert.Equal(1000, Run()["sweeps"]!.GetValue<int>());
        Assert.Equal(7, Run("--sweeps", "7")["sweeps"]!.GetValue<int>());
        Assert.Null(Run("--sampler", "exact")["sweeps"]);
        Assert.Null(Run("--seconds", "0.01")["sweeps"]); // they differ
    }

    /// <summary>Energies that double has not: the file is named, and what is too large.</summary>
    [Theory]
    [InlineData("a.mc", "2 1\n1 2 1e308\n")]
    [InlineData("a.qubo", "p qubo 0 2 2 0\n0 0 1e308\n1 1 1e308\n")]
    [InlineData("a.coo", "# vartype=SPIN\n0 1 1e308\n")]
    public void Coefficients_that_are_too_large_are_said_to_be(string name, string text)
    {
        string path = Write(name, text);
        foreach (string sampler in new[] { "sa", "exact" })
        {
            Outcome outcome = ToolProgram.Run("solve", path, "--sampler", sampler, "--json");
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.StartsWith($"{path}: its coefficients are too large: energies would be no", outcome.Errors, StringComparison.Ordinal);
            Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void A_problem_without_variables_has_its_constant()
    {
        Outcome outcome = ToolProgram.Run("solve", Write("a.qubo", "c offset=2.5\np qubo 0 0 0 0\n"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("energy        2.5, 1 of 1 read", outcome.Output, StringComparison.Ordinal);
    }

    private static PlainProblem Random(int size, double density)
    {
        var random = new RandomStream((ulong)size);
        var terms = new TermList(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                if (i == j || random.NextDouble() < density)
                {
                    terms.Add(i, j, random.NextInt32(21) - 10);
                }
            }
        }

        return terms.Build(size % 2 == 0 ? VariableKind.Spin : VariableKind.Binary, 0, "random");
    }
}
