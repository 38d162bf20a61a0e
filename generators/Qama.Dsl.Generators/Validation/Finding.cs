namespace Qama.Generators.Validation;

/// <summary>Something a declaration says that is wrong, or worth knowing.</summary>
/// <param name="Id">The diagnostic's id, <c>QAMA</c> and four digits; see <see cref="Descriptors"/>.</param>
/// <param name="Locator">What it is about.</param>
/// <param name="Arguments">What the message format is filled with.</param>
internal sealed record Finding(string Id, Locator Locator, EquatableArray<string> Arguments)
{
    /// <summary>Mechanical changes that take it away, best first.</summary>
    public EquatableArray<Remedy> Remedies { get; init; }
}
