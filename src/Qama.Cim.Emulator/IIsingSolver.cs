using Qama.Ising;
using Qama.Sampling;

namespace Qama.Cim.Emulator;

/// <summary>What computes in the machine's place.</summary>
public interface IIsingSolver
{
    /// <summary>Finds states of low energy −σᵀMσ.</summary>
    /// <param name="matrix">M, size² integers, symmetric with zero diagonal.</param>
    /// <param name="size">Spins, the auxiliary last one included.</param>
    /// <param name="count">States to find.</param>
    /// <param name="seed">What random numbers depend on.</param>
    IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed);
}

/// <summary>Simulated annealing on the integers.</summary>
public sealed class AnnealingSolver : IIsingSolver
{
    /// <summary>Sweeps per state.</summary>
    public int Sweeps { get; init; } = 200;

    /// <inheritdoc/>
    public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed)
    {
        var ising = new IsingProblem(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = i + 1; j < size; j++)
            {
                if (matrix[i * size + j] != 0)
                {
                    ising.AddCoupling(i, j, -2.0 * matrix[i * size + j]);
                }
            }
        }

        var result = new SampleSet(1, count, size);
        ValueTask done = new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 }
            .SampleAsync(QuboProblemBatch.FromIsing(ising), result, new SamplingKey((long)seed));
        if (!done.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A simulator answers at once.");
        }

        return [.. Enumerable.Range(0, count).Select(r => Spins(result.State(0, r)))];
    }

    private static sbyte[] Spins(ReadOnlySpan<byte> state)
    {
        var spins = new sbyte[state.Length];
        for (int i = 0; i < spins.Length; i++)
        {
            spins[i] = (sbyte)(2 * state[i] - 1);
        }

        return spins;
    }
}

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
