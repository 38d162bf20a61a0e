using System.Globalization;
using System.Runtime.InteropServices;

namespace Qama.Ising;

/// <summary>
/// A quadratic unconstrained binary optimisation problem of which only the coefficients that are not 0 are kept:
/// E(x) = Σ_i c[i] x_i + Σ_{i&lt;j} c[i,j] x_i x_j + Offset, x in {0,1}ⁿ.
/// </summary>
/// <remarks>
/// Compressed rows in single precision: 16 bytes for each pair, 12 for each variable, and as much again once a sampler
/// has searched it. Unlike in <see cref="QuboMatrix"/>, c[i,j] is the whole energy of a pair. It does not change once
/// made, and may be read by several threads.
/// </remarks>
public sealed class SparseQubo
{
    private readonly SparseTerms _terms;
    private SingleForm? _single;

    /// <summary>Sums terms up: of several for the same pair, in either order, in double and in the order given. The sum
    /// is rounded to single precision.</summary>
    /// <param name="size">Number of variables n, 0 to 16,777,216.</param>
    /// <param name="terms">Energies of variables (I = J) and of pairs.</param>
    /// <param name="offset">The constant part of the energy.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside that range.</exception>
    /// <exception cref="ArgumentException">A term has an index outside 0..n−1 or is no finite number; a sum is too
    /// large for single precision; the largest coefficient is outside 10⁻³⁰ to 10³⁰; there are more than 2²⁹ terms of
    /// pairs;
    /// or the offset is not finite.</exception>
    public SparseQubo(int size, IEnumerable<QuadraticTerm> terms, double offset = 0)
    {
        _terms = new SparseTerms(size, terms, nameof(terms));
        Offset = SparseTerms.CheckOffset(offset);
    }

    /// <summary>Number of variables n.</summary>
    public int Size => _terms.Size;

    /// <summary>The constant part of the energy.</summary>
    public double Offset { get; }

    /// <summary>Number of pairs whose coefficient is not 0.</summary>
    public int PairCount => _terms.PairCount;

    /// <summary>The share of all pairs whose coefficient is not 0; 0 where there are no pairs.</summary>
    public double Density => _terms.Density;

    /// <summary>c[i], n numbers.</summary>
    public ReadOnlySpan<float> Linear => _terms.Linear;

    /// <summary>n + 1 numbers: row i is numbers RowStarts[i] to RowStarts[i + 1] − 1 of <see cref="Columns"/> and
    /// <see cref="Coefficients"/>.</summary>
    public ReadOnlySpan<int> RowStarts => _terms.Rows.Starts;

    /// <summary>j of every entry, rising in each row; a pair is in the rows of both its variables.</summary>
    public ReadOnlySpan<int> Columns => _terms.Rows.Columns;

    /// <summary>c[i,j] of every entry, the whole energy of the pair.</summary>
    public ReadOnlySpan<float> Coefficients => _terms.Rows.Values;

    /// <summary>The pairs.</summary>
    internal CompressedRows Rows => _terms.Rows;

    /// <summary>The form that searches work on.</summary>
    internal SingleForm Single =>
        _single ?? Interlocked.CompareExchange(ref _single, new SingleForm(this), null) ?? _single;

    /// <summary>c[i,j], the energy of the pair, in either order; c[i] for i = j.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    public double this[int i, int j] => _terms.At(i, j);

    /// <summary>Reads a dense problem, each coefficient rounded to single precision.</summary>
    /// <exception cref="ArgumentException">A coefficient or the offset is not finite, or sizes are outside the range of
    /// the constructor.</exception>
    public static SparseQubo From(QuboMatrix problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return new(problem.Size, Terms(problem), problem.Offset);

        static IEnumerable<QuadraticTerm> Terms(QuboMatrix problem)
        {
            for (int i = 0; i < problem.Size; i++)
            {
                for (int j = i; j < problem.Size; j++)
                {
                    double coefficient = problem.Coefficients[(i * problem.Size) + j];
                    if (coefficient != 0)
                    {
                        yield return new(i, j, i == j ? coefficient : 2 * coefficient);
                    }
                }
            }
        }
    }

    /// <summary>The coefficients that are not 0, row by row, each pair once with I below J.</summary>
    public IEnumerable<QuadraticTerm> Terms() => _terms.All();

    /// <summary>E(x): accumulated in double in row order, and the offset added.</summary>
    /// <param name="state">n values, each 0 or 1.</param>
    /// <exception cref="ArgumentException"><paramref name="state"/> has another length, or a value that is not 0 or
    /// 1.</exception>
    public double Energy(ReadOnlySpan<byte> state) => EnergyWithoutOffset(state) + Offset;

    /// <summary>The energy without the constant.</summary>
    internal double EnergyWithoutOffset(ReadOnlySpan<byte> state)
    {
        QuboMatrix.CheckState(state, Size);
        return _terms.Energy(MemoryMarshal.Cast<byte, sbyte>(state));
    }

    /// <summary>Conversion to spins, x = (1 + σ)/2: sums in double, rounded to single precision once.</summary>
    /// <exception cref="ArgumentException">Its largest coefficient is below 10⁻³⁰ or above 10³⁰.</exception>
    public SparseIsing ToIsing()
    {
        // c x x' = c/4 (1 + σ + σ' + σσ');  c x = c/2 (1 + σ).
        double offset = Offset;
        List<QuadraticTerm> terms = [];
        foreach (QuadraticTerm term in Terms())
        {
            if (term.I == term.J)
            {
                terms.Add(term with { Value = 0.5 * term.Value });
                offset += 0.5 * term.Value;
                continue;
            }

            double quarter = 0.25 * term.Value;
            terms.Add(term with { Value = quarter });
            terms.Add(new(term.I, term.I, quarter));
            terms.Add(new(term.J, term.J, quarter));
            offset += quarter;
        }

        return new(Size, terms, offset);
    }

    /// <summary>Dense matrix of the problem in double, 8·n² bytes; exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More variables than a dense problem has, 46,340.</exception>
    public QuboMatrix ToDense()
    {
        var qubo = new QuboMatrix(Size);
        WriteTo(qubo);
        return qubo;
    }

    /// <summary>Writes the same problem into a dense matrix of the same size.</summary>
    internal void WriteTo(QuboMatrix destination)
    {
        destination.Clear();
        destination.Offset = Offset;
        foreach (QuadraticTerm term in Terms())
        {
            destination.AddPair(term.I, term.J, term.Value);
        }
    }

    /// <summary>The numbers of variables and pairs, and the offset.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"QUBO of {Size} variables and {PairCount} pairs, offset {Offset:G6}");
}
