namespace Qama.Generators.Lowering;

/// <summary>The number type that kernels are emitted in.</summary>
/// <param name="Name">The C# keyword.</param>
internal sealed record ElementType(string Name)
{
    public static readonly ElementType Single = new("float");

    /// <summary>For verification against references in double precision.</summary>
    public static readonly ElementType Double = new("double");
}
