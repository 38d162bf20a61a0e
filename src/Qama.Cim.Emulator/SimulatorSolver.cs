using Qama.Annealing;
using Qama.Ising;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim.Emulator;

/// <summary>A simulator in the machine's place, working on the machine's integers.</summary>
/// <param name="create">Makes the simulator of one task.</param>
public sealed class SimulatorSolver(Func<ISampler> create) : IIsingSolver
{
    /// <summary>A simulated coherent Ising machine: measurement noise of 2 % of an amplitude, the last signs of a run, no
    /// polishing, as <see cref="CoherentIsingMachineSampler.ForMachine"/> has it.</summary>
    /// <param name="steps">Steps of a run.</param>
    public static SimulatorSolver CoherentIsingMachine(int steps = 1000) => new(
        () => new CoherentIsingMachineSampler
        {
            Steps = steps, Noise = 0.02, Descent = false, LastSigns = true, Threads = 1,
        });

    /// <summary>Simulated annealing: closer to the optimum in less time, for tests.</summary>
    /// <param name="sweeps">Sweeps of a run.</param>
    public static SimulatorSolver Annealing(int sweeps = 200) => new(
        () => new SimulatedAnnealingSampler { Sweeps = sweeps, Threads = 1 });

    /// <inheritdoc/>
    public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed) =>
        Solve(matrix, size, count, seed, CancellationToken.None);

    /// <inheritdoc/>
    public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed, CancellationToken cancellationToken)
    {
        var ising = new IsingProblem(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = i + 1; j < size; j++)
            {
                if (matrix[i * size + j] != 0)
                {
                    ising.AddCoupling(i, j, -2.0 * matrix[i * size + j]); // both orders are counted
                }
            }
        }

        var result = new SampleSet(1, count, size);
        ValueTask done = create().SampleAsync(QuboProblemBatch.FromIsing(ising), result, new SamplingKey((long)seed), cancellationToken);
        if (!done.IsCompleted)
        {
            throw new InvalidOperationException("A simulator answers at once.");
        }

        done.GetAwaiter().GetResult();

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
