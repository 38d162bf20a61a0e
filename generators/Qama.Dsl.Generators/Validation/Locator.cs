namespace Qama.Generators.Validation;

/// <summary>A place in a declaration, found again in the source by the analyzer.</summary>
/// <param name="AttributeOrdinal">The attribute (<see cref="Model.DeclaredAttribute.Ordinal"/>), or −1 for the
/// class's name.</param>
/// <param name="Argument">The argument, or null for the whole attribute; where it is not written, the attribute is meant.</param>
/// <param name="Member">A member of the class, with ordinal −1.</param>
/// <param name="Term">A term, by its place in <see cref="Model.ModelDeclaration.Terms"/>, or −1; the attribute is
/// then the method's.</param>
/// <param name="Place">With a term and ordinal −1, one of the term's places.</param>
/// <param name="Name">With an attribute, a name in its arguments that the generated part takes.</param>
internal sealed record Locator(int AttributeOrdinal, string? Argument = null, string? Member = null, int Term = -1, int Place = 0, string? Name = null)
{
    public static readonly Locator ClassName = new(-1);

    /// <summary>A member of the class, by name.</summary>
    public static Locator OfMember(string name) => new(-1, Member: name);

    /// <summary>Part of a term's code.</summary>
    public static Locator OfTerm(int term, int place) => new(-1, Term: term, Place: place);
}
