using Microsoft.CodeAnalysis;

namespace Qama.Generators.Declarations;

/// <summary>The types a term computes with.</summary>
internal enum TermType
{
    /// <summary>None of them.</summary>
    None,
    Number,

    /// <summary>A whole number: quotients are rounded.</summary>
    Whole,
    Condition,
    Vector,
    Pair,
    Token,
}

/// <summary>Tells the types of a term.</summary>
internal static class TermTypes
{
    public static TermType Of(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double } => TermType.Number,
        {
            SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Int16
                or SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_UInt16
        } => TermType.Whole,
        { SpecialType: SpecialType.System_Boolean } => TermType.Condition,
        { Name: "Vec" } when IsOurs(type) => TermType.Vector,
        { Name: "TokenPair" } when IsOurs(type) => TermType.Pair,
        { Name: "TokenPosition" } when IsOurs(type) => TermType.Token,
        _ => TermType.None,
    };

    private static bool IsOurs(ITypeSymbol type) =>
        type.ContainingNamespace is { Name: WellKnownNames.Namespace, ContainingNamespace.IsGlobalNamespace: true }
        && type.ContainingAssembly?.Name == WellKnownNames.RuntimeAssembly;
}
