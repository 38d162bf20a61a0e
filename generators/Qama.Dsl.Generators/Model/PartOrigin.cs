namespace Qama.Generators.Model;

/// <summary>Who said that a part of the operator is what it is.</summary>
internal enum OriginKind
{
    /// <summary>Nobody: the default without a preset.</summary>
    Default,

    /// <summary>The preset.</summary>
    Preset,

    /// <summary>An attribute.</summary>
    Attribute,
}

/// <summary>Where a part of the operator comes from, so that a finding can point at it.</summary>
/// <param name="Kind">Who said it.</param>
/// <param name="Ordinal">The attribute (<see cref="DeclaredAttribute.Ordinal"/>): the part's own, or the one that names the
/// preset; −1 for a default.</param>
internal readonly record struct PartOrigin(OriginKind Kind, int Ordinal)
{
    public static readonly PartOrigin Default = new(OriginKind.Default, -1);

    public static PartOrigin Of(DeclaredAttribute attribute) => new(OriginKind.Attribute, attribute.Ordinal);
}
