using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Declarations;

namespace Qama.Generators.Validation.Rules;

/// <summary>Names that the generated part of the class declares are taken.</summary>
internal static class ReservedNames
{
    /// <summary>Every member the generator may emit.</summary>
    public static readonly ImmutableHashSet<string> All = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "Tokens", "EmbeddingDim", "HeadCount", "HeadDim", "SelectionBits", "VariableCount", "SlackCount", "SpinCount",
        "Descriptor",
        "ComputeCouplings", "ComputeFields", "AssembleQubo", "AssembleIsing", "Energy", "Slope", "Anneal", "WriteQubo",
        "AnnealingScratch", "CreateProblems", "ComputeCoefficients", "ComputeReadout", "BackwardReadout", "BackwardCoefficients",
        "ScratchLength");

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        // C# forbids a member with the name of its class.
        string name = declaration.Type.Name;
        if (All.Contains(name))
        {
            yield return Descriptors.ReservedName.At(Locator.ClassName, name);
        }

        foreach (string member in declaration.Members.Where(All.Contains))
        {
            yield return Descriptors.ReservedName.At(Locator.OfMember(member), member);
        }

        if (declaration.Traits.HasFlag(TypeTraits.SeedConstructor) && !declaration.Traits.HasFlag(TypeTraits.PrimaryConstructor))
        {
            yield return Descriptors.ReservedName.At(Locator.OfMember(WellKnownNames.Constructor), name + "(long)");
        }
    }
}
