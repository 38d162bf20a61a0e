using System.Globalization;
using System.Text.RegularExpressions;

namespace Qama.Examples.Tests;

/// <summary>The training example on libtorch, as a program.</summary>
public sealed partial class TorchTrainingTests : IDisposable
{
    private const string Example = "TorchSharpDigits";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("softmax", 100, 100)]
    [InlineData("selected", 5, 24 * 100 / 49)]
    public void A_short_training_recognises_most_digits_with_the_tokens_that_its_declaration_allows(string attention, int least, int most)
    {
        (int exitCode, string output, string errors) = Train("--attention", attention, "--depth", "1", "--epochs", "5");
        Assert.Equal((0, ""), (exitCode, errors));
        Match row = Row().Match(output);
        Assert.Equal(attention, row.Groups["name"].Value);
        Assert.InRange(double.Parse(row.Groups["accuracy"].Value, CultureInfo.InvariantCulture), 80, 100);
        Assert.InRange(int.Parse(row.Groups["used"].Value, CultureInfo.InvariantCulture), least, most);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    /// <summary>Parameters, running statistics, the optimizer's state, the schedule, the order of images and random numbers: a number that
    /// is not restored changes the file.</summary>
    [Fact]
    public void A_run_that_was_killed_goes_on_to_the_same_model()
    {
        string[] options = ["--attention", "qamav2stable", "--images", "320", "--epochs", "4", "--depth", "1", "--sweeps", "5"];
        Assert.Equal((0, ""), Without(Train([.. options, "--out", Folder("whole")])));
        ExampleProgram.KillAt("epoch   2", Example, [.. options, "--out", Folder("parts")]);
        (int exitCode, string output, string errors) = Train([.. options, "--out", Folder("parts"), "--resume"]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches("going on after epoch [23]", output);
        Assert.Equal(Files("whole", "model.safetensors"), Files("parts", "model.safetensors"));
        Assert.Equal(Files("whole", "optimizer.dat"), Files("parts", "optimizer.dat"));

        // What is complete is not trained again; without the option it begins anew.
        Assert.DoesNotContain("loss", Train([.. options, "--out", Folder("parts"), "--resume"]).Output, StringComparison.Ordinal);
        ExampleProgram.KillAt("epoch   1", Example, [.. options, "--out", Folder("parts")]);
    }

    [Theory]
    [InlineData("tpu", "--device: expected cpu, cuda, cuda:N or mps, got 'tpu'.")]
    [InlineData("cuda:-1", "--device: expected cpu, cuda, cuda:N or mps, got 'cuda:-1'.")]
    [InlineData("cuda:99", "--device: there is no 'cuda:99' here")]
    public void A_device_that_is_not_there_is_refused(string device, string message)
    {
        (int exitCode, string output, string errors) = Train("--device", device);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
    }

    private (int ExitCode, string Output, string Errors) Train(params string[] options) =>
        ExampleProgram.Run(Example, options.Contains("--out") ? options : [.. options, "--out", _folder]);

    private static (int ExitCode, string Errors) Without((int ExitCode, string Output, string Errors) run) => (run.ExitCode, run.Errors);

    private string Folder(string name) => Path.Combine(_folder, name);

    private byte[] Files(string run, string name) =>
        File.ReadAllBytes(Directory.GetFiles(Folder(run), name, SearchOption.AllDirectories).Single());

    [GeneratedRegex(@"^(?<name>\w+) +(?<accuracy>[0-9.]+)% +[0-9.]+ +(?<used>[0-9]+)% +[0-9,]+ *$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
