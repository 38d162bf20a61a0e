using System.Globalization;

namespace Qama.Ising;

/// <summary>
/// An Ising problem: E(σ) = Σ_{i&lt;j} J[i,j] σ_i σ_j + Σ_i h[i] σ_i + Offset, σ in {−1,+1}ⁿ, minimised.
/// </summary>
/// <remarks>
/// D-Wave's sign convention (plus signs, each pair once). J is stored as a full symmetric matrix with zero diagonal in
/// double precision; 8·n² bytes. Other machines' conventions: docs/mathematics.md.
/// </remarks>
public sealed class IsingProblem
{
    private readonly double[] _couplings;
    private readonly double[] _fields;

    /// <summary>Creates the zero problem.</summary>
    /// <param name="size">Number of spins n, 0 to 46,340.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside that range.</exception>
    public IsingProblem(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 46_340);
        Size = size;
        _couplings = new double[size * size];
        _fields = new double[size];
    }

    /// <summary>Number of spins n.</summary>
    public int Size { get; }

    /// <summary>The constant part of the energy.</summary>
    public double Offset { get; set; }

    /// <summary>J as n·n row-major numbers, symmetric, zero diagonal.</summary>
    public ReadOnlySpan<double> Couplings => _couplings;

    /// <summary>h, n numbers.</summary>
    public ReadOnlySpan<double> Fields => _fields;

    /// <summary>J[i,j], the energy of the pair's σ_iσ_j.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    public double this[int i, int j]
    {
        get
        {
            CheckIndex(i, nameof(i));
            CheckIndex(j, nameof(j));
            return _couplings[i * Size + j];
        }
    }

    /// <summary>Sets every coefficient and the offset to zero.</summary>
    public void Clear()
    {
        Array.Clear(_couplings);
        Array.Clear(_fields);
        Offset = 0;
    }

    /// <summary>Adds the energy <paramref name="coefficient"/>·σ_i·σ_j.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    /// <exception cref="ArgumentException">i = j: σ² = 1 belongs in <see cref="Offset"/>.</exception>
    public void AddCoupling(int i, int j, double coefficient)
    {
        CheckIndex(i, nameof(i));
        CheckIndex(j, nameof(j));
        if (i == j)
        {
            throw new ArgumentException("A spin does not couple to itself: add the constant to Offset.", nameof(j));
        }

        _couplings[i * Size + j] += coefficient;
        _couplings[j * Size + i] += coefficient;
    }

    /// <summary>Adds the energy <paramref name="coefficient"/>·σ_i.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in 0..n−1.</exception>
    public void AddField(int i, double coefficient)
    {
        CheckIndex(i, nameof(i));
        _fields[i] += coefficient;
    }

    /// <summary>E(σ): couplings and fields accumulated in double in row order, and the offset added to them.</summary>
    /// <param name="spins">n values, each −1 or +1.</param>
    /// <exception cref="ArgumentException"><paramref name="spins"/> has another length, or a value that is not ±1.</exception>
    /// <exception cref="OverflowException">The energy is not finite.</exception>
    public double Energy(ReadOnlySpan<sbyte> spins)
    {
        CheckSpins(spins, Size);
        double energy = 0;
        for (int i = 0; i < Size; i++)
        {
            double local = _fields[i];
            ReadOnlySpan<double> row = _couplings.AsSpan(i * Size, Size);
            for (int j = i + 1; j < row.Length; j++)
            {
                local += row[j] * spins[j];
            }

            energy += spins[i] * local;
        }

        energy += Offset;
        return double.IsFinite(energy) ? energy : throw QuboMatrix.NotFinite("energy of the state");
    }

    /// <summary>Converts the problem to binary variables, σ = 2x − 1; exact up to rounding in double.</summary>
    /// <exception cref="OverflowException">A coefficient or the offset in binary variables is not finite.</exception>
    public QuboMatrix ToQubo()
    {
        // J σ_iσ_j = J (4x_ix_j − 2x_i − 2x_j + 1);  h σ_i = h (2x_i − 1).
        var qubo = new QuboMatrix(Size);
        double offset = Offset;
        for (int i = 0; i < Size; i++)
        {
            double linear = 2 * _fields[i];
            offset -= _fields[i];
            for (int j = 0; j < Size; j++)
            {
                double coupling = _couplings[i * Size + j];
                linear -= 2 * coupling;
                if (j > i && coupling != 0)
                {
                    qubo.AddPair(i, j, 4 * coupling);
                    offset += coupling;
                }
            }

            qubo.AddLinear(i, linear);
        }

        qubo.Offset = offset;
        return qubo.Sizes.AreFinite && double.IsFinite(offset) ? qubo : throw QuboMatrix.NotFinite("problem in binary variables");
    }

    /// <summary>The number of spins and the offset.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Ising problem of {Size} spins, offset {Offset:G6}");

    /// <summary>Refuses what is no state of spins.</summary>
    internal static void CheckSpins(ReadOnlySpan<sbyte> spins, int size)
    {
        if (spins.Length != size)
        {
            throw new ArgumentException($"Expected {size} spins, got {spins.Length}.", nameof(spins));
        }

        if (spins.IndexOfAnyExcept((sbyte)-1, (sbyte)1) is int bad and >= 0)
        {
            throw new ArgumentException($"Expected -1 or +1, got {spins[bad]} at index {bad}.", nameof(spins));
        }
    }

    private void CheckIndex(int index, string name)
    {
        if ((uint)index >= (uint)Size)
        {
            throw new ArgumentOutOfRangeException(name, index, $"Expected a spin index in 0..{Size - 1}.");
        }
    }
}
