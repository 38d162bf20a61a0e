namespace Qama.Generators.Validation;

/// <summary>A place in a declaration, found again in the source by the analyzer.</summary>
/// <param name="AttributeOrdinal">The attribute (<see cref="Declarations.DeclaredAttribute.Ordinal"/>), or −1 for the
/// class's name.</param>
/// <param name="Argument">The argument, or null for the whole attribute; where it is not written, the attribute is meant.</param>
/// <param name="Member">A member of the class, with ordinal −1.</param>
internal sealed record Locator(int AttributeOrdinal, string? Argument = null, string? Member = null)
{
    public static readonly Locator ClassName = new(-1);

    /// <summary>A member of the class, by name.</summary>
    public static Locator OfMember(string name) => new(-1, Member: name);
}
