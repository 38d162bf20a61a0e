using System.Buffers;
using Qama.Ising;

namespace Qama.Cim.Precision;

/// <summary>A QUBO while it is being reduced: E = Σ c_i x_i + Σ_{i&lt;j} c_ij x_i x_j, some x_i decided.</summary>
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
        for (int k = 0; k < coefficients.Length; k++)
        {
            _pairs[k] = 2 * coefficients[k]; // Q is symmetric: half of a pair is on either side
        }

        for (int i = 0; i < Size; i++)
        {
            Linear[i] = coefficients[i * Size + i];
            _pairs[i * Size + i] = 0;
        }
    }

    public int Size { get; }

    /// <summary>c_i, what decided partners contribute included; of undecided variables.</summary>
    public double[] Linear { get; }

    /// <summary>0, 1 or <see cref="Free"/>.</summary>
    public sbyte[] Values { get; }

    /// <summary>c_ij for all j; the entries of decided variables are 0.</summary>
    public ReadOnlySpan<double> Pairs(int i) => _pairs.AsSpan(i * Size, Size);

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
