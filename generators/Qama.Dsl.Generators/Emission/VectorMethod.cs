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
        string indented = string.Join("\n", parameters.Split('\n').Select(line => "    " + line));
        writer.Write(summary);
        writer.Write($"private static void {name}(");
        writer.Open(indented + ")");
        writer.Write($$"""
            switch (QamaLanes.RegisterBits)
            {
                case 512:
                    {{name}}<QamaRegisters512>({{arguments}});
                    break;
                case 256:
                    {{name}}<QamaRegisters256>({{arguments}});
                    break;
                default:
                    {{name}}<QamaRegisters128>({{arguments}});
                    break;
            }
            """);
        writer.Close().Line();
        writer.Write($"private static void {name}<QamaVector>(");
        writer.Open($"{indented})\n    where QamaVector : struct, global::Qama.Kernels.IVector<QamaVector, {element}>");
    }
}
