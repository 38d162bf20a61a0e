using System.Diagnostics;
using System.Numerics;

namespace Qama.Cim.Emulator;

/// <summary>A task of the emulated machine.</summary>
internal sealed class EmulatedTask(string id, bool isQubo, int[] matrix, int spins, TimeSpan delay, bool fails)
{
    private readonly long _accepted = Stopwatch.GetTimestamp();
    private int[]? _matrix = matrix;
    private IReadOnlyList<sbyte[]>? _rows;
    private double[] _energies = [];

    public string Id { get; } = id;

    public bool IsQubo { get; } = isQubo;

    public int Spins { get; } = spins;

    public bool Fails { get; } = fails;

    public bool IsComputed => Volatile.Read(ref _rows) is not null;

    public IReadOnlyList<sbyte[]> Rows => _rows ?? [];

    public IReadOnlyList<double> Energies => _energies;

    /// <summary>0 checking, 1 computing, 2 completed, 3 failed.</summary>
    public int Status =>
        Stopwatch.GetElapsedTime(_accepted) < delay ? 0 : !IsComputed ? 1 : Fails ? 3 : 2;

    public void Compute(IIsingSolver solver, int count, ulong seed, double noise)
    {
        int[] matrix = _matrix!;
        IReadOnlyList<sbyte[]> rows = Fails ? [] : solver.Solve(matrix, Spins, count, seed);
        var random = new Sampling.RandomStream(seed ^ 0x9E3779B97F4A7C15);
        foreach (sbyte[] row in rows)
        {
            for (int i = 0; i < row.Length && noise > 0; i++)
            {
                row[i] = random.NextDouble() < noise ? (sbyte)-row[i] : row[i];
            }
        }

        _energies = [.. rows.Select(r => Energy(matrix, r))];
        _matrix = null;
        Volatile.Write(ref _rows, rows);
    }

    private double Energy(int[] matrix, sbyte[] row)
    {
        int[] spins = [.. row.Select(s => (int)s)];
        long sum = 0;
        for (int i = 0; i < Spins; i++)
        {
            ReadOnlySpan<int> weights = matrix.AsSpan(i * Spins, Spins);
            int local = 0;
            int j = 0;
            for (Vector<int> lanes = default; ; j += Vector<int>.Count)
            {
                if (j > Spins - Vector<int>.Count)
                {
                    local = Vector.Sum(lanes);
                    break;
                }

                lanes += new Vector<int>(weights[j..]) * new Vector<int>(spins, j);
            }

            for (; j < Spins; j++)
            {
                local += weights[j] * spins[j];
            }

            sum += spins[i] * (long)local;
        }

        return -sum;
    }
}
