using Qama.Numerics;

namespace Qama.Cim.Emulator;

/// <summary>Random states at once: for measuring everything else.</summary>
public sealed class InstantSolver : IIsingSolver
{
    /// <inheritdoc/>
    public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed)
    {
        var random = new RandomStream(seed);
        var rows = new sbyte[count][];
        for (int r = 0; r < count; r++)
        {
            rows[r] = new sbyte[size];
            for (int i = 0; i < size; i++)
            {
                rows[r][i] = (sbyte)(random.NextInt32(2) * 2 - 1);
            }
        }

        return rows;
    }
}
