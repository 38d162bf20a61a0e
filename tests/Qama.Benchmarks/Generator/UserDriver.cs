using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qama.Benchmarks.Generator;

/// <summary>Runs a generator as an editor does.</summary>
internal static class UserDriver
{
    public static GeneratorDriver Create(IIncrementalGenerator generator) => CSharpGeneratorDriver.Create(
        [generator.AsSourceGenerator()],
        parseOptions: UserSource.ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorDriver Run(GeneratorDriver driver, CSharpCompilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out _, out var diagnostics);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        return result.Exception is null && diagnostics.IsEmpty && !result.GeneratedSources.IsEmpty
            ? driver
            : throw new InvalidOperationException($"The generator failed: {result.Exception} {string.Join('\n', diagnostics)}");
    }
}
