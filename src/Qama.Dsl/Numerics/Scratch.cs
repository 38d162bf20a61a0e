using System.ComponentModel;

namespace Qama.Numerics;

/// <summary>Hands out parts of a scratch memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Scratch
{
    /// <summary>Takes the first <paramref name="length"/> elements off a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory is shorter.</exception>
    public static Span<T> Take<T>(scoped ref Span<T> memory, int length)
    {
        Span<T> part = memory[..length];
        memory = memory[length..];
        return part;
    }
}
