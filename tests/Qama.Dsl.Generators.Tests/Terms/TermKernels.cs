using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Declarations;
using Qama.Generators.Emission;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Terms;

/// <summary>
/// Classes of one coupling term each, compiled to their kernels alone: what the generator emits for couplings and gradients, on a
/// stand-in for the layer. A tenth of the time that whole models take.
/// </summary>
/// <remarks>The term is <c>Term(Vec q, Vec k, TokenPair pair, float a, Vec w)</c> and has to read every parameter, and the head's
/// number in a table; a is learned per head. Not unloaded: methods of collectible assemblies are optimised at once, which takes far
/// longer than running them.</remarks>
internal sealed class TermKernels<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Assembly _assembly;

    public delegate void Similarity(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> a, ReadOnlySpan<T> w, int head, Span<T> couplings,
        int tokenCount, Span<T> scratch);

    public delegate void Gradient(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> a, ReadOnlySpan<T> w, int head, ReadOnlySpan<T> couplingGradient,
        Span<T> queryGradient, Span<T> keyGradient, Span<T> aGradient, Span<T> wGradient, int tokenCount, Span<T> scratch);

    public TermKernels(IReadOnlyList<TermClass> classes, bool withGradients)
    {
        CSharpCompilation compilation = Compile.Sources([.. classes.Select(c => c.Source)]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var bodies = new CompiledBodies(compilation, default);
        ElementType element = typeof(T) == typeof(double) ? ElementType.Double : ElementType.Single;
        var generated = new List<SyntaxTree> { Compile.Parse(Host(element.Name), "Host.cs") };
        foreach (TermClass c in classes)
        {
            ModelDeclaration declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName(c.Name)!, bodies, default);
            Assert.All(declaration.Terms, t => Assert.True(t.IsSound, c.Source + string.Join(", ", t.Problems)));
            KernelPlan plan = KernelPlan.Lower(ModelSpecification.Resolve(declaration), element);
            Plans.Add(plan);
            generated.Add(Part(plan, "Coefficients", w => new CoefficientsPart(w, plan).Write()));
            generated.Add(Part(plan, "Host", w => w.Write(Constants(plan)), "TermHost"));
            if (withGradients)
            {
                generated.Add(Part(plan, "Gradient", w => new GradientPart(w, plan).Write()));
            }
        }

        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.AddSyntaxTrees(generated).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(9).Select(Compile.Describe)));
        image.Position = 0;
        _assembly = new AssemblyLoadContext("terms").LoadFromStream(image);
    }

    /// <summary>The plans of the classes.</summary>
    public List<KernelPlan> Plans { get; } = [];

    public Similarity SimilarityOf(string name) => Method(name, "SimilarityKernel").CreateDelegate<Similarity>();

    public Gradient GradientOf(string name) => Method(name, "CouplingGradientKernel").CreateDelegate<Gradient>();

    /// <summary>The term's method itself.</summary>
    public Func<Vec, Vec, TokenPair, float, Vec, float> TermOf(string name) =>
        Method(name, "Term").CreateDelegate<Func<Vec, Vec, TokenPair, float, Vec, float>>();

    private MethodInfo Method(string type, string name) =>
        _assembly.GetType(type, throwOnError: true)!.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;

    private static SyntaxTree Part(KernelPlan plan, string name, Action<SourceWriter> body, string? baseTypes = null)
    {
        GeneratedFile file = PartWriter.Write(plan.Specification.Type, name, plan.ElementType.Name, body, baseTypes: baseTypes);
        return CSharpSyntaxTree.ParseText(file.Text, new CSharpParseOptions(LanguageVersion.Latest), file.HintName, Encoding.UTF8);
    }

    private static string Constants(KernelPlan plan)
    {
        ModelSpecification model = plan.Specification;
        int Length(ScratchPlan scratch) => scratch.Length(model.HeadDim, model.Tokens, plan.Stride);
        int scratch = Math.Max(
            Length(ScratchPlan.For(plan.Coupling)), Length(ScratchPlan.For(plan.Coupling, plan.CouplingGradient, plan.HasSymmetricGradient)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            private const int Tokens = {model.Tokens}, HeadCount = {model.HeadCount}, HeadDim = {model.HeadDim}, TokenStride = {plan.Stride};
            public const int KernelScratchLength = {scratch};
            private static int Distance(int i, int j) => global::System.Math.Abs(i - j);
            """);
    }

    /// <summary>What stands for the layer's base class.</summary>
    private static string Host(string element) => $$"""
        public abstract class TermHost
        {
            protected global::System.Collections.Generic.IReadOnlyList<global::Qama.Model.Parameter<{{element}}>> Learnables => [];
            protected abstract void ComputeCoefficients(in global::Qama.Model.SampleBuffers<{{element}}> sample);
            protected virtual void BackwardCoefficients(in global::Qama.Model.SampleBuffers<{{element}}> sample) { }
        }
        """;
}

/// <summary>A class with a coupling term.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Body">The body of the term, as members of the class would write it: an expression or a block.</param>
/// <param name="Attributes">Attributes besides those of size.</param>
internal sealed record TermClass(string Name, string Body, string Attributes = "")
{
    public const int Tokens = 5, Heads = 2, Dim = 3, Stride = 16;

    public string Source => $$"""
        using System;
        using Qama;
        [QuboAttention(Tokens = {{Tokens}}, EmbeddingDim = {{Heads * Dim}})] [Heads({{Heads}})] {{Attributes}}
        public sealed partial class {{Name}}
        {
            const float Scale = 0.75f;
            static readonly float Shift = Scale / 4f;

            [CouplingTerm]
            static float Term(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w)
                => Body(q, k, pair, a, w) + 0.1f * a * Vec.Dot(w * q, k) + 0.001f * pair.Distance * (pair.Head + 1);

            static float Body(Vec q, Vec k, TokenPair pair, float a, Vec w)
            {
                {{(Body.Contains("return", StringComparison.Ordinal) ? Body : "return " + Body + ";")}}
            }

            static float Half(float x) => 0.5f * x;

            static Vec Halved(Vec x) => 0.5f * x;

            static float Larger(float x, float y)
            {
                float result = x;
                if (y > x)
                {
                    result = y;
                }

                return result;
            }
        }
        """;
}
