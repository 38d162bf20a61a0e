using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Qama.Generators.Model;
using Qama.Generators.Reading.Terms;

namespace Qama.Generators.Reading.Editing;

/// <summary>
/// Declarations that were read before, by their file. The compiler asks for all of them after every key that is pressed anywhere;
/// one is read again only when a file that the class stands in is another, or when its surroundings say something else.
/// </summary>
/// <param name="guard">What keeps a model that cannot be read from the others.</param>
/// <remarks>A file keeps its readings, nothing keeps a file or a compilation longer than its last run.</remarks>
internal sealed class DeclarationReadings(ModelGuard guard)
{
    private readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<TextSpan, Reading>> _readings = new();
    private readonly ConditionalWeakTable<Compilation, Surroundings> _surroundings = new();

    /// <summary>The declaration of an annotated class; null where another part speaks for it.</summary>
    public ModelDeclaration? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!DeclarationReader.SpeaksFor(context.TargetNode, type))
        {
            return null;
        }

        Compilation compilation = context.SemanticModel.Compilation;
        Surroundings surroundings = _surroundings.GetValue(compilation, static c => new Surroundings(c));
        ConcurrentDictionary<TextSpan, Reading> ofFile = _readings.GetOrCreateValue(context.TargetNode.SyntaxTree);
        if (ofFile.TryGetValue(context.TargetNode.Span, out Reading? known) && known.IsOf(type) && known.Surroundings.SayTheSame(surroundings))
        {
            // The files of the last run, not of the run that read it, are kept.
            known.Surroundings = surroundings;
            return known.Declaration;
        }

        ModelDeclaration declaration = guard.Run(
            type.Name,
            () => DeclarationReader.Read(type, new TermBodies(compilation, cancellationToken), cancellationToken),
            reason => DeclarationReader.Unreadable(type, reason, cancellationToken));
        ofFile[context.TargetNode.Span] = new Reading(declaration, Files(type), surroundings);
        return declaration;
    }

    private static ImmutableArray<SyntaxTree> Files(INamedTypeSymbol type) =>
        [.. type.DeclaringSyntaxReferences.Select(r => r.SyntaxTree)];

    /// <param name="declaration">What was read.</param>
    /// <param name="files">The files of the class: the bodies of its terms, and of what they call, are in these.</param>
    /// <param name="surroundings">Where it was read.</param>
    private sealed class Reading(ModelDeclaration declaration, ImmutableArray<SyntaxTree> files, Surroundings surroundings)
    {
        private Surroundings _surroundings = surroundings;

        public ModelDeclaration Declaration => declaration;

        public Surroundings Surroundings
        {
            get => Volatile.Read(ref _surroundings);
            set => Volatile.Write(ref _surroundings, value);
        }

        public bool IsOf(INamedTypeSymbol type)
        {
            ImmutableArray<SyntaxReference> parts = type.DeclaringSyntaxReferences;
            if (parts.Length != files.Length)
            {
                return false;
            }

            for (int i = 0; i < parts.Length; i++)
            {
                if (!ReferenceEquals(parts[i].SyntaxTree, files[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
