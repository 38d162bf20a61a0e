using System.Globalization;
using Qama.Numerics;

namespace Qama.Ising;

/// <summary>
/// A problem as a coherent Ising machine takes it: H(σ) = −σᵀMσ, minimised, both orders of a pair counted, M symmetric with
/// zero diagonal, signed integers; the last spin is auxiliary and carries the fields.
/// </summary>
/// <remarks>
/// From an <see cref="IsingProblem"/>: M = −J/2 inside and −h/2 towards the auxiliary spin, multiplied by
/// (2^(bits−1) − 1)/max|M| and rounded half to even, as the Kaiwu SDK does; a matrix of integers that fit stays as it is.
/// Rounding changes the problem: energies are to be computed from the original. Coefficients may have any size: the
/// integers of a problem that does not fit as it is are those of the same problem in other units. 4·(n+1)² bytes.
/// </remarks>
public sealed class IntegerIsingProblem
{
    private readonly int[] _couplings;

    private IntegerIsingProblem(int size, int bits, double scale, int[] couplings)
    {
        (Size, Bits, Scale, _couplings) = (size, bits, scale, couplings);
    }

    /// <summary>Spins n + 1, the auxiliary one included.</summary>
    public int Size { get; }

    /// <summary>Width of the integers.</summary>
    public int Bits { get; }

    /// <summary>What M was multiplied by before rounding: energies of the original are H/<see cref="Scale"/>, its offset and
    /// rounding apart. Infinite where that is no double: for a largest |M| below about 7·10⁻³⁰⁷.</summary>
    public double Scale { get; }

    /// <summary>The integers, [<see cref="Size"/>, <see cref="Size"/>] row-major.</summary>
    public ReadOnlySpan<int> Couplings => _couplings;

    /// <summary>Largest distance of a rounded coefficient from what it stands for, in steps of the integers: at most 0.5.</summary>
    public double LargestError { get; private init; }

    /// <summary>Root mean square of those distances over the nonzero coefficients of M.</summary>
    public double MeanError { get; private init; }

    /// <summary>Pairs of spins that couple and whose integer is 0: what the machine does not see at all.</summary>
    public int LostCouplings { get; private init; }

    /// <summary>Pairs of spins that couple.</summary>
    public int CouplingCount { get; private init; }

