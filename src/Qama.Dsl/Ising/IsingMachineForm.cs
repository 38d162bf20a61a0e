using System.Globalization;

namespace Qama.Ising;

/// <summary>
/// The form that a coherent Ising machine takes: H(σ) = −σᵀMσ, minimised over σ in {−1,+1}ⁿ⁺¹, M symmetric with zero
/// diagonal, both orders of a pair counted. The last spin is auxiliary: it carries the fields, and a state and its negative
/// mean the same.
/// </summary>
/// <remarks>
/// E = −σᵀMσ + <see cref="Offset"/> is the energy of the problem it was made from, for σ_i·σ_last as its spins. With
/// IsingProblem's J and h: M[i,j] = −J[i,j]/2 and M[i,last] = −h[i]/2. Kaiwu SDK, "Ising matrix".
/// </remarks>
public sealed class IsingMachineForm
{
    private readonly double[] _matrix;

    private IsingMachineForm(int spinCount, double offset)
    {
        SpinCount = spinCount;
        Offset = offset;
        _matrix = new double[spinCount * spinCount];
    }

    /// <summary>Number of spins, the auxiliary one included.</summary>
    public int SpinCount { get; }

    /// <summary>What has to be added to H to get the energy of the original problem.</summary>
    public double Offset { get; }

    /// <summary>M, row-major.</summary>
    public ReadOnlySpan<double> Matrix => _matrix;

    /// <summary>M[i,j].</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..SpinCount−1.</exception>
    public double this[int i, int j]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)SpinCount, nameof(i));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)j, (uint)SpinCount, nameof(j));
            return _matrix[i * SpinCount + j];
        }
    }

    /// <summary>Converts an Ising problem; exact (halving is exact in binary).</summary>
    public static IsingMachineForm FromIsing(IsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        int n = problem.Size;
        var form = new IsingMachineForm(n + 1, problem.Offset);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                form._matrix[i * (n + 1) + j] = -0.5 * problem.Couplings[i * n + j];
            }

            form._matrix[i * (n + 1) + n] = form._matrix[n * (n + 1) + i] = -0.5 * problem.Fields[i];
        }

        return form;
    }

    /// <summary>Converts a QUBO, x_i = (1 + σ_iσ_last)/2; exact up to rounding in double.</summary>
    /// <exception cref="OverflowException">A coefficient or the offset in spins is not finite.</exception>
    public static IsingMachineForm FromQubo(QuboMatrix problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return FromIsing(problem.ToIsing());
    }

    /// <summary>The energy −σᵀMσ + <see cref="Offset"/>, in double.</summary>
    /// <param name="spins"><see cref="SpinCount"/> values, each −1 or +1.</param>
    /// <exception cref="ArgumentException">Another length, or a value that is not ±1.</exception>
    /// <exception cref="OverflowException">The energy is not finite.</exception>
    public double Energy(ReadOnlySpan<sbyte> spins)
    {
        if (spins.Length != SpinCount)
        {
            throw new ArgumentException($"Expected {SpinCount} spins, got {spins.Length}.", nameof(spins));
        }

        if (spins.IndexOfAnyExcept((sbyte)-1, (sbyte)1) is int bad and >= 0)
        {
            throw new ArgumentException($"Expected -1 or +1, got {spins[bad]} at index {bad}.", nameof(spins));
        }

        double sum = 0;
        for (int i = 0; i < SpinCount; i++)
        {
            double row = 0;
            for (int j = i + 1; j < SpinCount; j++)
            {
                row += _matrix[i * SpinCount + j] * spins[j];
            }

            sum += 2 * spins[i] * row;
        }

        double energy = Offset - sum;
        return double.IsFinite(energy) ? energy : throw QuboMatrix.NotFinite("energy of the state");
    }

    /// <summary>The number of spins and the offset.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"machine form of {SpinCount} spins, offset {Offset:G6}");
}
