using System.Globalization;

namespace Qama.Ising;

/// <summary>
/// A quadratic unconstrained binary optimisation problem in dense symmetric form: E(x) = xᵀQx + Offset, x in {0,1}ⁿ.
/// </summary>
/// <remarks>
/// Q is symmetric: a pair's energy c·x_i·x_j is stored as c/2 in Q[i,j] and c/2 in Q[j,i]; the linear part is the
/// diagonal. Coefficients are double precision; 8·n² bytes, and 4·n² or less more once a sampler has searched the
/// problem.
/// </remarks>
public sealed class QuboMatrix : IQuadraticForm
{
    private readonly double[] _coefficients;
    private MatrixSizes? _sizes; // of the present coefficients, when they have been asked for
    private SingleForm? _single; // when the problem has been searched; its memory is kept
    private bool _singleIsPresent; // of the present coefficients

    /// <summary>Creates the zero problem.</summary>
    /// <param name="size">Number of variables n, 0 to 46,340 (n² must fit an array).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside that range.</exception>
    public QuboMatrix(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 46_340);
        Size = size;
        _coefficients = new double[size * size];
    }

    /// <summary>Number of variables n.</summary>
    public int Size { get; }

    /// <summary>The constant part of the energy.</summary>
    public double Offset { get; set; }

    /// <summary>Q as n·n row-major numbers.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>How large the coefficients are.</summary>
    internal MatrixSizes Sizes => _sizes ??= new MatrixSizes(_coefficients, Size);

    /// <summary>The form that searches work on.</summary>
    internal SingleForm Single
    {
        get
        {
            if (Volatile.Read(ref _singleIsPresent))
            {
                return _single!;
            }

            lock (_coefficients)
            {
                if (!_singleIsPresent)
                {
                    _single ??= new SingleForm(Size);
                    _single.Read(this);
                    Volatile.Write(ref _singleIsPresent, true);
                }

                return _single!;
            }
        }
    }

    /// <summary>Q[i,j].</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    public double this[int i, int j]
    {
        get
        {
            CheckIndex(i, nameof(i));
            CheckIndex(j, nameof(j));
            return _coefficients[i * Size + j];
        }
    }

    /// <summary>Sets every coefficient and the offset to zero.</summary>
    public void Clear()
    {
        Array.Clear(_coefficients);
        Forget();
        Offset = 0;
    }

    /// <inheritdoc/>
    public void AddConstant(double coefficient) => Offset += coefficient;

    /// <summary>Copies the problem into another of the same size, replacing what that held.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    public void CopyTo(QuboMatrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Size != Size)
        {
            throw new ArgumentException($"Expected a matrix of size {Size}, got {destination.Size}.", nameof(destination));
        }

        _coefficients.CopyTo(destination._coefficients, 0);
        (destination._sizes, destination._singleIsPresent) = (_sizes, false);
        destination.Offset = Offset;
    }

    /// <summary>Adds the energy <paramref name="coefficient"/>·x_i. (x_i² = x_i: the diagonal.)</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in 0..n−1.</exception>
    public void AddLinear(int i, double coefficient)
    {
        CheckIndex(i, nameof(i));
        _coefficients[i * Size + i] += coefficient;
        Forget();
    }

    /// <summary>
    /// Adds the energy <paramref name="coefficient"/>·x_i·x_j, half on either side of the diagonal; i = j is x_i² = x_i.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    public void AddPair(int i, int j, double coefficient)
    {
        CheckIndex(i, nameof(i));
        CheckIndex(j, nameof(j));
        if (i == j)
        {
            AddLinear(i, coefficient); // two halves of the smallest numbers would be 0
            return;
        }

        _coefficients[i * Size + j] += 0.5 * coefficient;
        _coefficients[j * Size + i] += 0.5 * coefficient;
        Forget();
    }

    /// <summary>E(x) = xᵀQx + Offset: xᵀQx accumulated in double in row order, and the offset added to it.</summary>
    /// <param name="state">n values, each 0 or 1.</param>
    /// <exception cref="ArgumentException"><paramref name="state"/> has another length, or a value that is not 0 or 1.</exception>
    /// <exception cref="OverflowException">The energy is not finite.</exception>
    public double Energy(ReadOnlySpan<byte> state)
    {
        double energy = EnergyWithoutOffset(state) + Offset;
        return double.IsFinite(energy) ? energy : throw NotFinite("energy of the state");
    }

    /// <summary>xᵀQx, whatever it is.</summary>
    internal double EnergyWithoutOffset(ReadOnlySpan<byte> state)
    {
        CheckState(state, Size);
        if (Volatile.Read(ref _singleIsPresent) && _single is { IsExact: true })
        {
            return _single.Energy(state); // the same number
        }

        double energy = 0;
        for (int i = 0; i < Size; i++)
        {
            if (state[i] == 0)
            {
                continue;
            }

            double row = 0;
            ReadOnlySpan<double> q = _coefficients.AsSpan(i * Size, Size);
            for (int j = 0; j < q.Length; j++)
            {
                row += q[j] * state[j];
            }

            energy += row;
        }

        return energy;
    }

    /// <summary>What to throw where coefficients add up to what is no number.</summary>
    internal static OverflowException NotFinite(string what) => new(
        $"The {what} is not a finite number: coefficients are NaN, infinite, or so large that their sum does not fit a double.");

    /// <summary>Converts the problem to spins, x = (1 + σ)/2; exact up to rounding in double.</summary>
    /// <exception cref="OverflowException">A coefficient or the offset in spins is not finite.</exception>
    public IsingProblem ToIsing()
    {
        var ising = new IsingProblem(Size);
        WriteIsing(ising);
        return ising;
    }

    /// <summary>Writes the same problem in spins into <paramref name="destination"/>, replacing what it held.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    /// <exception cref="OverflowException">A coefficient or the offset in spins is not finite.</exception>
    public void WriteIsing(IsingProblem destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Size != Size)
        {
            throw new ArgumentException($"Expected an Ising problem of {Size} spins, got {destination.Size}.", nameof(destination));
        }

        // 2Q_ij x_i x_j (i<j) = Q_ij/2 (1 + σ_i + σ_j + σ_iσ_j);  Q_ii x_i = Q_ii/2 (1 + σ_i).
        destination.Clear();
        double offset = Offset;
        for (int i = 0; i < Size; i++)
        {
            double diagonal = _coefficients[i * Size + i];
            double field = 0.5 * diagonal;
            offset += 0.5 * diagonal;
            for (int j = 0; j < Size; j++)
            {
                if (j == i)
                {
                    continue;
                }

                double half = 0.5 * _coefficients[i * Size + j];
                field += half;
                if (j > i)
                {
                    destination.AddCoupling(i, j, half);
                    offset += half;
                }
            }

            destination.AddField(i, field);
        }

        // Every coefficient is part of the offset or of a field, so that these are not finite where one is not.
        destination.Offset = offset;
        if (!double.IsFinite(offset) || destination.Fields.ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
        {
            throw NotFinite("problem in spins");
        }
    }

    /// <summary>The number of variables and the offset.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"QUBO of {Size} variables, offset {Offset:G6}");

    private void Forget() => (_sizes, _singleIsPresent) = (null, false);

    private void CheckIndex(int index, string name)
    {
        if ((uint)index >= (uint)Size)
        {
            throw new ArgumentOutOfRangeException(name, index, $"Expected a variable index in 0..{Size - 1}.");
        }
    }

    /// <summary>Refuses what is no state.</summary>
    internal static void CheckState(ReadOnlySpan<byte> state, int size)
    {
        if (state.Length != size)
        {
            throw new ArgumentException($"Expected {size} values, got {state.Length}.", nameof(state));
        }

        if (state.IndexOfAnyExceptInRange((byte)0, (byte)1) is int bad and >= 0)
        {
            throw new ArgumentException($"Expected 0 or 1, got {state[bad]} at index {bad}.", nameof(state));
        }
    }
}
