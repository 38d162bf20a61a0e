using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Qama.Generators.Reading.Editing;

/// <summary>All that code of one file can depend on: files, references and options of a compilation, without the compilation, which
/// would keep everything it has bound.</summary>
internal sealed class Surroundings(Compilation compilation)
{
    private readonly string? _assembly = compilation.AssemblyName;
    private readonly CompilationOptions _options = compilation.Options;
    private readonly ImmutableArray<MetadataReference> _references = [.. compilation.References];
    private readonly ImmutableArray<SyntaxTree> _files = [.. compilation.SyntaxTrees];

    // Every declaration asks about the same two.
    private volatile Surroundings? _same;

    /// <summary>Whether a file that is in both means the same in both.</summary>
    public bool SayTheSame(Surroundings other)
    {
        if (ReferenceEquals(this, other) || ReferenceEquals(_same, other))
        {
            return true;
        }

        bool same = _assembly == other._assembly && _options.Equals(other._options)
            && _references.SequenceEqual(other._references) && AreSame(_files, other._files);
        if (same)
        {
            _same = other;
        }

        return same;
    }

    private static bool AreSame(ImmutableArray<SyntaxTree> first, ImmutableArray<SyntaxTree> second)
    {
        if (first.Length != second.Length)
        {
            return false;
        }

        for (int i = 0; i < first.Length; i++)
        {
            if (!Outline.Same(first[i], second[i]))
            {
                return false;
            }
        }

        return true;
    }
}
