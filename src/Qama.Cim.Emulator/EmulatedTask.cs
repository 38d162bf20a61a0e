using System.Diagnostics;
using System.Numerics;
using Qama.Numerics;

namespace Qama.Cim.Emulator;

/// <summary>A task of the emulated machine.</summary>
/// <param name="id">Its id.</param>
/// <param name="isQubo">Whether a QUBO was uploaded.</param>
/// <param name="read">Its matrix; asked for once.</param>
/// <param name="delay">Time that it waits.</param>
/// <param name="failure">Why it will fail, or null.</param>
internal sealed class EmulatedTask(string id, bool isQubo, Func<IsingMatrix> read, TimeSpan delay, string? failure = null)
{
    private readonly long _accepted = Stopwatch.GetTimestamp();
    private Func<IsingMatrix>? _read = read;
    private Result? _result;

    public string Id { get; } = id;

    public bool IsQubo { get; } = isQubo;

    /// <summary>The states found, their values, and the reason for a failure; null until the task is computed.</summary>
    public Result? Outcome => Volatile.Read(ref _result);

    /// <summary>0 checking, 1 computing, 2 completed, 3 failed.</summary>
    public int Status => Stopwatch.GetElapsedTime(_accepted) < delay ? 0 : Outcome is not { } o ? 1 : o.Failure is null ? 2 : 3;

    /// <summary>Computes it; whatever goes wrong is how it fails.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Compute(IIsingSolver solver, int count, ulong seed, double noise, CancellationToken cancellationToken)
    {
        Result result;
        try
        {
            result = failure is null ? Solve(_read!(), solver, count, seed, noise, cancellationToken) : new Result([], [], failure);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            result = new Result([], [], $"the computation failed: {e.Message}");
        }

        _read = null;
        Volatile.Write(ref _result, result);
    }

    private static Result Solve(
        IsingMatrix matrix, IIsingSolver solver, int count, ulong seed, double noise, CancellationToken cancellationToken)
    {
        IReadOnlyList<sbyte[]> rows = solver.Solve(matrix.Values, matrix.Spins, count, seed, cancellationToken);
        var random = new RandomStream(seed ^ 0x9E3779B97F4A7C15);
        foreach (sbyte[] row in rows)
        {
            for (int i = 0; i < row.Length && noise > 0; i++)
            {
                row[i] = random.NextDouble() < noise ? (sbyte)-row[i] : row[i];
            }
        }

        var result = new Result(rows, [.. rows.Select(r => matrix.Value(Energy(matrix, r)))], null);
        matrix.Return();
        return result;
    }

    private static long Energy(IsingMatrix matrix, sbyte[] row)
    {
        int n = matrix.Spins;
        int[] spins = [.. row.Select(s => (int)s)];
        long sum = 0;
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<int> weights = matrix.Values.Slice(i * n, n);
            int local = 0;
            int j = 0;
            for (Vector<int> lanes = default; ; j += Vector<int>.Count)
            {
                if (j > n - Vector<int>.Count)
                {
                    local = Vector.Sum(lanes);
                    break;
                }

                lanes += new Vector<int>(weights[j..]) * new Vector<int>(spins, j);
            }

            for (; j < n; j++)
            {
                local += weights[j] * spins[j];
            }

            sum += spins[i] * (long)local;
        }

        return -sum;
    }

    /// <summary>The outcome of a task.</summary>
    public sealed record Result(IReadOnlyList<sbyte[]> Rows, IReadOnlyList<double> Values, string? Failure);
}
