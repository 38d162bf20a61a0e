namespace Qama.Generators.Model;

/// <summary>Where a declared class lives, as text that generated code can repeat.</summary>
/// <param name="Namespace">Its namespace with escaped keywords; empty for the global one.</param>
/// <param name="ContainingTypes">Headers of the types around it, outermost first: <c>partial class Outer</c>.</param>
/// <param name="Name">Its name, escaped where it is a keyword.</param>
/// <param name="FullName">Namespace, containing types and name, unescaped, joined by dots.</param>
internal sealed record TypeIdentity(string Namespace, EquatableArray<string> ContainingTypes, string Name, string FullName);
