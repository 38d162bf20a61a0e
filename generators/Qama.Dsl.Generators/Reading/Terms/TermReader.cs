using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Reading.Terms;

/// <summary>A term and where its parts were written; the places are no part of what is compared.</summary>
/// <param name="Term">The term.</param>
/// <param name="Method">The method.</param>
/// <param name="Places">What its places stand for.</param>
internal sealed record TermSourceText(DeclaredTerm Term, IMethodSymbol Method, ImmutableArray<Location> Places);

/// <summary>Reads the methods of a class that are terms of its energy.</summary>
internal static class TermReader
{
    /// <summary>Parts of code that are read of all terms of a class.</summary>
    private const int MostRead = 4 * TermBodyReader.MostRead;

    private static readonly Dictionary<string, TermKind> _kinds = new()
    {
        [WellKnownNames.CouplingTerm + "Attribute"] = TermKind.Coupling,
        [WellKnownNames.FieldTerm + "Attribute"] = TermKind.Field,
        [WellKnownNames.PairTerm + "Attribute"] = TermKind.Pair,
        [WellKnownNames.TokenTerm + "Attribute"] = TermKind.Token,
        [WellKnownNames.ReadoutTerm + "Attribute"] = TermKind.Readout,
    };

    /// <summary>The methods of a class that have a term's attribute, with it and its position among their attributes. Attributes of
    /// generated methods are not looked up, which takes time.</summary>
    public static IEnumerable<(IMethodSymbol Method, AttributeData Attribute, int Ordinal)> TermMethods(INamedTypeSymbol type)
    {
        foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>().Where(DeclarationReader.HasWrittenPart))
        {
            ImmutableArray<AttributeData> attributes = method.GetAttributes();
            for (int i = 0; i < attributes.Length; i++)
            {
                if (DeclarationReader.IsOurs(attributes[i]) && _kinds.ContainsKey(attributes[i].AttributeClass!.Name))
                {
                    yield return (method, attributes[i], i);
                }
            }
        }
    }

    /// <summary>What an attribute of a term makes of its method.</summary>
    public static TermKind KindOf(AttributeData attribute) => _kinds[attribute.AttributeClass!.Name];

    /// <summary>All terms of a class, in source order.</summary>
    public static IReadOnlyList<TermSourceText> Read(INamedTypeSymbol type, TermBodies bodies)
    {
        var terms = new List<TermSourceText>();
        int left = MostRead;
        var names = new MentionedNames(type);
        foreach ((IMethodSymbol method, AttributeData attribute, int ordinal) in TermMethods(type))
        {
            terms.Add(Read(method, attribute, ordinal, bodies, names, terms.Any(t => t.Term.Name == method.Name), ref left));
        }

        return terms;
    }

    private static TermSourceText Read(
        IMethodSymbol method, AttributeData attribute, int ordinal, TermBodies bodies, MentionedNames names, bool isNameTaken, ref int left)
    {
        TermKind kind = KindOf(attribute);
        var places = new TermPlaces();
        places.Add(method.Locations.FirstOrDefault() ?? Location.None);
        var problems = new List<TermProblem>();
        if (isNameTaken)
        {
            problems.Add(new TermProblem(TermProblemKind.Name, DeclaredTerm.NamePlace, method.Name));
        }

        if (DescribeMethod(method, kind) is { } wrong)
        {
            problems.Add(new TermProblem(TermProblemKind.Method, DeclaredTerm.NamePlace, wrong));
        }

        ImmutableArray<TermParameter> parameters = ReadParameters(method, kind, places, problems);
        bool broken = method.ReturnType.TypeKind == TypeKind.Error || method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Error);
        TermCode code = new([]);
        ImmutableArray<TermInput> inputs = [];
        IEnumerable<ISymbol> members = [method];
        int operations = 0;
        if (problems.Count == 0 && !broken)
        {
            var body = new TermBodyReader(method, parameters, bodies, places, Math.Min(left, TermBodyReader.MostRead));
            (code, inputs) = body.Read();
            left = Math.Max(0, left - body.PartsRead);
            problems.AddRange(body.Problems);
            broken = body.IsBroken;
            members = body.Members;
            operations = code.Steps.Count > 0 ? body.Operations : 0;
        }

        problems.AddRange(members.SelectMany(m => m.DeclaringSyntaxReferences).SelectMany(r => names.In(r.GetSyntax()))
            .Select(n => new TermProblem(TermProblemKind.GeneratedName, places.Add(n.GetLocation()), n.Identifier.ValueText)));

        return new TermSourceText(
            new DeclaredTerm(
                kind, method.Name, DeclarationReader.ReadAttribute(attribute, ordinal), [.. parameters], [.. inputs], code,
                [.. problems], broken, operations)
            {
                ReturnsVector = TermTypes.Of(method.ReturnType) == TermType.Vector,
            },
            method, places.ToImmutable());
    }

    private static string? DescribeMethod(IMethodSymbol method, TermKind kind) =>
        !method.IsStatic ? "it must be static"
        : method.IsGenericMethod ? "it must not be generic"
        : method.IsAsync || method.IsIterator() ? "it must be a plain function"
        : method.RefKind != RefKind.None || !CanReturn(method.ReturnType, kind)
            ? "it must return a float" + (kind == TermKind.Readout ? " or a Vec" : "")
        : method.IsAbstract || method.IsExtern || method.IsPartialDefinition && method.PartialImplementationPart is null
            ? "it must have a body"
        : null;

    private static bool CanReturn(ITypeSymbol type, TermKind kind) => type.SpecialType == SpecialType.System_Single
        || (kind == TermKind.Readout && TermTypes.Of(type) == TermType.Vector);

    private static bool IsIterator(this IMethodSymbol method) =>
        method.ReturnType.OriginalDefinition.SpecialType is SpecialType.System_Collections_Generic_IEnumerable_T;

    private static ImmutableArray<TermParameter> ReadParameters(
        IMethodSymbol method, TermKind kind, TermPlaces places, List<TermProblem> problems)
    {
        var given = new Queue<TermParameterKind>(kind switch
        {
            TermKind.Coupling => [TermParameterKind.Query, TermParameterKind.Key],
            TermKind.Field => [TermParameterKind.Value],
            _ => [],
        });
        var parameters = ImmutableArray.CreateBuilder<TermParameter>();
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            int place = places.Add(parameter.Locations.FirstOrDefault() ?? Location.None);
            AttributeData? learnable = parameter.GetAttributes()
                .FirstOrDefault(a => DeclarationReader.IsOurs(a) && a.AttributeClass!.Name == WellKnownNames.Learnable + "Attribute");
            TermType type = parameter.RefKind == RefKind.None ? TermTypes.Of(parameter.Type) : TermType.None;
            TermParameterKind? meaning = (type, learnable) switch
            {
                (TermType.Number, { }) when parameter.Type.SpecialType == SpecialType.System_Single => TermParameterKind.LearnableNumber,
                (TermType.Vector, { }) => TermParameterKind.LearnableVector,
                (TermType.Vector, null) when given.Count > 0 => given.Dequeue(),
                (TermType.Vector or TermType.Number, null) when kind == TermKind.Readout => OfToken(parameter),
                (TermType.Pair, null) when kind is TermKind.Coupling or TermKind.Pair => TermParameterKind.Pair,
                (TermType.Token, null) when kind is TermKind.Field or TermKind.Token or TermKind.Readout => TermParameterKind.Token,
                _ => null,
            };
            if (meaning is null || (!IsLearnable(meaning.Value) && parameters.Any(p => p.Kind == meaning)))
            {
                problems.Add(new TermProblem(TermProblemKind.Parameter, place, parameter.Name));
                continue;
            }

            DeclaredAttribute? written = learnable is null ? null : DeclarationReader.ReadAttribute(learnable, 0);
            parameters.Add(new TermParameter(
                parameter.Name, meaning.Value, written?.Number("Initial", double.NaN) ?? double.NaN,
                written?.Integer("PerHead", 0) is > 0, place));
        }

        return parameters.ToImmutable();

        // A readout has more than order could tell.
        static TermParameterKind? OfToken(IParameterSymbol parameter) => (parameter.Name, TermTypes.Of(parameter.Type)) switch
        {
            ("q" or "query", TermType.Vector) => TermParameterKind.Query,
            ("k" or "key", TermType.Vector) => TermParameterKind.Key,
            ("v" or "value", TermType.Vector) => TermParameterKind.Value,
            ("selected", TermType.Number) when parameter.Type.SpecialType == SpecialType.System_Single => TermParameterKind.Selected,
            ("energy", TermType.Number) when parameter.Type.SpecialType == SpecialType.System_Single => TermParameterKind.Energy,
            _ => null,
        };

        static bool IsLearnable(TermParameterKind meaning) =>
            meaning is TermParameterKind.LearnableNumber or TermParameterKind.LearnableVector;
    }
}

/// <summary>Where parts of a term were written, by number.</summary>
internal sealed class TermPlaces
{
    private readonly List<Location> _locations = [];

    public int Add(Location location)
    {
        _locations.Add(location);
        return _locations.Count - 1;
    }

    public int Add(IOperation operation) => Add(operation.Syntax.GetLocation());

    public ImmutableArray<Location> ToImmutable() => [.. _locations];
}
