using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Reading.Terms;

namespace Qama.Generators.Reading;

/// <summary>Reads an annotated class into a <see cref="ModelDeclaration"/>. Never throws on code that does not compile.</summary>
internal static class DeclarationReader
{
    private const string Suffix = "Attribute";

    private static readonly SymbolDisplayFormat _escaped = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static readonly SymbolDisplayFormat _unescaped =
        _escaped.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None);

    /// <summary>What follows <c>global::</c> in generated code, and its words that are no keywords where a type is called so.</summary>
    private static readonly string[] _roots = [WellKnownNames.Namespace, "System", "TorchSharp"];
    private static readonly string[] _words = ["unmanaged", "var"];

    private static readonly SymbolDisplayFormat _name = new(
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <param name="type">The class.</param>
    /// <param name="bodies">Where the bodies of its terms are found.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static ModelDeclaration Read(INamedTypeSymbol type, TermBodies bodies, CancellationToken cancellationToken) =>
        Nesting.Beyond(type, cancellationToken) is > 0 and int depth
            ? Read(type, terms: [], cancellationToken) with { Depth = depth }
            : Read(type, [.. TermReader.Read(type, bodies).Select(t => t.Term)], cancellationToken);

    /// <summary>The same with its terms at hand.</summary>
    public static ModelDeclaration Read(
        INamedTypeSymbol type, EquatableArray<DeclaredTerm> terms, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // A base that does not bind may turn out to be an interface.
        INamedTypeSymbol? named = type.BaseType;
        string? baseType =
            named is { SpecialType: SpecialType.None, TypeKind: not TypeKind.Error, Name: not WellKnownNames.LayerBaseClass }
                ? named.Name
                : null;
        return new ModelDeclaration(
            ReadIdentity(type), ReadTraits(type, cancellationToken), baseType,
            [
                .. type.GetMembers().Where(m => IsWritten(m, cancellationToken)).Select(m => m.Name).Distinct()
                    .OrderBy(n => n, StringComparer.Ordinal),
            ],
            [.. ReadAttributes(type)], terms)
        {
            HiddenNames = [.. HiddenNames(type)],
        };
    }

    /// <summary>What is known of a class whose terms, or all of it, cannot be read.</summary>
    public static ModelDeclaration Unreadable(INamedTypeSymbol type, string reason, CancellationToken cancellationToken)
    {
        ModelDeclaration read = new ModelGuard().Run(
            type.Name, () => Read(type, terms: [], cancellationToken),
            _ => new ModelDeclaration(new TypeIdentity("", [], type.Name, type.Name), TypeTraits.None, null, [], []));
        return read with { Failure = reason };
    }

    /// <summary>Whether the class has words of the DSL: on itself, or on a method that means to be a term.</summary>
    public static bool IsDeclared(INamedTypeSymbol type) => DslAttributes(type).Any() || TermReader.TermMethods(type).Any();

    /// <summary>Whether the class is declared to be a model.</summary>
    public static bool IsModel(INamedTypeSymbol type) => ModelAttribute(type) is not null;

    /// <summary>Whether what the generator wrote for the class is no layer.</summary>
    public static bool HasStub(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Any(
        r => !IsWritten(r) && r.SyntaxTree.FilePath.EndsWith(WellKnownNames.StubFile, StringComparison.Ordinal));

    private static AttributeData? ModelAttribute(INamedTypeSymbol type) =>
        DslAttributes(type).FirstOrDefault(a => a.Data.AttributeClass!.Name == WellKnownNames.QuboAttention + Suffix).Data;

    /// <summary>The DSL's attributes, with their positions among all attributes of the class.</summary>
    public static IEnumerable<(AttributeData Data, int Ordinal)> DslAttributes(INamedTypeSymbol type)
    {
        ImmutableArray<AttributeData> attributes = type.GetAttributes();
        for (int i = 0; i < attributes.Length; i++)
        {
            if (IsOurs(attributes[i]))
            {
                yield return (attributes[i], i);
            }
        }
    }

    /// <summary>Whether a part of a class is the one that its layer comes from. A class that was copied, or annotated twice, has
    /// several: that is an error, and one layer is enough for all that use it.</summary>
    public static bool SpeaksFor(SyntaxNode part, INamedTypeSymbol type) =>
        ModelAttribute(type)?.ApplicationSyntaxReference is { } first
        && first.SyntaxTree == part.SyntaxTree && part.Span.Contains(first.Span) && IsFirstOfItsName(type);

    /// <summary>Types of one name stay two where one is a class and the other none.</summary>
    private static bool IsFirstOfItsName(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            INamespaceOrTypeSymbol outer = (INamespaceOrTypeSymbol?)t.ContainingType ?? t.ContainingNamespace;
            if (!t.IsFileLocal && !SymbolEqualityComparer.Default.Equals(t, outer.GetTypeMembers(t.Name, t.Arity).First(o => !o.IsFileLocal)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it is a word of the DSL; an attribute that the user put into the namespace is not.</summary>
    public static bool IsOurs(AttributeData attribute) => attribute.AttributeClass is
    {
        ContainingNamespace: { Name: WellKnownNames.Namespace, ContainingNamespace.IsGlobalNamespace: true },
        ContainingAssembly.Name: WellKnownNames.RuntimeAssembly,
    };

    /// <summary>An attribute as it was written.</summary>
    /// <param name="data">The attribute.</param>
    /// <param name="ordinal">Its position.</param>
    /// <param name="names">What finds names that the generated part takes; null if they are looked for elsewhere.</param>
    public static DeclaredAttribute ReadAttribute(AttributeData data, int ordinal, MentionedNames? names = null)
    {
        string name = data.AttributeClass!.Name;
        return new DeclaredAttribute(
            name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name, ordinal,
            [.. ReadArguments(data)], data.AttributeConstructor is null,
            [.. Arguments(data) is { } list && names is not null ? names.In(list).Select(n => n.Identifier.ValueText).Distinct() : []]);
    }

    /// <summary>The code of an attribute's arguments; null if it has none.</summary>
    public static AttributeArgumentListSyntax? Arguments(AttributeData data) =>
        (data.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList;

    private static IEnumerable<DeclaredAttribute> ReadAttributes(INamedTypeSymbol type)
    {
        var names = new MentionedNames(type);
        return DslAttributes(type).Select(a => ReadAttribute(a.Data, a.Ordinal, names));
    }

    private static IEnumerable<DeclaredArgument> ReadArguments(AttributeData data)
    {
        ImmutableArray<IParameterSymbol> parameters = data.AttributeConstructor?.Parameters ?? [];
        for (int i = 0; i < Math.Min(parameters.Length, data.ConstructorArguments.Length); i++)
        {
            yield return ReadArgument(DeclaredAttribute.Capitalised(parameters[i].Name), data.ConstructorArguments[i]);
        }

        foreach (KeyValuePair<string, TypedConstant> argument in data.NamedArguments)
        {
            yield return ReadArgument(argument.Key, argument.Value);
        }
    }

    private static DeclaredArgument ReadArgument(string name, TypedConstant constant)
    {
        double? value = constant.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum ? constant.Value switch
        {
            bool b => b ? 1 : 0,
            double d => d,
            float f => f,
            int i => i,
            byte or sbyte or short or ushort or uint or long or ulong =>
                Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        }
        : null;
        return new DeclaredArgument(name, value ?? double.NaN, value is null);
    }

    private static TypeIdentity ReadIdentity(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        string fullName = type.Name;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, "partial " + Keyword(outer) + " " + outer.ToDisplayString(_name) + TypeParameters(outer));
            fullName = outer.Name + "." + fullName;
        }

        INamespaceSymbol space = type.ContainingNamespace;
        bool global = space.IsGlobalNamespace;
        return new TypeIdentity(
            global ? "" : space.ToDisplayString(_escaped), [.. containers], type.ToDisplayString(_name),
            global ? fullName : space.ToDisplayString(_unescaped) + "." + fullName);
    }

    /// <summary>Names that generated code needs and that types of the user's have.</summary>
    private static IEnumerable<string> HiddenNames(INamedTypeSymbol type)
    {
        INamespaceOrTypeSymbol scope = type;
        var words = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            words.UnionWith(_words.Where(word => !scope.GetTypeMembers(word, 0).IsEmpty));
            if (scope is INamespaceSymbol { IsGlobalNamespace: true })
            {
                break;
            }

            scope = (INamespaceOrTypeSymbol?)scope.ContainingType ?? scope.ContainingNamespace;
        }

        return _roots.Where(name => !scope.GetTypeMembers(name, 0).IsEmpty)
            .Concat(words.OrderBy(w => w, StringComparer.Ordinal));
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        _ => "class",
    };

    private static string TypeParameters(INamedTypeSymbol type) =>
        type.Arity == 0 ? "" : "<" + string.Join(", ", type.TypeParameters.Select(p => p.ToDisplayString(_name))) + ">";

    private static TypeTraits ReadTraits(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        TypeTraits traits = TypeTraits.None;
        Set(TypeTraits.Partial, IsPartial(type, cancellationToken));
        Set(TypeTraits.Static, type.IsStatic);
        Set(TypeTraits.Abstract, type.IsAbstract && !type.IsStatic);
        Set(TypeTraits.Record, type.IsRecord);
        Set(TypeTraits.SeedConstructor, SeedConstructor(type) is not null);
        Set(TypeTraits.PrimaryConstructor, type.InstanceConstructors.Any(
            c => c.DeclaringSyntaxReferences.Any(r => r.GetSyntax(cancellationToken) is TypeDeclarationSyntax)));
        bool generic = false;
        bool fileLocal = false;
        bool containersPartial = true;
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            generic |= t.Arity > 0;
            fileLocal |= t.IsFileLocal;
            containersPartial &= ReferenceEquals(t, type) || IsPartial(t, cancellationToken);
        }

        Set(TypeTraits.Generic, generic);
        Set(TypeTraits.FileLocal, fileLocal);
        Set(TypeTraits.ContainersPartial, containersPartial);
        return traits;

        void Set(TypeTraits trait, bool value) => traits |= value ? trait : TypeTraits.None;
    }

    /// <summary>Whether the user's own declaration says <c>partial</c>.</summary>
    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        type.DeclaringSyntaxReferences.Where(IsWritten)
            .Select(r => r.GetSyntax(cancellationToken)).OfType<TypeDeclarationSyntax>()
            .Any(d => d.Modifiers.Any(m => m.ValueText == "partial"));

    /// <summary>Whether the user wrote the member, rather than the compiler or this generator. Constructors and accessors do
    /// not count.</summary>
    public static bool IsWritten(ISymbol member, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return !member.IsImplicitlyDeclared && HasWrittenPart(member)
            && member is not IMethodSymbol { MethodKind: not MethodKind.Ordinary };
    }

    /// <summary>Whether any of a symbol is in a file that is not one of this generator's own.</summary>
    public static bool HasWrittenPart(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Any(IsWritten);

    /// <summary>The user's own constructor from a seed, which the generator's would collide with.</summary>
    public static IMethodSymbol? SeedConstructor(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(
        c => c.Parameters.Length == 1 && c.Parameters[0].Type.SpecialType == SpecialType.System_Int64
            && !c.IsImplicitlyDeclared && HasWrittenPart(c));

    /// <summary>Whether a file is not one of this generator's own.</summary>
    public static bool IsWritten(SyntaxTree tree) =>
        tree.FilePath.IndexOf(WellKnownNames.GeneratedPath, StringComparison.Ordinal) < 0;

    private static bool IsWritten(SyntaxReference reference) => IsWritten(reference.SyntaxTree);
}
