using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Qama.Tool.Tests;

/// <summary>The program as others start it: exit codes, what goes where, and that nothing is written on error.</summary>
public sealed class ProcessTests : FolderTest
{
    private const string Graph = "3 2\n1 2 3\n2 3 -2\n";

    [Fact]
    public void Every_command_does_its_work_and_says_nothing_else()
    {
        Write("a.mc", Graph);
        Outcome convert = ToolProgram.Execute(Folder, "convert", "a.mc", "a.qubo", "--json");
        Assert.Equal(0, convert.ExitCode);
        Assert.Equal(("qubo", "binary"), (convert.Json["to"]!.GetValue<string>(), convert.Json["kind"]!.GetValue<string>()));
        Outcome info = ToolProgram.Execute(Folder, "info", "a.qubo", "--json");
        Assert.Equal((0, ""), (info.ExitCode, info.Errors));
        Assert.Equal(3, info.Json["variables"]!.GetValue<int>());
        Outcome solve = ToolProgram.Execute(Folder, "solve", "a.mc", "--sweeps", "20", "--out", "s.json");
        Assert.Equal((0, ""), (solve.ExitCode, solve.Errors));
        Assert.Contains("cut           3, ", solve.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', solve.Output);
        Assert.Equal(3, JsonNode.Parse(File.ReadAllText(At("s.json")))!["variables"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(1, "none.mc", "info", "none.mc")]
    [InlineData(1, "bad.mc, line 1", "solve", "bad.mc", "--out", "s.json")]
    [InlineData(1, "bad.mc, line 1", "convert", "bad.mc", "out.qubo")]
    [InlineData(1, "nowhere", "convert", "a.mc", "nowhere/out.qubo")]
    [InlineData(2, "--reads: expected a whole number from 1 to 100000, got 'x'.", "solve", "a.mc", "--reads", "x")]
    [InlineData(2, "--to: expected one of qubo, coo", "convert", "a.mc", "out.mc", "--to", "xml")]
    [InlineData(2, "the extension means no format", "convert", "a.mc", "out.xml")]
    [InlineData(2, "exclude each other", "solve", "a.mc", "--compare", "sa,pt", "--sampler", "sa")]
    [InlineData(2, "got 'magic'", "solve", "a.mc", "--compare", "sa,magic")]
    [InlineData(2, "exact visits all states", "solve", "a.mc", "--sampler", "exact", "--seconds", "1")]
    [InlineData(2, "expected each sampler once, got 'sa' several times", "solve", "a.mc", "--compare", "sa,pt,sa")]
    [InlineData(2, "Required command was not provided.")]
    public void An_error_is_told_on_the_error_output_and_nothing_is_written(int code, string message, params string[] args)
    {
        Write("a.mc", Graph);
        Write("bad.mc", "three\n");
        Outcome outcome = args is [_, "none.mc"] or [] ? ToolProgram.Execute(Folder, args)
            : ToolProgram.Run([.. args.Select(a => IsFile(a) ? At(a) : a)]);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.mc", "bad.mc"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }

    /// <summary>A word that is no command is the news; that a command is missing is none.</summary>
    [Theory]
    [InlineData("nosuch")]
    [InlineData("journal", "nosuch")]
    public void A_word_that_is_no_command_is_said_first(params string[] args)
    {
        Outcome outcome = ToolProgram.Run(args);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(["Unrecognized command or argument 'nosuch'.", "Try --help."], outcome.Errors.TrimEnd().Split(Environment.NewLine));
    }

    private static bool IsFile(string word) => word.Contains('.', StringComparison.Ordinal);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_search_that_is_interrupted_writes_the_best_so_far(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        Write("a.mc", Graph);
        using Process process = ToolProgram.Start(Folder, "solve", "a.mc", "--seconds", "100000", "--out", "s.json");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await ToolProgram.WorkHasBegunAsync(process);
        using (var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.Equal(3, process.ExitCode);
        Assert.Contains("cut           3, ", await output, StringComparison.Ordinal);
        Assert.Contains("the best so far", await errors, StringComparison.Ordinal);
        JsonNode run = JsonNode.Parse(await File.ReadAllTextAsync(At("s.json")))!["runs"]![0]!;
        Assert.Equal((true, 3), (run["cancelled"]!.GetValue<bool>(), run["value"]!.GetValue<int>()));
    }

    [Fact]
    public void Help_has_the_name_the_commands_and_the_exit_codes()
    {
        Outcome help = ToolProgram.Execute(Folder, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("qama [command]", help.Output, StringComparison.Ordinal);
        Assert.All(new[] { "solve <FILE>", "convert <FILE> <OUT>", "info <FILE>", "3 ended by Ctrl+C" }, s => Assert.Contains(s, help.Output, StringComparison.Ordinal));
    }
}
