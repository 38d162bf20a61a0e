using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Emission;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Tests.Harness;
using Qama.Numerics.Vectors;

namespace Qama.Generators.Tests.Terms;

/// <summary>
/// Classes of one coupling term each, compiled to their kernels alone: what the generator emits for couplings and gradients,
/// without the layer.
/// </summary>
/// <remarks>The term is <c>Term(Vec q, Vec k, TokenPair pair, float a, Vec w)</c> and has to read every parameter, and the head's
/// number in a table; a is learned per head. Not unloaded: methods of collectible assemblies are optimised at once, which takes far
/// longer than running them.</remarks>
internal sealed class TermKernels<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Members that kernels do without.</summary>
    private static readonly string[] _ofLayers =
        ["ComputeCouplings", "CouplingComputation", "ComputeCoefficients", "BackwardCoefficients", "OfHead"];

    private static readonly CSharpParseOptions _options = new(LanguageVersion.Latest, DocumentationMode.None);

    private readonly Assembly _assembly;

    public delegate void Similarity(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> a, ReadOnlySpan<T> w, int head, Span<T> couplings,
        int tokenCount, Span<T> scratch);

    public delegate void Gradient(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> a, ReadOnlySpan<T> w, int head, ReadOnlySpan<T> couplingGradient,
        Span<T> queryGradient, Span<T> keyGradient, Span<T> aGradient, Span<T> wGradient, int tokenCount, Span<T> scratch);

    public TermKernels(IReadOnlyList<TermClass> classes, bool withGradients)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Terms", classes.Select(c => CSharpSyntaxTree.ParseText(c.Source, _options, c.Name)), Compile.References, options);
        var bodies = new TermBodies(compilation, default);
        ElementType element = typeof(T) == typeof(double) ? ElementType.Double : ElementType.Single;
        var generated = new List<SyntaxTree>();
        foreach (TermClass c in classes)
        {
            ModelDeclaration declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName(c.Name)!, bodies, default);
            Assert.All(declaration.Terms, t => Assert.True(t.IsSound, c.Source + string.Join(", ", t.Problems)));
            KernelPlan plan = KernelPlan.Lower(ModelSpecification.Resolve(declaration), element, c.AlwaysTiles);
            Plans.Add(plan);
            generated.Add(Part(plan, "Coefficients", w => new CoefficientsPart(w, plan).Write()));
            generated.Add(Part(plan, "Host", w => w.Write(Constants(plan))));
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

    public Similarity SimilarityOf(string name) => Method(name + "+Generated", "SimilarityKernel").CreateDelegate<Similarity>();

    public Gradient GradientOf(string name) => Method(name + "+Generated", "CouplingGradientKernel").CreateDelegate<Gradient>();

    /// <summary>The term's method itself.</summary>
    public Func<Vec, Vec, TokenPair, float, Vec, float> TermOf(string name) =>
        Method(name, "Term").CreateDelegate<Func<Vec, Vec, TokenPair, float, Vec, float>>();

    private MethodInfo Method(string type, string name)
    {
        MethodInfo method = _assembly.GetType(type, throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Single(m => m.Name == name);
        if (!method.IsGenericMethod)
        {
            return method;
        }

        var registers = default(ChosenRegisters);
        VectorPath.Run<T, ChosenRegisters>(ref registers);
        return method.MakeGenericMethod(registers.Type);
    }

    /// <summary>The type of the machine's registers.</summary>
    private struct ChosenRegisters : IVectorAction<T>
    {
        public Type Type { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Type = typeof(TVector);
    }

    /// <summary>A generated part without the members that belong to a layer.</summary>
    private static SyntaxTree Part(KernelPlan plan, string name, Action<SourceWriter> body)
    {
        GeneratedFile file = PartWriter.Write(plan.Specification.Type, name, body);
        SyntaxNode root = CSharpSyntaxTree.ParseText(file.Text, _options).GetRoot();
        IEnumerable<SyntaxNode> others = root.DescendantNodes().OfType<MemberDeclarationSyntax>().Where(m => _ofLayers.Contains(
            (m as MethodDeclarationSyntax)?.Identifier.Text ?? (m as StructDeclarationSyntax)?.Identifier.Text ?? ""));
        return CSharpSyntaxTree.Create((CSharpSyntaxNode)root.RemoveNodes(others, SyntaxRemoveOptions.KeepNoTrivia)!, _options, file.HintName, Encoding.UTF8);
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
}

/// <summary>A class with a coupling term.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Body">The body of the term, as members of the class would write it: an expression or a block.</param>
/// <param name="Attributes">Attributes besides those of size.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Present">How many of them there are in the tests.</param>
internal sealed record TermClass(
    string Name, string Body, string Attributes = "", int Tokens = TermClass.FewTokens, int Present = TermClass.FewTokens)
{
    public const int FewTokens = 5, Heads = 2, Dim = 3;

    /// <summary>Whether vectors hold several rows of pairs wherever they can.</summary>
    public bool AlwaysTiles { get; init; }

    /// <summary>What is added to the body, so that the term reads every parameter and has a table that heads differ in.</summary>
    public string Addition { get; init; } = "0.1f * a * Vec.Dot(w * q, k) + 0.001f * pair.Distance * (pair.Head + 1)";

    /// <summary>Other types that the term uses.</summary>
    public string Others { get; init; } = "";

    /// <summary>Row length of padded rows of tokens.</summary>
    public int Stride => StrideOf(Tokens);

    public static int StrideOf(int tokens) => (tokens + 15) / 16 * 16;

    public string Source => $$"""
        using System;
        using Qama;
        [QuboAttention(Tokens = {{Tokens}}, EmbeddingDim = {{Heads * Dim}})] [Heads({{Heads}})] {{Attributes}}
        public sealed partial class {{Name}}
        {
            const float Scale = 0.75f;
            static readonly float Shift = Scale / 4f, Low = -0.3f;

            [CouplingTerm]
            static float Term(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w)
                => Body(q, k, pair, a, w) + {{Addition}};

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

        {{Others}}
        """;
}
