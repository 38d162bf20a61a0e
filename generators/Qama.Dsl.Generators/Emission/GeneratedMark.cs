namespace Qama.Generators.Emission;

/// <summary>What says of a member that it was generated: tools attribute it to us, debuggers step over it, coverage leaves it out. On
/// each member, not on the class, which is the user's.</summary>
internal static class GeneratedMark
{
    private static readonly string _tool =
        "[global::System.CodeDom.Compiler.GeneratedCode(\"Qama.Dsl\", \""
        + typeof(GeneratedMark).Assembly.GetName().Version!.ToString(3) + "\")]";

    /// <summary>A field, which has no code.</summary>
    public static SourceWriter WriteField(this SourceWriter writer, string field) => writer.Write(_tool + " " + field);

    /// <summary>Above a type or a member with code.</summary>
    public static SourceWriter Mark(this SourceWriter writer) => writer.Write(_tool).Write(
        "[global::System.Diagnostics.DebuggerNonUserCode, global::System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverage]");
}
