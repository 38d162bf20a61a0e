using System.CommandLine;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Qama.Examples.Common;

namespace Qama.Examples.Tests;

/// <summary>The one reader of options that all examples have.</summary>
public class OptionTests
{
    private static readonly string[] _known = ["softmax", "stable", "selected"];

    [Theory]
    [InlineData("--variant stable,softmax", "stable,softmax")]
    [InlineData("--variant stable softmax", "stable,softmax")]
    [InlineData("--variant stable --variant softmax", "stable,softmax")]
    [InlineData("--variant stable,softmax --variant selected", "stable,softmax,selected")]
    [InlineData("--variant=stable,stable", "stable")]
    [InlineData("--variant all", "softmax,stable,selected")]
    [InlineData("--variant stable,all", "softmax,stable,selected")]
    [InlineData("", "selected")]
    public void Names_are_given_with_commas_with_spaces_or_by_repeating_the_option(string line, string expected) =>
        Assert.Equal(expected.Split(','), Read(Names(), line).Value);

    [Theory]
    [InlineData("--variant stable,other", "--variant: there is no 'other'. Expected all or some of softmax, stable, selected.")]
    [InlineData("--variant Stable", "--variant: there is no 'Stable'. Expected all or some of softmax, stable, selected.")]
    [InlineData("--variant stable,", "--variant: there is no ''. Expected all or some of softmax, stable, selected.")]
    [InlineData("--variant", "Required argument missing for option: '--variant'.")]
    [InlineData("--variants stable", "Unrecognized command or argument '--variants'.")]
    public void Names_that_do_not_exist_are_told_with_those_that_do(string line, string expected)
    {
        (int exitCode, string errors, _) = Read(Names(), line);
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("Try --help.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_are_taken_within_their_limits_and_refused_outside() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), (value, a, b) =>
        {
            (int smallest, int largest) = (Math.Min(a, b), Math.Max(a, b));
            string text = value.ToString(CultureInfo.InvariantCulture);
            (int exitCode, string errors, int read) = Read(ExampleOptions.Whole("--n", "", smallest, largest, smallest), $"--n={text}");
            return value >= smallest && value <= largest
                ? exitCode == 0 && read == value
                : exitCode == 2 && errors.Contains(
                    $"--n: expected a whole number from {smallest} to {largest}, got '{text}'.", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e1")]
    [InlineData("0x1")]
    [InlineData("1,000")]
    [InlineData("ten")]
    [InlineData("99999999999999999999")]
    public void What_is_no_whole_number_is_refused(string text)
    {
        (int exitCode, string errors, _) = Read(ExampleOptions.Whole("--n", "", 0, 2000, 1), $"--n {text}");
        Assert.Equal(2, exitCode);
        Assert.Contains($"--n: expected a whole number from 0 to 2000, got '{text}'.", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.25", double.PositiveInfinity, 0.25)]
    [InlineData("1e-3", 1, 1e-3)]
    [InlineData("1", 1, 1.0)]
    [InlineData("infinity", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("infinity", 1, null)]
    [InlineData("1.5", 1, null)]
    [InlineData("0", 1, null)]
    [InlineData("-1", 1, null)]
    [InlineData("NaN", double.PositiveInfinity, null)]
    [InlineData("1e999", double.PositiveInfinity, null)]
    [InlineData("0,5", 1, null)]
    public void Positive_numbers_are_taken_up_to_their_limit(string text, double largest, double? expected)
    {
        (int exitCode, string errors, double read) = Read(ExampleOptions.Positive("--rate", "", largest, 0.5), $"--rate={text}");
        Assert.Equal(expected is null ? 2 : 0, exitCode);
        if (expected is { } value)
        {
            Assert.Equal(value, read);
        }
        else
        {
            Assert.Contains($"--rate: expected a number above 0", errors, StringComparison.Ordinal);
            Assert.Contains($"got '{text}'", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_of_several_names_is_checked()
    {
        Assert.Equal("stable", Read(ExampleOptions.OneOf("--task", "", _known, "softmax"), "--task stable").Value);
        (int exitCode, string errors, _) = Read(ExampleOptions.OneOf("--task", "", _known, "softmax"), "--task x");
        Assert.Equal(2, exitCode);
        Assert.Contains("--task: expected one of softmax, stable, selected, got 'x'.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_are_created_before_the_work_and_only_for_it()
    {
        string root = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string folder = Path.Combine(root, "a", "b");
            Assert.Equal(0, Run(["--out", folder, "--help"]).ExitCode);
            Assert.Equal(2, Run(["--out", folder, "--other"]).ExitCode);
            Assert.False(Directory.Exists(folder));
            Assert.Equal(0, Run(["--out", folder]).ExitCode);
            Assert.Empty(Directory.GetFileSystemEntries(folder));

            string file = Path.Combine(root, "file");
            File.WriteAllText(file, "x");
            string[] impossible = [file, Path.Combine(file, "below"), OperatingSystem.IsLinux() ? "/proc/x" : Path.Combine(root, "a\0b")];
            foreach (string path in impossible)
            {
                bool worked = false;
                (int exitCode, string errors) = Run(["--out", path], () => worked = true);
                Assert.Equal(2, exitCode);
                Assert.Equal($"--out: cannot write to the folder '{path}'.", errors.Trim());
                Assert.False(worked);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Errors_of_files_and_training_are_one_line_and_others_are_not_hidden()
    {
        (int exitCode, string errors) = Run([], () => throw new IOException("The disk is full."));
        Assert.Equal((1, "The disk is full."), (exitCode, errors.Trim()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run([], () => throw new ArgumentOutOfRangeException("a defect")));
    }

    private static Option<IReadOnlyList<string>> Names() => ExampleOptions.Names("--variant", "Operators", _known, "selected");

    private static (int ExitCode, string Errors) Run(string[] args, Action? work = null)
    {
        var command = new RootCommand("Test.") { new OutputFolderOption("Results.", "test") };
        if (args is [])
        {
            command = new RootCommand("Test.");
        }

        command.Does((_, _) =>
        {
            work?.Invoke();
            return 0;
        });
        var error = new StringWriter();
        int exitCode = command.RunAsync(args, new InvocationConfiguration { Error = error, Output = TextWriter.Null }).GetAwaiter().GetResult();
        return (exitCode, error.ToString());
    }

    private static (int ExitCode, string Errors, T? Value) Read<T>(Option<T> option, string line)
    {
        T? value = default;
        var command = new RootCommand("Test.") { option };
        command.Does((parsed, _) =>
        {
            value = parsed.GetValue(option);
            return 0;
        });
        var error = new StringWriter();
        int exitCode = command.RunAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), new InvocationConfiguration { Error = error }).GetAwaiter().GetResult();
        return (exitCode, error.ToString(), value);
    }
}
