using System.CommandLine;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators;

namespace Qama.Benchmarks.Generator;

/// <summary><c>generator</c>: what the source generator costs a warm compiler.</summary>
internal static class GeneratorCommand
{
    private const int Terms = 20, Models = 200;

    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("generator", "Time of the source generator in a warm process.") { json };
        command.SetAction(parsed =>
        {
            List<GeneratorMeasurement> all = [.. Measure()];
            foreach (GeneratorMeasurement m in all)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{m.Name,-48}{m.Milliseconds,10:F2} ms"));
            }

            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "generator", all);
            }
        });
        return command;
    }

    private static IEnumerable<GeneratorMeasurement> Measure()
    {
        const string Elsewhere = "class Other { int x = 1; }";
        CSharpCompilation plain = UserSource.Compilation(UserSource.Model("M", 0), Elsewhere);
        CSharpCompilation written = UserSource.Compilation(UserSource.Model("M", Terms), Elsewhere);

        // Alternated, so that a slow spell of the machine meets both.
        List<double> without = [], with = [];
        for (int r = 0; r < 45; r++)
        {
            double a = First(plain), b = First(written);
            if (r >= 20)
            {
                without.Add(a);
                with.Add(b);
            }
        }

        yield return new("one model", Median.Of(without), without.Count);
        yield return new($"the same with {Terms} terms", Median.Of(with), with.Count);
        yield return new($"added by {Terms} terms", Median.Of(with.Zip(without, (x, y) => x - y)), with.Count);

        GeneratorDriver driver = Run(Driver(), written);
        CSharpCompilation[] edits =
        [
            .. Enumerable.Range(2, 40).Select(x => written.ReplaceSyntaxTree(
                written.SyntaxTrees[1], UserSource.Parse($"class Other {{ int x = {x}; }}", "File1.cs"))),
        ];
        int edit = 0;
        double again = Median.Milliseconds(() => driver = Run(driver, edits[edit++]), warmup: 15, repeats: 25);
        yield return new(
            AllCached(driver) ? "an edit elsewhere, every output cached" : "an edit elsewhere, OUTPUTS RUN AGAIN", again, 25);

        CSharpCompilation many = UserSource.Compilation(
            [.. Enumerable.Range(0, Models).Select(i => UserSource.Model($"M{i}", 0))]);
        yield return new($"{Models} models", Median.Milliseconds(() => First(many), warmup: 1, repeats: 5), 5);
    }

    /// <summary>Milliseconds of a first run: no caches of the driver, nor bound symbols of the compilation.</summary>
    private static double First(CSharpCompilation compilation)
    {
        GeneratorDriver driver = Driver();
        CSharpCompilation unbound = compilation.Clone();
        return Median.Milliseconds(() => Run(driver, unbound), warmup: 0, repeats: 1);
    }

    private static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new QuboAttentionGenerator().AsSourceGenerator()],
        parseOptions: UserSource.ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static GeneratorDriver Run(GeneratorDriver driver, CSharpCompilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out _, out var diagnostics);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        return result.Exception is null && diagnostics.IsEmpty && !result.GeneratedSources.IsEmpty
            ? driver
            : throw new InvalidOperationException($"The generator failed: {result.Exception} {string.Join('\n', diagnostics)}");
    }

    private static bool AllCached(GeneratorDriver driver) => driver.GetRunResult().Results.Single().TrackedOutputSteps.Values
        .SelectMany(steps => steps).SelectMany(step => step.Outputs).All(o => o.Reason == IncrementalStepRunReason.Cached);
}
