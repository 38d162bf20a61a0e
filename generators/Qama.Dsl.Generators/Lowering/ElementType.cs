using Qama.Generators.Contract;

namespace Qama.Generators.Lowering;

/// <summary>The number type that kernels are emitted in.</summary>
/// <param name="Name">The C# keyword.</param>
/// <param name="Lanes">How many fill a vector.</param>
internal sealed record ElementType(string Name, int Lanes)
{
    public static readonly ElementType Single = new("float", RowLayout.Width);

    /// <summary>For verification against references in double precision.</summary>
    public static readonly ElementType Double = new("double", RowLayout.Width / 2);
}
