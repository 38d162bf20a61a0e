using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qama.Generators.Reading;

/// <summary>Which versions of C# generated code compiles in.</summary>
internal static class LanguageSupport
{
    /// <summary>The first one: static abstract members of interfaces came with it.</summary>
    public const LanguageVersion First = LanguageVersion.CSharp11;

    /// <summary>Whether a file with these options may be a generated one.</summary>
    public static bool IsRecent(ParseOptions options) => options is CSharpParseOptions { LanguageVersion: >= First };
}
