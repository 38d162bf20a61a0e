using System;

namespace Qama.Generators.Energy;

/// <summary>The C# types that terms compute with.</summary>
internal enum NumberType
{
    /// <summary>bool: 1 or 0.</summary>
    Truth,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    Int64,
    Single,
    Double,
}

/// <summary>What C# computes: an operation, the type it computes in, and what it does where that type overflows.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Type">The result's type; the operands' too, but for conversions.</param>
/// <param name="Source">The type that is converted from; otherwise <paramref name="Type"/>.</param>
/// <param name="IsChecked">Whether whole numbers that overflow throw; otherwise they wrap around.</param>
internal sealed record LiteralOperation(TermOperation Kind, NumberType Type, NumberType Source, bool IsChecked = false)
{
    public LiteralOperation(TermOperation kind, NumberType type)
        : this(kind, type, type)
    {
    }
}

/// <summary>Properties of types.</summary>
internal static class NumberTypes
{
    public static bool IsWhole(this NumberType type) => type is >= NumberType.SByte and <= NumberType.Int64;

    public static bool IsReal(this NumberType type) => type is NumberType.Single or NumberType.Double;

    /// <summary>The smallest and the largest whole number of a type.</summary>
    public static (long Low, long High) Range(this NumberType type) => type switch
    {
        NumberType.Truth => (0, 1),
        NumberType.SByte => (sbyte.MinValue, sbyte.MaxValue),
        NumberType.Byte => (byte.MinValue, byte.MaxValue),
        NumberType.Int16 => (short.MinValue, short.MaxValue),
        NumberType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        NumberType.Int32 => (int.MinValue, int.MaxValue),
        NumberType.Int64 => (long.MinValue, long.MaxValue),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of whole numbers."),
    };

    public static string Keyword(this NumberType type) => type switch
    {
        NumberType.SByte => "sbyte",
        NumberType.Byte => "byte",
        NumberType.Int16 => "short",
        NumberType.UInt16 => "ushort",
        NumberType.Int32 => "int",
        NumberType.Int64 => "long",
        NumberType.Single => "float",
        NumberType.Double => "double",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of numbers."),
    };
}
