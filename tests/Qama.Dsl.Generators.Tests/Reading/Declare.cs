using Qama.Generators.Model;

namespace Qama.Generators.Tests.Reading;

/// <summary>Declarations made by hand, as the reader would make them from source.</summary>
internal static class Declare
{
    public static DeclaredAttribute Attribute(string name, params (string Name, double Value)[] arguments) =>
        new(name, 0, [.. arguments.Select(a => new DeclaredArgument(a.Name, a.Value, IsBroken: false))]);

    /// <summary>A model of 6 tokens, width 8, two heads, with attributes at ordinals 2 and up.</summary>
    public static ModelDeclaration Model(int preset, params DeclaredAttribute[] attributes) => Model(
        [
            Attribute("QuboAttention", ("Tokens", 6), ("EmbeddingDim", 8), ("Preset", preset)), Attribute("Heads", ("Count", 2)),
            .. attributes,
        ]);

    public static ModelDeclaration Model(params DeclaredAttribute[] attributes) => new(
        new TypeIdentity("Space", [], "Model", "Space.Model"), TypeTraits.Partial | TypeTraits.ContainersPartial, null, [],
        [.. attributes.Select((a, i) => a with { Ordinal = i })]);

    public static ModelSpecification Resolve(int preset, params DeclaredAttribute[] attributes) =>
        ModelSpecification.Resolve(Model(preset, attributes));
}
