namespace Qama.Generators.Validation;

/// <summary>Something a declaration says that is wrong, or worth knowing.</summary>
/// <param name="Id">The diagnostic's id, <c>QAMA</c> and four digits.</param>
/// <param name="Locator">What it is about.</param>
/// <param name="Arguments">What the message format is filled with.</param>
internal sealed record Finding(string Id, Locator Locator, EquatableArray<string> Arguments);

/// <summary>A place in a declaration, found again in the source by the analyzer.</summary>
/// <param name="AttributeOrdinal">The attribute (<see cref="Declarations.DeclaredAttribute.Ordinal"/>), or −1 for the class's name.</param>
/// <param name="Argument">The argument, or null for the whole attribute.</param>
internal sealed record Locator(int AttributeOrdinal, string? Argument = null)
{
    public static readonly Locator ClassName = new(-1);
}
