using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Documentation;

/// <summary>
/// Every C# block of a page compiles in the program that the page makes of it: blocks of one section follow each other, usings and types of
/// earlier sections stay. A comment <c>&lt;!-- csharp … --&gt;</c> holds what a reader has and the page does not repeat.
/// </summary>
public partial class SnippetTests
{
    private static readonly string Root = Here();

    /// <summary>What a project of the page's reader references besides Qama.Dsl.</summary>
    private static readonly MetadataReference[] Libraries =
    [
        .. new[]
        {
            typeof(Training.TrainerOptions), typeof(Cim.CimSampler), typeof(TorchSharp.torch), typeof(Torch.Backend),
            typeof(Microsoft.Extensions.Logging.ILogger),
        }.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location)),
    ];

    /// <summary>Using directives of the SDK's <c>ImplicitUsings</c>.</summary>
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Pages whose blocks quote an example, which is compiled with the solution: see <see cref="QuotedCodeTests"/>.</summary>
    private static readonly string[] Quoting = ["docs/tutorial.md", "docs/user-terms.md"];

    /// <summary>Pages whose blocks are compiled where Orleans is: in Qama.Cluster.Tests.</summary>
    private const string Clusters = "docs/cluster";

    public static TheoryData<string> Pages =>
    [
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md"))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(page => !Quoting.Contains(page) && !page.StartsWith(Clusters, StringComparison.Ordinal) && Read(page).Contains("```csharp", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_compiles(string page)
    {
        Program[] programs = [.. Programs(Read(page))];
        Assert.NotEmpty(programs);
        Assert.All(programs, program =>
        {
            CSharpCompilation compilation = Compile.Sources(program.Text, ImplicitUsings).AddReferences(Libraries);
            OutputKind kind = program.Statements.Count > 0 ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
            Compilation output = Generate.Run(
                new QuboAttentionGenerator(), compilation.WithOptions(compilation.Options.WithOutputKind(kind))).Output;
            Diagnostic[] errors = [.. output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
            Assert.True(errors.Length == 0, string.Join("\n", errors.Take(5).Select(Compile.Describe)) + "\n" + program.Text);
        });
    }

    [Fact]
    public void A_block_that_does_not_compile_is_found()
    {
        Program program = Assert.Single(Programs("# Page\n\n```csharp\nint a = 1;\n```\n\n```csharp\nint b = a + c;\n```\n"));
        CSharpCompilation compilation = Compile.Sources(program.Text, ImplicitUsings);
        compilation = compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication));
        Assert.Equal("CS0103", Assert.Single(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error).Id);
    }

    private static IEnumerable<Program> Programs(string page)
    {
        var program = new Program();
        foreach (Match piece in Piece().Matches(page))
        {
            if (piece.Groups["heading"].Success)
            {
                if (program.IsUsed)
                {
                    yield return program;
                }

                program = program.Next();
                continue;
            }

            var root = (CompilationUnitSyntax)Compile.Parse(piece.Groups["code"].Value).GetRoot();
            if (program.Clashes(root))
            {
                yield return program;
                program = program.Next();
            }

            program.Add(root);
        }

        if (program.IsUsed)
        {
            yield return program;
        }
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n");

    private static string Here([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("^(?<heading>##+ )|^```csharp\n(?<code>.*?)^```|^<!-- csharp\n(?<code>.*?)^-->", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Piece();

    /// <summary>The blocks that follow each other.</summary>
    private sealed class Program
    {
        private readonly SortedSet<string> _usings = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _types = [];
        private readonly HashSet<string> _own = [];

        public List<string> Statements { get; } = [];

        public bool IsUsed => Statements.Count > 0 || _own.Count > 0;

        public string Text => string.Join("\n", _usings.Concat(Statements).Concat(_types.Values));

        /// <summary>Whether a block declares a type or a variable that this program has: it is another program then.</summary>
        public bool Clashes(CompilationUnitSyntax block) =>
            TypesOf(block).Any(type => _own.Contains(type.Key))
            || VariablesOf(block).Intersect(Statements.SelectMany(s => VariablesOf(Unit(s)))).Any();

        public void Add(CompilationUnitSyntax block)
        {
            _usings.UnionWith(block.Usings.Select(u => u.ToString()));
            Statements.AddRange(block.Members.OfType<GlobalStatementSyntax>().Select(s => s.ToFullString()));
            foreach ((string name, string text) in TypesOf(block))
            {
                _types[name] = text;
                _own.Add(name);
            }
        }

        public Program Next()
        {
            var next = new Program();
            next._usings.UnionWith(_usings);
            foreach ((string name, string text) in _types)
            {
                next._types[name] = text;
            }

            return next;
        }

        private static CompilationUnitSyntax Unit(string text) => (CompilationUnitSyntax)Compile.Parse(text).GetRoot();

        private static Dictionary<string, string> TypesOf(CompilationUnitSyntax block) => block.Members
            .Where(m => m is not GlobalStatementSyntax)
            .ToDictionary(m => m is BaseTypeDeclarationSyntax type ? type.Identifier.Text : m.ToString(), m => m.ToFullString());

        private static IEnumerable<string> VariablesOf(CompilationUnitSyntax block) => block.Members
            .OfType<GlobalStatementSyntax>().Select(m => m.Statement).OfType<LocalDeclarationStatementSyntax>()
            .SelectMany(s => s.Declaration.Variables).Select(v => v.Identifier.Text);
    }
}
