using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Qama.Generators.Tests.Harness;

/// <summary>Runs incremental generators with their steps tracked.</summary>
internal static class Generate
{
    /// <summary>First run of a generator over a compilation.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="compilation">The user's code.</param>
    /// <param name="options">Global analyzer options, for example <c>build_property.RootNamespace</c>.</param>
    public static GeneratorRun Run(
        IIncrementalGenerator generator, CSharpCompilation compilation, IReadOnlyDictionary<string, string>? options = null)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            parseOptions: (CSharpParseOptions?)compilation.SyntaxTrees.FirstOrDefault()?.Options ?? Compile.ParseOptions,
            optionsProvider: new OptionsProvider(options ?? ImmutableDictionary<string, string>.Empty),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return Run(driver, compilation);
    }

    internal static GeneratorRun Run(GeneratorDriver driver, CSharpCompilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return new GeneratorRun(driver, (CSharpCompilation)output, driver.GetRunResult());
    }

    private sealed class OptionsProvider(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        private readonly AnalyzerConfigOptions _options = new Values(values);

        public override AnalyzerConfigOptions GlobalOptions => _options;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _options;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _options;
    }

    private sealed class Values(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}

/// <summary>What a run of a generator gave.</summary>
/// <param name="Driver">The driver with its caches: the start of the next run.</param>
/// <param name="Output">The user's code with the generated files.</param>
/// <param name="Result">Generated files, diagnostics and tracked steps.</param>
internal sealed record GeneratorRun(GeneratorDriver Driver, CSharpCompilation Output, GeneratorDriverRunResult Result)
{
    private GeneratorRunResult Single => Result.Results.Single();

    /// <summary>Generated text by hint name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        Single.GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    /// <summary>The one generated file whose hint name ends so.</summary>
    public string File(string hintEnd) =>
        Single.GeneratedSources.Single(s => s.HintName.EndsWith(hintEnd, StringComparison.Ordinal)).SourceText.ToString();

    /// <summary>Runs again, with the caches of this run, after an edit.</summary>
    public GeneratorRun Again(CSharpCompilation compilation) => Generate.Run(Driver, compilation);

    /// <summary>Why each output of a step that was given a tracking name ran.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step) =>
        Single.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> steps)
            ? [.. steps.SelectMany(s => s.Outputs).Select(o => o.Reason)]
            : [];

    /// <summary>Why each generated file was produced (or not again).</summary>
    public IReadOnlyList<IncrementalStepRunReason> OutputReasons =>
        [.. Single.TrackedOutputSteps.Values.SelectMany(s => s).SelectMany(s => s.Outputs).Select(o => o.Reason)];

    /// <summary>The values a step produced.</summary>
    public IReadOnlyList<object> Values(string step) =>
        [.. Single.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Value)];

    /// <summary>The result without the pragma that keeps warnings of later compilers from users: there are none now.</summary>
    public CSharpCompilation Bare
    {
        get
        {
            const string Pragma = "#pragma warning disable\n";
            CSharpCompilation output = Output;
            foreach (SyntaxTree tree in Result.GeneratedTrees)
            {
                string text = tree.ToString();
                output = output.ReplaceSyntaxTree(
                    tree, tree.WithChangedText(SourceText.From(text.Replace(Pragma, "", StringComparison.Ordinal), Encoding.UTF8)));
            }

            return output;
        }
    }

    /// <summary>Fails unless the generator neither crashed nor reported, and the result compiles without warnings.</summary>
    public GeneratorRun AssertClean()
    {
        Assert.Null(Single.Exception);
        Assert.Empty(Single.Diagnostics);
        Bare.AssertClean();
        return this;
    }
}
