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
        string plain = UserSource.Model("M", 0), written = UserSource.Model("M", Terms);
        string[] many = [.. Enumerable.Range(0, Models).Select(i => UserSource.Model($"M{i}", 0))];
        foreach (GeneratorMeasurement m in First(UserSource.Compilation(plain), UserSource.Compilation(written)))
        {
            yield return m;
        }

        CSharpCompilation all = UserSource.Compilation(many);
        yield return new($"{Models} models", Median.Milliseconds(() => First(all), warmup: 1, repeats: 5), 5, 3000);

        foreach ((string name, string[] files, double? limit) in new (string, string[], double?)[]
        {
            ("one model", [plain], 2), ($"one model with {Terms} terms", [written], 2), ($"{Models} models", many, 50),
        })
        {
            const int Repeats = 25;
            var edit = new EditRun(files, warmup: 15, Repeats);
            string what = edit.AllCached ? "an edit elsewhere, every output cached" : "an edit elsewhere, OUTPUTS RUN AGAIN";
            yield return new($"{what}: {name}", edit.Generator, Repeats, limit);
            yield return new($"of it asking the compiler for the annotated classes: {name}", edit.Asking, Repeats);
            yield return new($"of it added by reading them: {name}", edit.Added, Repeats);
        }
    }

    /// <summary>First runs of one model without and with terms, alternated: a slow spell of the machine meets both.</summary>
    private static IEnumerable<GeneratorMeasurement> First(CSharpCompilation plain, CSharpCompilation written)
    {
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

        yield return new("one model", Median.Of(without), without.Count, 100);
        yield return new($"the same with {Terms} terms", Median.Of(with), with.Count);
        yield return new($"added by {Terms} terms", Median.Of(with.Zip(without, (x, y) => x - y)), with.Count);
    }

    /// <summary>Milliseconds of a first run: no caches of the driver, nor bound symbols of the compilation.</summary>
    private static double First(CSharpCompilation compilation)
    {
        GeneratorDriver driver = UserDriver.Create(new QuboAttentionGenerator());
        CSharpCompilation unbound = compilation.Clone();
        return Median.Milliseconds(() => UserDriver.Run(driver, unbound), warmup: 0, repeats: 1);
    }
}
