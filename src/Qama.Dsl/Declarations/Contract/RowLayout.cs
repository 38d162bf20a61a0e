// Compiled twice: into the runtime and into the generator.
#if QAMA_GENERATOR
namespace Qama.Generators.Contract;
#else
namespace Qama.Contract;
#endif

/// <summary>How rows of numbers lie in memory: padded to whole vectors, so that kernels need no tails.</summary>
internal static class RowLayout
{
    /// <summary>Numbers that kernels take at a time: the floats of 64 bytes.</summary>
    public const int Width = 16;

    /// <summary>Length of a row that holds so many numbers.</summary>
    public static int Stride(int count) => (count + Width - 1) & -Width;
}
