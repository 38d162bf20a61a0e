using System.Buffers;

namespace Qama.Ising.Precision;

/// <summary>A QUBO while it is being reduced: E = 2^<see cref="Exponent"/> · (Σ c_i x_i + Σ_{i&lt;j} c_ij x_i x_j), some x_i
/// decided. The largest coefficient is near 1, so that nothing that follows depends on the problem's scale.</summary>
internal sealed class BinaryProblem : IDisposable
{
    public const sbyte Free = -1;

    private double[] _pairs;

    public BinaryProblem(QuboMatrix qubo)
    {
        Size = qubo.Size;
        Linear = new double[Size];
        _pairs = ArrayPool<double>.Shared.Rent(Size * Size);
        Values = new sbyte[Size];
        Array.Fill(Values, Free);
        ReadOnlySpan<double> coefficients = qubo.Coefficients;
        Exponent = IntegerScaling.Exponent(coefficients);
        (double first, double second) = IntegerScaling.PowerOfTwo(-Exponent);
        for (int k = 0; k < coefficients.Length; k++)
        {
            _pairs[k] = 2 * (coefficients[k] * first * second); // Q is symmetric: half of a pair is on either side
        }

        for (int i = 0; i < Size; i++)
        {
            Linear[i] = _pairs[i * (Size + 1)] / 2;
            _pairs[i * (Size + 1)] = 0;
        }
    }

    /// <summary>The power of two that was taken out of the coefficients; exact.</summary>
    public int Exponent { get; }

    public int Size { get; }

    /// <summary>c_i, what decided partners contribute included; of undecided variables.</summary>
    public double[] Linear { get; }

    /// <summary>0, 1 or <see cref="Free"/>.</summary>
    public sbyte[] Values { get; }

    /// <summary>c_ij for all j; the entries of decided variables are 0.</summary>
    public ReadOnlySpan<double> Pairs(int i) => _pairs.AsSpan(i * Size, Size);

    /// <summary>Decides the variables on which nothing depends: they are 0 and need no spin.</summary>
    public void FixUnused()
    {
        for (int i = 0; i < Size; i++)
        {
            if (Values[i] == Free && Linear[i] == 0 && !Pairs(i).ContainsAnyExcept(0.0))
            {
                Values[i] = 0;
            }
        }
    }

    /// <summary>Gives the pairs' memory back; not the values'.</summary>
    public void Dispose()
    {
        ArrayPool<double>.Shared.Return(_pairs);
        _pairs = [];
    }

    /// <summary>Decides a variable and folds its pairs into its partners' linear coefficients.</summary>
    public void Fix(int i, sbyte value)
    {
        Values[i] = value;
        Span<double> row = _pairs.AsSpan(i * Size, Size);
        for (int j = 0; j < row.Length; j++)
        {
            if (row[j] != 0)
            {
                Linear[j] += value * row[j];
                row[j] = 0;
                _pairs[j * Size + i] = 0;
            }
        }
    }
}
