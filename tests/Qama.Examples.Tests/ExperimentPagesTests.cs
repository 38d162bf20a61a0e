using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Qama.Examples.Classification;
using Qama.Examples.Common;
using Qama.Examples.Language;
using Qama.Examples.LongTasks;
using Qama.Examples.Sequences;
using Qama.Examples.Vision;
using Qama.Layers;

namespace Qama.Examples.Tests;

/// <summary>The pages of experiments in the documentation, and the one that compares estimators of the gradient.</summary>
public sealed class ExperimentPagesTests : IDisposable
{
    private const string Scaling = "scaling.md"; // which the benchmarks write

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Pages => Path.Combine(_folder, "experiments");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Those_in_the_documentation_are_made_of_the_results_beside_them()
    {
        string docs = Path.GetFullPath(Path.Combine(Here(), "..", "..", "docs")), results = Path.Combine(docs, "measurements");
        ExperimentPage.Write(Path.Combine(results, "vision"), Pages);
        SequencePage.Write(Path.Combine(results, "sequences"), Pages);
        MachineTable.Write(Path.Combine(results, "machine"), Pages);
        EquivalencePage.Write(Path.Combine(results, "equivalence"), Pages);
        ClassificationPage.Write(results, Pages);
        LanguagePage.Write(Path.Combine(results, "language"), Path.Combine(Pages, "language.md"));
        TaskPages.Write(results, Pages);
        GradientPage.Write(results, Pages);
        string[] made = [.. Directory.GetFiles(Pages, "*.md").Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
        Assert.Equal(
            made.Append(Scaling).Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(docs, "experiments"), "*.md").Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
        Assert.All(made, page => Assert.Equal(File.ReadAllText(Path.Combine(docs, "experiments", page)), File.ReadAllText(Path.Combine(Pages, page))));
    }

    [Fact]
    public void Those_of_the_benchmarks_are_made_of_what_they_measured()
    {
        string docs = Path.GetFullPath(Path.Combine(Here(), "..", "..", "docs")), page = Path.Combine(_folder, "performance.md");
        string folder = AppContext.BaseDirectory.Replace("Qama.Examples.Tests", "Qama.Benchmarks", StringComparison.Ordinal);
        string program = Path.Combine(folder, "Qama.Benchmarks.dll");
        Assert.Equal((0, "", ""), ExampleProgram.DotNet(program, "report", Path.Combine(docs, "measurements"), page));
        Assert.Equal(File.ReadAllText(Path.Combine(docs, "performance.md")), File.ReadAllText(page));
        Assert.Equal(File.ReadAllText(Path.Combine(docs, "experiments", Scaling)), File.ReadAllText(Path.Combine(Pages, Scaling)));
    }

    [Fact]
    public void Estimators_of_a_task_are_compared_by_means_over_seeds()
    {
        Result("gradients", "Energy", 1, 1, accuracy: 0.5, loss: 1);
        Result("gradients", "Energy", 1, 2, accuracy: 0.6, loss: 1.25);
        Result("gradients", "Nudged", 3, 1, accuracy: 0.75, loss: 0.5);
        Result("gradients", "Identity", 1, 1, accuracy: 0.7, loss: 0.625);
        Result("brackets", "Energy", 1, 1, accuracy: 0.9, loss: 2); // alone: nothing to compare
        File.WriteAllText(Path.Combine(_folder, "gradients", "baseline.json"), """{"seed":1,"testAccuracy":1,"testLoss":0}""");
        GradientPage.Write(_folder, Pages);
        string page = File.ReadAllText(Path.Combine(Pages, "gradients.md"));
        string expected = """
            ## gradients, 10 images

            | variant | gradient | solves per step | seconds per epoch | seeds | test accuracy | test loss |
            | --- | --- | --- | --- | --- | --- | --- |
            | of Identity | Identity | 1 | 4 | 1 | 70.0 % | 0.625 |
            | of Energy | Energy | 1 | 4 | 2 | 55.0 % ± 7.1 | 1.125 ± 0.177 |
            | of Nudged | Nudged | 3 | 4 | 1 | 75.0 % | 0.500 |

            Again, behind `dotnet run -c Release` (one call per seed):

            ```
            --project p -- Identity --seed 1
            --project p -- Energy --seed 1|2
            --project p -- Nudged --seed 1
            ```

            """.ReplaceLineEndings("\n");
        Assert.EndsWith(expected, page, StringComparison.Ordinal);
        Assert.Contains("| gradients | Nudged | 3 | 4 | 1 | 75.0 % | 0.500 |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("brackets", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_read_is_a_solve()
    {
        QuboAttentionLayer<float>[] layers = [new EnergyBrackets32(1), new BlackboxBrackets32(1), new CovarianceBrackets32(1)];
        Assert.Equal([1, 2, 8], layers.Select(layer => Estimator.Of("task", "variant", layer, "command")!.Solves));
    }

    [Fact]
    public void A_file_that_is_no_result_is_named()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "recall"));
        File.WriteAllText(Path.Combine(_folder, "recall", "cut.json"), "{");
        var error = Assert.Throws<InvalidDataException>(() => GradientPage.Write(_folder, Pages));
        Assert.Contains("cut.json", error.Message, StringComparison.Ordinal);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private void Result(string task, string gradient, int solves, int seed, double accuracy, double loss)
    {
        Directory.CreateDirectory(Path.Combine(_folder, task));
        string json = JsonSerializer.Serialize(new
        {
            estimator = new { task = $"{task}, 10 images", variant = $"of {gradient}", gradient, solves, command = $"--project p -- {gradient}" },
            seed, testAccuracy = accuracy, testLoss = loss, epochs = new[] { new { seconds = 1.0 }, new { seconds = 5.0 }, new { seconds = 4.0 } },
        });
        File.WriteAllText(Path.Combine(_folder, task, $"{gradient}-{seed}.json"), json, Encoding.UTF8);
    }
}
