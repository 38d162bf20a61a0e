using Qama.Tool.Tests.Serving;

namespace Qama.Tool.Tests;

/// <summary>Files that are to be written: what is read is never written over, and a folder that is missing is said before anything
/// begins.</summary>
public sealed class OutputFileTests : FolderTest
{
    private const string Graph = "3 2\n1 2 3\n2 3 -2\n";

    [Fact]
    public void A_process_does_not_write_over_what_it_reads()
    {
        Write("graph.mc", Graph);
        Outcome outcome = ToolProgram.Execute(Folder, "solve", "graph.mc", "--out", "graph.mc");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal("--out: graph.mc is another file of this command, which would be lost: name another.", outcome.Errors.Trim());
        Assert.Equal(Graph, File.ReadAllText(At("graph.mc")));
    }

    [Theory]
    [InlineData("--trace", "solve", "graph.mc", "--trace", "graph.mc")]
    [InlineData("--trace", "solve", "graph.mc", "--out", "new.json", "--trace", "new.json")]
    [InlineData("--out", "solve", "graph.mc", "--machine", "emulator", "--out", "graph.mc")]
    [InlineData("--journal", "solve", "graph.mc", "--machine", "emulator", "--journal", "graph.mc")]
    [InlineData("--html", "report", "run.json", "--html", "run.json")]
    [InlineData("--html", "report", "run.json", "--html", "run.svg")]
    [InlineData("OUT", "journal", "export", "graph.mc", "graph.mc")]
    [InlineData("JOURNAL", "journal", "replay", "run.json", "run.json")]
    [InlineData("--html", "inspect", "graph.mc", "--html", "graph.mc")]
    public void Every_command_refuses_it(string option, params string[] args)
    {
        Dictionary<string, string> before = Fill();
        Outcome outcome = Run(args);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"{option}: {At(args[^1])} is another file of this command", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    [Theory]
    [InlineData("--out", "solve", "graph.mc", "--out", "none/x.json")]
    [InlineData("--trace", "solve", "graph.mc", "--trace", "none/x.json")]
    [InlineData("--journal", "solve", "graph.mc", "--machine", "emulator", "--journal", "none/j.db")]
    [InlineData("--html", "report", "run.json", "--html", "none/o.html")]
    [InlineData("--html", "inspect", "graph.mc", "--html", "none/o.html")]
    [InlineData("OUT", "journal", "export", "graph.mc", "none/o.csv")]
    [InlineData("JOURNAL", "journal", "replay", "run.json", "none/j.db")]
    public void A_folder_that_does_not_exist_is_said_with_the_option(string option, params string[] args)
    {
        Dictionary<string, string> before = Fill();
        Outcome outcome = Run(args);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        string expected = $"{option}: {At(args[^1])}: the folder {At("none")} does not exist: make it, or name another.";
        Assert.Equal(expected, outcome.Errors.Trim());
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Another_name_of_the_same_file_is_the_same_file()
    {
        Fill();
        Directory.CreateDirectory(At("folder"));
        Outcome detour = ToolProgram.Run("solve", At("graph.mc"), "--out", Path.Combine(Folder, "folder", "..", "graph.mc"));
        Assert.Contains("is another file of this command", detour.Errors, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(At("link.mc"), "graph.mc");
            Directory.CreateSymbolicLink(At("other"), Folder);
            foreach ((string read, string written) in new[] { ("link.mc", "graph.mc"), ("graph.mc", "link.mc"), ("graph.mc", "other/graph.mc") })
            {
                Outcome linked = ToolProgram.Run("solve", At(read), "--out", At(written));
                Assert.Equal(1, linked.ExitCode);
                Assert.Contains("is another file of this command", linked.Errors, StringComparison.Ordinal);
            }

            Assert.Equal(0, ToolProgram.Run("solve", At("graph.mc"), "--out", "/dev/null").ExitCode);
        }

        Assert.Contains("is a folder: name a file", ToolProgram.Run("solve", At("graph.mc"), "--out", Folder).Errors, StringComparison.Ordinal);
        Assert.Equal(0, ToolProgram.Run("convert", At("graph.mc"), At("graph.mc")).ExitCode); // this one may
        Assert.Equal(0, ToolProgram.Run("solve", At("graph.mc"), "--out", At("Graph2.mc")).ExitCode);
    }

    [Theory]
    [InlineData("solve", "none.mc")]
    [InlineData("info", "none/none.mc")]
    [InlineData("report", "none.json")]
    [InlineData("inspect", "none.dll")]
    [InlineData("serve", "MODELS", "--model", nameof(SmallGrid), "--run", "none.safetensors")]
    [InlineData("serve", "MODELS", "--model", nameof(SmallGrid), "--data", "none.csv")]
    public void A_file_that_is_not_there_is_said_in_a_sentence(params string[] args)
    {
        Outcome outcome = ToolProgram.Run(
            [.. args.Select(a => a == "MODELS" ? typeof(SmallGrid).Assembly.Location : a.StartsWith("none", StringComparison.Ordinal) ? At(a) : a)]);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"{At(args[^1])}: there is no such file", outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
    }

    private Outcome Run(string[] args) =>
        ToolProgram.Run([.. args.Select(a => a.Contains('.', StringComparison.Ordinal) ? At(a) : a)]);

    private Dictionary<string, string> Fill()
    {
        Write("graph.mc", Graph);
        Write("run.json", """{"variant":"a","epochs":[{"epoch":1,"loss":0.5}],"accuracy":0.9}""");
        Write("run.svg", """<svg xmlns="http://www.w3.org/2000/svg"/>""");
        return Contents();
    }

    private Dictionary<string, string> Contents() =>
        Directory.GetFileSystemEntries(Folder).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);
}
