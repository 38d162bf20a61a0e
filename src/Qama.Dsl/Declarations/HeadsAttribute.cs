namespace Qama;

/// <summary>Declares the number of attention heads, and their width where it is not EmbeddingDim / count. Required.</summary>
/// <param name="count">Number of heads H, 1 to 1,024.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HeadsAttribute(int count) : Attribute
{
    /// <summary>Number of heads H.</summary>
    public int Count { get; } = count;

    /// <summary>Width D of one head. Default: EmbeddingDim / count, which must then divide evenly.</summary>
    public int HeadDim { get; set; }
}
