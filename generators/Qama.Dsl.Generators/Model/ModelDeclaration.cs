using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Model;

/// <summary>
/// A declared model as it was written: text and numbers only, compared by content, nothing of Roslyn inside. Everything
/// behind this stage is a pure function of it.
/// </summary>
/// <param name="Type">The class.</param>
/// <param name="Traits">What kind of class it is.</param>
/// <param name="BaseType">The base class it names, if any.</param>
/// <param name="Members">Names of the members the user wrote.</param>
/// <param name="Attributes">The DSL's attributes on it, in source order.</param>
/// <param name="Terms">Its methods that are terms of the energy, in source order.</param>
internal sealed record ModelDeclaration(
    TypeIdentity Type, TypeTraits Traits, string? BaseType, EquatableArray<string> Members,
    EquatableArray<DeclaredAttribute> Attributes, EquatableArray<DeclaredTerm> Terms = default)
{
    /// <summary>Names that generated code needs and that mean something else where the class is.</summary>
    public EquatableArray<string> HiddenNames { get; init; }

    /// <summary>Whether it has two of what a class has one of: C# says so, and there is nothing to add.</summary>
    public bool IsRepeated => FindAll(WellKnownNames.QuboAttention).Skip(1).Any();

    /// <summary>Names in code that compiles without the generated part, which takes them.</summary>
    public IEnumerable<string> NamesInUse => Attributes.Where(a => !a.IsBroken).SelectMany(a => a.Names)
        .Concat(Terms.Where(t => !t.IsBroken).SelectMany(t => t.Problems)
            .Where(p => p.Kind == TermProblemKind.GeneratedName).Select(p => p.Text));

    /// <summary>Why it could not be read; its terms are missing then.</summary>
    public string? Failure { get; init; }

    /// <summary>Levels of its code where they are too many to read its terms; else 0.</summary>
    public int Depth { get; init; }

    /// <summary>Whether the code of an attribute or a term does not compile: numbers may then be missing.</summary>
    public bool IsBroken => IsRepeated || Attributes.Any(a => a.IsBroken) || Terms.Any(t => t.IsBroken || t.Attribute.IsBroken);

    public DeclaredAttribute? Find(string attribute)
    {
        foreach (DeclaredAttribute candidate in Attributes)
        {
            if (candidate.Name == attribute)
            {
                return candidate;
            }
        }

        return null;
    }

    public IEnumerable<DeclaredAttribute> FindAll(string attribute)
    {
        foreach (DeclaredAttribute candidate in Attributes)
        {
            if (candidate.Name == attribute)
            {
                yield return candidate;
            }
        }
    }
}

/// <summary>What kind of class was annotated, as far as it matters.</summary>
[Flags]
internal enum TypeTraits
{
    None = 0,
    Partial = 1,
    Static = 2,
    Abstract = 4,

    /// <summary>It, or a type around it, has type parameters.</summary>
    Generic = 8,

    /// <summary>It, or a type around it, is visible in its file only.</summary>
    FileLocal = 16,
    Record = 32,

    /// <summary>Every type around it is partial (or there is none).</summary>
    ContainersPartial = 64,

    /// <summary>It has a primary constructor, which every other constructor would have to call.</summary>
    PrimaryConstructor = 128,

    /// <summary>It has its own constructor from a seed (<c>long</c>).</summary>
    SeedConstructor = 256,
}
