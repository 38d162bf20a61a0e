namespace Qama.Generators.Emission;

/// <summary>Methods of generated code that are compiled once for any kind of registers, which are called
/// <c>QamaVector</c> there.</summary>
internal static class VectorMethod
{
    /// <summary>What stands behind a method's name: as a parameter, or as an argument where the same registers go on being used.
    /// </summary>
    public const string Registers = "<QamaVector>";

    /// <summary>What the parameter of a method is.</summary>
    public static string Constraint(string element) =>
        $"where QamaVector : struct, global::Qama.Numerics.Vectors.IVector<QamaVector, {element}>";

    /// <summary>Opens a private method.</summary>
    /// <param name="writer">The text.</param>
    /// <param name="summary">XML line of the method.</param>
    /// <param name="element">Element type.</param>
    /// <param name="name">The method's name.</param>
    /// <param name="parameters">Its parameters, on any number of lines.</param>
    public static void Open(SourceWriter writer, string summary, string element, string name, string parameters)
    {
        writer.Write(summary);
        writer.Write($"private static void {name}{Registers}(");
        writer.Open($"""
            {SourceWriter.Indented(parameters)})
                {Constraint(element)}
            """);
    }
}
