namespace Qama.Examples.Tests;

/// <summary>Every example as a program: help, and what is no option.</summary>
public class ProgramTests
{
    public static TheoryData<string> Examples =>
    [
        "Quickstart", "Recall", "Book", "Digits", "DigitsInference", "CustomTerms", "CimInference", "Vision", "Sequences", "Language", "LongTasks",
        "Classification", "TorchSharpDigits",
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Help_is_printed_and_a_wrong_option_refused(string example)
    {
        (int exitCode, string output, string errors) = Run(example, "--help");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("Usage", output, StringComparison.Ordinal);

        (exitCode, output, errors) = Run(example, "--no-such-option");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("--no-such-option", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Recall")]
    [InlineData("Digits")]
    [InlineData("CimInference")]
    [InlineData("Vision")]
    [InlineData("Sequences")]
    [InlineData("LongTasks")]
    [InlineData("TorchSharpDigits")]
    public void A_folder_that_cannot_be_written_is_refused_at_once(string example)
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exitCode, string output, string errors) = Run(example, "--out", file);
            Assert.Equal((2, ""), (exitCode, output));
            Assert.Equal($"--out: cannot write to the folder '{file}'.", errors.Trim());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Libraries_and_generator_are_optimised_in_Debug_and_programs_are_not()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Qama.Dsl.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string[] libraries = [.. new[] { "src", "generators" }.SelectMany(f => Directory.GetFiles(
            Path.Combine(root, f), "Qama.*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }))];
        Assert.NotEmpty(libraries);
        Assert.All(libraries, project => Assert.Equal("true", Optimize(project)));
        Assert.Equal("false", Optimize(Path.Combine(root, "examples", "Recall", "Recall.csproj")));

        static string Optimize(string project) =>
            ExampleProgram.DotNet("msbuild", project, "-nologo", "-p:Configuration=Debug", "-getProperty:Optimize").Output.Trim().ToLowerInvariant();
    }

    private static (int ExitCode, string Output, string Errors) Run(string example, params string[] args) => ExampleProgram.Run(example, args);
}