    /// <summary>Reduces a problem to integers.</summary>
    /// <param name="problem">The problem; all coefficients finite.</param>
    /// <param name="bits">Width of a signed integer, 2 to 32.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside that range.</exception>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite.</exception>
    public static IntegerIsingProblem FromIsing(IsingProblem problem, int bits = 8)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 32);
        int size = problem.Size + 1;
        double limit = Math.Pow(2, bits - 1) - 1;
        (double largest, bool fits) = Largest(problem, limit);

        // In units in which neither halves nor the scale are too small or too large; nothing rounds.
        double unit = fits ? 1 : PowerOfTwo.Inverse(largest);
        double scale = fits ? 1 : limit / (0.5 * unit * largest);
        double[] machine = MachineMatrix(problem, unit);
        var couplings = new int[machine.Length];
        (double worst, double squares, int count, int lost) = (0, 0, 0, 0);
        for (int k = 0; k < machine.Length; k++)
        {
            double exact = scale * machine[k];
            double rounded = Math.Round(exact, MidpointRounding.ToEven);
            couplings[k] = (int)rounded;
            if (machine[k] != 0)
            {
                worst = Math.Max(worst, Math.Abs(exact - rounded));
                squares += (exact - rounded) * (exact - rounded);
                count++;
                lost += rounded == 0 ? 1 : 0;
            }
        }

        scale *= unit;
        return new IntegerIsingProblem(size, bits, scale, couplings)
        {
            LargestError = worst,
            MeanError = count == 0 ? 0 : Math.Sqrt(squares / count),
            CouplingCount = count / 2,
            LostCouplings = lost / 2,
        };
    }

    /// <summary>H(σ) = −σᵀMσ.</summary>
    /// <param name="spins"><see cref="Size"/> values, each −1 or +1.</param>
    /// <exception cref="ArgumentException">Another length, or a value that is not ±1.</exception>
    public long Energy(ReadOnlySpan<sbyte> spins)
    {
        CheckSpins(spins);
        long energy = 0;
        for (int i = 0; i < Size; i++)
        {
            long local = 0;
            for (int j = 0; j < Size; j++)
            {
                local += (long)_couplings[(i * Size) + j] * spins[j];
            }

            energy -= spins[i] * local;
        }

        return energy;
    }

    /// <summary>The variables that spins stand for, x_i = (1 + σ_i σ_n)/2: turning all spins round changes nothing.</summary>
    /// <param name="spins"><see cref="Size"/> values, each −1 or +1.</param>
    /// <param name="state">Receives the first of the n variables, as many as fit.</param>
    /// <exception cref="ArgumentException">Another length, or a value that is not ±1, or a longer state.</exception>
    public void Decode(ReadOnlySpan<sbyte> spins, Span<byte> state)
    {
        CheckSpins(spins);
        if (state.Length > Size - 1)
        {
            throw new ArgumentException($"Expected at most {Size - 1} variables, got {state.Length}.", nameof(state));
        }

        for (int i = 0; i < state.Length; i++)
        {
            state[i] = (byte)(spins[i] == spins[^1] ? 1 : 0);
        }
    }

    /// <summary>What the machine minimises, as an Ising problem of <see cref="Size"/> spins without fields, in the integers'
    /// units: J = −2M.</summary>
    public IsingProblem ToIsing()
    {
        var ising = new IsingProblem(Size);
        for (int i = 0; i < Size; i++)
        {
            for (int j = i + 1; j < Size; j++)
            {
                if (_couplings[(i * Size) + j] != 0)
                {
                    ising.AddCoupling(i, j, -2.0 * _couplings[(i * Size) + j]);
                }
            }
        }

        return ising;
    }

    /// <summary>Spins, width, and what rounding did.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Size} spins, {Bits}-bit integers, scale {Scale:G6}; {LostCouplings} of {CouplingCount} couplings round to 0");

    // The largest |J| or |h|, and whether −J/2 and −h/2 are integers of the machine's as they are.
    private static (double Largest, bool Fits) Largest(IsingProblem problem, double limit)
    {
        double largest = 0;
        bool fits = true;
        Look(problem.Couplings);
        Look(problem.Fields);
        return (largest, fits);

        void Look(ReadOnlySpan<double> coefficients)
        {
            foreach (double coefficient in coefficients)
            {
                if (!double.IsFinite(coefficient))
                {
                    throw new ArgumentException("The problem has a coefficient that is NaN or infinite.", nameof(problem));
                }

                double m = -0.5 * coefficient;
                largest = Math.Max(largest, Math.Abs(coefficient));
                fits &= m == Math.Round(m) && -2 * m == coefficient && m >= -limit - 1 && m <= limit;
            }
        }
    }

    // M times a power of two.
    private static double[] MachineMatrix(IsingProblem problem, double unit)
    {
        int n = problem.Size;
        int size = n + 1;
        var machine = new double[checked(size * size)];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                machine[(i * size) + j] = Machine(problem.Couplings[(i * n) + j]);
            }

            machine[(i * size) + n] = machine[(n * size) + i] = Machine(problem.Fields[i]);
        }

        return machine;

        // What vanishes beside the largest is still a coupling.
        double Machine(double coefficient)
        {
            double m = -0.5 * (unit * coefficient);
            return m == 0 && coefficient != 0 ? double.Epsilon : m;
        }
    }

    private void CheckSpins(ReadOnlySpan<sbyte> spins)
    {
        if (spins.Length != Size)
        {
            throw new ArgumentException($"Expected {Size} spins, got {spins.Length}.", nameof(spins));
        }

        if (spins.IndexOfAnyExcept((sbyte)-1, (sbyte)1) is int bad and >= 0)
        {
            throw new ArgumentException($"Expected -1 or +1, got {spins[bad]} at index {bad}.", nameof(spins));
        }
    }
}
