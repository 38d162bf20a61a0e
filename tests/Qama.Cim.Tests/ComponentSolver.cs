using Qama.Cim.Emulator;

namespace Qama.Cim.Tests;

/// <summary>Solves tasks of many small problems exactly: what only the last spin, which carries the fields, connects is enumerated part by
/// part.</summary>
internal sealed class ComponentSolver : IIsingSolver
{
    private const int LargestPart = 20;

    public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed)
    {
        var spins = new sbyte[size];
        spins[size - 1] = 1;
        for (int first = 0; first < size - 1; first++)
        {
            if (spins[first] == 0)
            {
                Minimise(matrix, size, PartOf(matrix, size, first), spins);
            }
        }

        return [.. Enumerable.Range(0, count).Select(_ => (sbyte[])spins.Clone())];
    }

    private static List<int> PartOf(ReadOnlySpan<int> matrix, int size, int first)
    {
        List<int> part = [first];
        for (int k = 0; k < part.Count; k++)
        {
            for (int j = 0; j < size - 1; j++)
            {
                if (matrix[(part[k] * size) + j] != 0 && !part.Contains(j))
                {
                    part.Add(j);
                }
            }
        }

        return part.Count <= LargestPart ? part : throw new InvalidOperationException($"A part of {part.Count} spins is too large to enumerate.");
    }

    /// <summary>Of −Σ M[i,j] σ_i σ_j over a part's spins and the last.</summary>
    private static void Minimise(ReadOnlySpan<int> matrix, int size, List<int> part, sbyte[] spins)
    {
        (long lowest, int best) = (long.MaxValue, 0);
        for (int code = 0; code < 1 << part.Count; code++)
        {
            long energy = 0;
            for (int a = 0; a < part.Count; a++)
            {
                long local = matrix[(part[a] * size) + size - 1];
                for (int b = 0; b < a; b++)
                {
                    local += matrix[(part[a] * size) + part[b]] * (long)SpinOf(code, b);
                }

                energy -= SpinOf(code, a) * local;
            }

            if (energy < lowest)
            {
                (lowest, best) = (energy, code);
            }
        }

        for (int a = 0; a < part.Count; a++)
        {
            spins[part[a]] = (sbyte)SpinOf(best, a);
        }
    }

    private static int SpinOf(int code, int place) => (2 * ((code >> place) & 1)) - 1;
}
