using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Ising;
using Qama.Layers;

namespace Qama.Generators.Tests.Language;

/// <summary>A declaration compiled and loaded.</summary>
internal sealed class DeclaredModel(RandomDeclaration declaration, LoadedAssembly assembly)
{
    private readonly Type _access = assembly.Type("Declared.Access" + declaration.Name);

    public RandomDeclaration Declaration { get; } = declaration;

    public QuboMatrix Qubo(float[] couplings, float[] fields) => (QuboMatrix)Call("Qubo", couplings, fields);

    public IsingProblem Ising(float[] couplings, float[] fields) => (IsingProblem)Call("Ising", couplings, fields);

    /// <summary>One problem, of so many tokens.</summary>
    public AttentionProblemBatch Batch(float[] couplings, float[] fields, int tokenCount)
    {
        var batch = (AttentionProblemBatch)Call("Batch", couplings, fields);
        batch.TokenCounts[0] = tokenCount;
        batch.UpdatePenaltyWeights(0);
        return batch;
    }

    private delegate double Exclusion(ReadOnlySpan<double> computed);

    private delegate SumPenalty Bounds(int index, ReadOnlySpan<double> computed);

    /// <summary>The weights that generated code gives exclusion and the bounds: constants, or computed for the problem.</summary>
    public double[] Weights(AttentionProblemBatch batch)
    {
        var computed = (double[])Call("Computed", batch);
        return
        [
            Declaration.HasExclusion ? Energy<Exclusion>("GetExclusion")(computed) : 0,
            .. Declaration.Bounds.Select((_, c) => Energy<Bounds>("GetSumPenalty")(c, computed).Weight),
        ];
    }

    private T Energy<T>(string method)
        where T : Delegate =>
        assembly.Type($"Declared.{Declaration.Name}+Generated+Energy").GetMethod(method)!.CreateDelegate<T>();

    private object Call(string name, params object[] arguments) => _access.GetMethod(name)!.Invoke(null, arguments)!;
}

/// <summary>Many declarations, many to a compilation.</summary>
internal static class DeclaredModels
{
    public const int Count = 360;
    private const int PerCompilation = 40;
    private const int Seed = 20240;

    // Nullability is other tests' concern, and takes longer than all the rest.
    private static readonly CSharpParseOptions _parseOptions = Compile.ParseOptions
        .WithFeatures([KeyValuePair.Create("run-nullable-analysis", "never")]);

    private static readonly Lazy<IReadOnlyList<DeclaredModel>> _all = new(Load);

    public static IReadOnlyList<DeclaredModel> All => _all.Value;

    private static List<DeclaredModel> Load()
    {
        RandomDeclaration[][] groups = [.. RandomDeclaration.Draw(Count, Seed).Chunk(PerCompilation)];
        return [.. groups.AsParallel().AsOrdered().SelectMany(Load)];
    }

    private static DeclaredModel[] Load(RandomDeclaration[] declarations)
    {
        string code = "using Qama;\nnamespace Declared;\n" + string.Join("\n", declarations.Select(Source));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Declared", [CSharpSyntaxTree.ParseText(code, _parseOptions)], Compile.References, Compile.Options);
        GeneratorDriver driver = CSharpGeneratorDriver
            .Create([new QuboAttentionGenerator().AsSourceGenerator()], parseOptions: _parseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        Assert.All(driver.GetRunResult().Results, r => Assert.Null(r.Exception));
        LoadedAssembly assembly = LoadedAssembly.From(output);
        return [.. declarations.Select(d => new DeclaredModel(d, assembly))];
    }

    // Spans do not pass through reflection.
    private static string Source(RandomDeclaration declaration)
    {
        string arguments = declaration.HasField ? "couplings, fields" : "couplings";
        string batch = $"Qama.Layers.AttentionProblemBatch<{declaration.Name}>";
        return declaration.Source + $$"""
            public static class Access{{declaration.Name}}
            {
                public static Qama.Ising.QuboMatrix Qubo(float[] couplings, float[] fields) => {{declaration.Name}}.AssembleQubo({{arguments}});
                public static Qama.Ising.IsingProblem Ising(float[] couplings, float[] fields) => {{declaration.Name}}.AssembleIsing({{arguments}});
                public static {{batch}} Batch(float[] couplings, float[] fields) => {{batch}}.FromDense([(couplings, fields)]);
                public static double[] Computed({{batch}} problem) => problem.View(0).PenaltyWeights.ToArray();
            }

            """;
    }
}
