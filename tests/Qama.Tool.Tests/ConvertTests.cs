using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary><c>qama convert</c>: what formats cannot hold is refused or said.</summary>
public sealed class ConvertTests : FolderTest
{
    private const string Graph = "3 2\n1 2 3\n2 3 -2\n";

    [Fact]
    public void What_a_format_cannot_hold_is_refused_with_those_that_can()
    {
        string path = Write("a.coo", "# vartype=BINARY\n0 0 1\n0 1 2\n");
        Outcome outcome = ToolProgram.Run("convert", path, At("b.mc"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("a graph has edges alone, and spin 0 has a field of 1. Formats that can hold the problem: qubo, coo, bqm, bqpjson, bqp, bq, qplib, mtx, csv, qh (--to)", outcome.Errors, StringComparison.Ordinal);
        outcome = ToolProgram.Run("convert", path, At("b.qubo"), "--as", "spin");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("a qbsolv file has no spin variables. Formats that can hold the problem: coo, bqm, bqpjson, mtx, csv, qh (--to)", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("b.mc")) || File.Exists(At("b.qubo")));
    }

    [Theory]
    [InlineData("out.qubo", "minimised")]
    [InlineData("out.mtx", "no place for the constant -0.5", "minimised")]
    [InlineData("out.bqm", "minimised")]
    [InlineData("out.qplib")]
    [InlineData("out.bqp")]
    [InlineData("out.mc")]
    public void What_a_file_loses_is_said(string name, params string[] warnings)
    {
        Outcome outcome = ToolProgram.Run("convert", Write("in.mc", Graph), At(name));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        string[] lines = outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(warnings.Length, lines.Length);
        Assert.All(warnings.Zip(lines), w => Assert.Contains(w.First, w.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_have_no_place_are_said()
    {
        string path = Write("in.csv", "a,b\n1,0\n0,1\n");
        Assert.Contains("no place for the names", ToolProgram.Run("convert", path, At("out.coo")).Errors, StringComparison.Ordinal);
        Assert.Equal("", ToolProgram.Run("convert", path, At("out.json")).Errors);
    }

    [Fact]
    public void A_file_may_be_replaced_by_itself_in_other_variables()
    {
        string path = Write("a.json", "");
        Assert.Equal(0, ToolProgram.Run("convert", Write("in.mc", Graph), path).ExitCode);
        Assert.Equal(0, ToolProgram.Run("convert", path, path, "--as", "binary", "--to", "bqpjson").ExitCode);
        (PlainProblem problem, ProblemFormat format) = ProblemFile.Read(path, null, default);
        Assert.Equal(("bqpjson", VariableKind.Binary), (format.Id, problem.Kind));
        Assert.Equal([0, -3, -1, 2, 2, -1, -3, 0], Enumeration.Energies(problem));
    }
}
