using Microsoft.CodeAnalysis;
using Qama.Generators.Energy;
using Qama.Generators.Model;

namespace Qama.Generators.Reading.Terms;

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

    /// <summary>The C# type of a number or a condition, float for anything else: the elements of vectors.</summary>
    public static NumberType NumberOf(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_Boolean => NumberType.Truth,
        SpecialType.System_SByte => NumberType.SByte,
        SpecialType.System_Byte => NumberType.Byte,
        SpecialType.System_Int16 => NumberType.Int16,
        SpecialType.System_UInt16 => NumberType.UInt16,
        SpecialType.System_Int32 => NumberType.Int32,
        SpecialType.System_Int64 => NumberType.Int64,
        SpecialType.System_Double => NumberType.Double,
        _ => NumberType.Single,
    };

    private static bool IsOurs(ITypeSymbol type) =>
        type.ContainingNamespace is { Name: WellKnownNames.Namespace, ContainingNamespace.IsGlobalNamespace: true }
        && type.ContainingAssembly?.Name == WellKnownNames.RuntimeAssembly;
}
