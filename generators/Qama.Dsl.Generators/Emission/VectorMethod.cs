using System.Linq;

namespace Qama.Generators.Emission;

/// <summary>Writes a kernel that works on vectors: once for any kind of register, <c>QamaVector</c>, and a method of the same name
/// that takes the machine's.</summary>
internal static class VectorMethod
{
    /// <summary>Writes the method that chooses, and opens the other one.</summary>
    /// <param name="writer">The text.</param>
    /// <param name="summary">XML line of the kernel.</param>
    /// <param name="element">Element type.</param>
    /// <param name="name">The kernel's name.</param>
    /// <param name="parameters">Its parameters: a type without commas and a name each, on any number of lines.</param>
    public static void Open(SourceWriter writer, string summary, string element, string name, string parameters)
    {
        string arguments = string.Join(", ", parameters.Split(',').Select(p => p.Trim().Split(' ').Last()));
        string twin = $"global::Qama.Numerics.Vectors.Twin<global::Qama.Numerics.Vectors.Register256<{element}>, {element}>";
        string four = $"global::Qama.Numerics.Vectors.Twin<global::Qama.Numerics.Vectors.Twin<global::Qama.Numerics.Vectors.Register128<{element}>, {element}>, {element}>";
        string indented = string.Join("\n", parameters.Split('\n').Select(line => "    " + line));
        writer.Write(summary);
        writer.Write($"private static void {name}(");
        writer.Open(indented + ")");
        writer.Write($$"""
            switch (global::Qama.Numerics.Vectors.Lanes.RegisterBits)
            {
                case 512:
                    {{name}}<global::Qama.Numerics.Vectors.Register512<{{element}}>>({{arguments}});
                    break;
                case 256:
                    {{name}}<{{twin}}>({{arguments}});
                    break;
                default:
                    {{name}}<{{four}}>({{arguments}});
                    break;
            }
            """);
        writer.Close().Line();
        writer.Write($"private static void {name}<QamaVector>(");
        writer.Open($"{indented})\n    where QamaVector : struct, global::Qama.Numerics.Vectors.IVector<QamaVector, {element}>");
    }
}
