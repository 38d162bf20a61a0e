using Qama.Ising.Precision;

namespace Qama.Cim.Packing;

/// <summary>A problem inside a task.</summary>
/// <param name="Index">The problem's index among the problems that were packed.</param>
/// <param name="Problem">The problem.</param>
/// <param name="Offset">The problem's first spin in the task.</param>
public readonly record struct PackedProblem(int Index, MachineProblem Problem, int Offset);

/// <summary>
/// Problems on the diagonal of one matrix with the auxiliary last spin in common. Turning over a problem's spins together with
/// the auxiliary one does not change its energy, so an optimum of the whole is an optimum of each, whatever the scales.
/// </summary>
public sealed class PackedTask
{
    internal PackedTask(IReadOnlyList<PackedProblem> problems)
    {
        Problems = problems;
        SpinCount = 1 + problems.Sum(p => p.Problem.SpinCount);
    }

    /// <summary>The problems.</summary>
    public IReadOnlyList<PackedProblem> Problems { get; }

    /// <summary>Spins, the auxiliary last one included.</summary>
    public int SpinCount { get; }

    /// <summary>Rows of the matrix in a form: one less as a QUBO.</summary>
    public int MatrixSize(UploadForm form) => form == UploadForm.Ising ? SpinCount : SpinCount - 1;

    /// <summary>Writes the matrix, row-major.</summary>
    /// <param name="form">Ising: symmetric with zero diagonal. QUBO: upper triangular, the linear part on the diagonal.</param>
    /// <param name="bits">The machine's width; used for <see cref="UploadForm.RoundedQubo"/>.</param>
    /// <param name="destination">Receives MatrixSize² integers.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void WriteMatrix(UploadForm form, int bits, Span<int> destination)
    {
        int n = MatrixSize(form);
        if (destination.Length != n * n)
        {
            throw new ArgumentException($"Expected room for {n * n} integers, got {destination.Length}.", nameof(destination));
        }

        destination.Clear();
        foreach (PackedProblem p in Problems)
        {
            if (form == UploadForm.Ising)
            {
                WriteIsing(p, n, destination);
            }
            else
            {
                WriteQubo(p, n, destination, form == UploadForm.RoundedQubo ? bits : 0);
            }
        }
    }

    /// <summary>The values of one problem's variables that a row of spins means.</summary>
    /// <param name="problem">One of <see cref="Problems"/>.</param>
    /// <param name="spins"><see cref="SpinCount"/> values, each −1 or +1.</param>
    /// <param name="state">Receives the variables' values.</param>
    /// <exception cref="ArgumentException">A length is wrong, or a value is not ±1.</exception>
    public void Unpack(PackedProblem problem, ReadOnlySpan<sbyte> spins, Span<byte> state)
    {
        if (spins.Length != SpinCount)
        {
            throw new ArgumentException($"Expected {SpinCount} spins, got {spins.Length}.", nameof(spins));
        }

        problem.Problem.Decode(spins.Slice(problem.Offset, problem.Problem.SpinCount), spins[^1], state);
    }

    private static void WriteIsing(PackedProblem p, int n, Span<int> matrix)
    {
        foreach (MachineTerm t in p.Problem.Terms)
        {
            (int i, int j) = (p.Offset + t.I, t.J == p.Problem.SpinCount ? n - 1 : p.Offset + t.J);
            matrix[i * n + j] = matrix[j * n + i] = t.Value;
        }
    }

    private static void WriteQubo(PackedProblem p, int n, Span<int> matrix, int roundToBits)
    {
        foreach (MachineTerm t in p.Problem.Terms)
        {
            AddToQubo(p.Offset + t.I, t.J == p.Problem.SpinCount ? n : p.Offset + t.J, t.Value, n, matrix);
        }

        if (roundToBits > 0)
        {
            Round(p, n, matrix, roundToBits);
        }
    }

    /// <summary>A coupling of spins as terms of a QUBO: −2Mσσ' with σ = 2x − 1 is −8M xx' + 4M (x + x') − 2M, and −2Mσ of the
    /// auxiliary spin, number n, is −4Mx + 2M.</summary>
    internal static void AddToQubo(int i, int j, int value, int n, Span<int> matrix)
    {
        if (j == n)
        {
            matrix[i * (n + 1)] -= 4 * value;
            return;
        }

        matrix[i * n + j] -= 8 * value;
        matrix[i * (n + 1)] += 4 * value;
        matrix[j * (n + 1)] += 4 * value;
    }

    private static void Round(PackedProblem p, int n, Span<int> matrix, int bits)
    {
        int size = p.Problem.SpinCount;
        var values = new double[size * size];
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = matrix[(p.Offset + k / size) * n + p.Offset + k % size];
        }

        var rounded = new int[values.Length];
        MatrixRounding.Round(values, bits, rounded);
        for (int k = 0; k < values.Length; k++)
        {
            matrix[(p.Offset + k / size) * n + p.Offset + k % size] = rounded[k];
        }
    }
}
