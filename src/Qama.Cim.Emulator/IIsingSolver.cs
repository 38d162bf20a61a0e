namespace Qama.Cim.Emulator;

/// <summary>What computes in the machine's place.</summary>
public interface IIsingSolver
{
    /// <summary>Finds states of low energy −σᵀMσ. Called by several threads. What it throws makes the task
    /// fail.</summary>
    /// <param name="matrix">M, size² integers, symmetric with zero diagonal.</param>
    /// <param name="size">Spins, the auxiliary last one included.</param>
    /// <param name="count">States to find.</param>
    /// <param name="seed">What random numbers depend on.</param>
    IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed);

    /// <summary>Finds states of low energy −σᵀMσ, and stops when the emulator does. A solver that does not implement this method is
    /// waited for.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed, CancellationToken cancellationToken) =>
        Solve(matrix, size, count, seed);
}
