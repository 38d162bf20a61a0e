using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qama.Benchmarks.Generator;

/// <summary>Source files and compilations as a user's project has them.</summary>
internal static class UserSource
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly string _framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == _framework)
            .Append(typeof(QuboAttentionAttribute).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static SyntaxTree Parse(string code, string path) => CSharpSyntaxTree.ParseText(code, ParseOptions, path);

    /// <summary>A compilation of files File0.cs, File1.cs and so on.</summary>
    public static CSharpCompilation Compilation(params string[] files) => CSharpCompilation.Create(
        "UserCode", files.Select((code, i) => Parse(code, $"File{i}.cs")), _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A class with a number of coupling terms, each a divergence with its own constant and a learnable.</summary>
    public static string Model(string name, int terms)
    {
        var code = new StringBuilder($$"""
            using Qama;
            [QuboAttention(Tokens = 49, EmbeddingDim = 64)]
            [Heads(8)]
            [Coupling(Similarity.Cosine)]
            public sealed partial class {{name}}
            {

            """);
        for (int t = 1; t <= terms; t++)
        {
            code.Append(CultureInfo.InvariantCulture, $$"""
                    [CouplingTerm(Weight = 0.1)]
                    static float Divergence{{t}}(Vec q, Vec k, [Learnable(1)] float slope)
                    {
                        Vec p = Vec.Softmax(q), r = Vec.Softmax(k);
                        Vec middle = 0.5f * (p + r) + {{t}}e-6f;
                        return slope * Vec.Sum(p * Vec.Log2(p / middle + 1e-6f)) + 0.5f * Vec.Sum(r * Vec.Log2(r / middle + 1e-6f));
                    }

                """);
        }

        return code.Append("}\n").ToString();
    }
}
