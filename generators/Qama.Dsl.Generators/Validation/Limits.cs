namespace Qama.Generators.Validation;

/// <summary>The numbers a declaration may have; the attributes' documentation repeats the sizes.</summary>
internal static class Limits
{
    public const int Tokens = 16_384;
    public const int EmbeddingDim = 65_536;
    public const int Heads = 1_024;

    /// <summary>Longest array of .NET.</summary>
    public const long ArrayLength = 0x7FFF_FFC7;

    /// <summary>Weights must survive float32, times the sizes above.</summary>
    public const double SmallestWeight = 1e-30;

    public const double LargestWeight = 1e30;
}
