using System;
using System.Collections.Generic;

namespace Qama.Generators.Declarations;

/// <summary>
/// A declared model as it was written: text and numbers only, compared by content, nothing of Roslyn inside. Everything
/// behind this stage is a pure function of it.
/// </summary>
/// <param name="Type">The class.</param>
/// <param name="Traits">What kind of class it is.</param>
/// <param name="BaseType">The base class it names, if any.</param>
/// <param name="Members">Names of the members the user wrote.</param>
/// <param name="Attributes">The DSL's attributes on it, in source order.</param>
internal sealed record ModelDeclaration(
    TypeIdentity Type, TypeTraits Traits, string? BaseType, EquatableArray<string> Members,
    EquatableArray<DeclaredAttribute> Attributes)
{
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
    Generic = 8,
    FileLocal = 16,
    Record = 32,

    /// <summary>Every type around it is partial (or there is none).</summary>
    ContainersPartial = 64,
}
