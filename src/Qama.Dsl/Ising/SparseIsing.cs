using System.Globalization;

namespace Qama.Ising;

/// <summary>
/// An Ising problem of which only the coefficients that are not 0 are kept:
/// E(σ) = Σ_{i&lt;j} J[i,j] σ_i σ_j + Σ_i h[i] σ_i + Offset, σ in {−1,+1}ⁿ, minimised; the signs of
/// <see cref="IsingProblem"/>.
/// </summary>
/// <remarks>Compressed rows in single precision: 16 bytes for each pair, 8 for each spin. It does not change once made,
/// and may be read by several threads.</remarks>
public sealed class SparseIsing
{
    private readonly SparseTerms _terms;

    /// <summary>Sums terms up: of several for the same pair, in either order, in double and in the order given. The sum
    /// is rounded to single precision.</summary>
    /// <param name="size">Number of spins n, 0 to 16,777,216.</param>
    /// <param name="terms">Energies of spins (I = J: σ_i, not its square) and of pairs.</param>
    /// <param name="offset">The constant part of the energy.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside that range.</exception>
    /// <exception cref="ArgumentException">See
    /// <see cref="SparseQubo(int, IEnumerable{QuadraticTerm}, double)"/>.</exception>
    public SparseIsing(int size, IEnumerable<QuadraticTerm> terms, double offset = 0)
    {
        _terms = new SparseTerms(size, terms, nameof(terms));
        Offset = SparseTerms.CheckOffset(offset);
    }

    /// <summary>Number of spins n.</summary>
    public int Size => _terms.Size;

    /// <summary>The constant part of the energy.</summary>
    public double Offset { get; }

    /// <summary>Number of pairs whose coupling is not 0.</summary>
    public int PairCount => _terms.PairCount;

    /// <summary>The share of all pairs whose coupling is not 0; 0 where there are no pairs.</summary>
    public double Density => _terms.Density;

    /// <summary>h, n numbers.</summary>
    public ReadOnlySpan<float> Fields => _terms.Linear;

    /// <summary>n + 1 numbers: row i is numbers RowStarts[i] to RowStarts[i + 1] − 1 of <see cref="Columns"/> and
    /// <see cref="Couplings"/>.</summary>
    public ReadOnlySpan<int> RowStarts => _terms.Rows.Starts;

    /// <summary>j of every entry, rising in each row; a pair is in the rows of both its spins.</summary>
    public ReadOnlySpan<int> Columns => _terms.Rows.Columns;

    /// <summary>J[i,j] of every entry.</summary>
    public ReadOnlySpan<float> Couplings => _terms.Rows.Values;

    /// <summary>J[i,j] in either order; h[i] for i = j.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in 0..n−1.</exception>
    public double this[int i, int j] => _terms.At(i, j);

    /// <summary>Reads a dense problem, each coefficient rounded to single precision.</summary>
    /// <exception cref="ArgumentException">A coefficient or the offset is not finite, or sizes are outside the range of
    /// the constructor.</exception>
    public static SparseIsing From(IsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return new(problem.Size, Terms(problem), problem.Offset);

        static IEnumerable<QuadraticTerm> Terms(IsingProblem problem)
        {
            for (int i = 0; i < problem.Size; i++)
            {
                for (int j = i; j < problem.Size; j++)
                {
                    double value = i == j ? problem.Fields[i] : problem.Couplings[(i * problem.Size) + j];
                    if (value != 0)
                    {
                        yield return new(i, j, value);
                    }
                }
            }
        }
    }

    /// <summary>The coefficients that are not 0, row by row, each pair once with I below J.</summary>
    public IEnumerable<QuadraticTerm> Terms() => _terms.All();

    /// <summary>E(σ): accumulated in double in row order, and the offset added.</summary>
    /// <param name="spins">n values, each −1 or +1.</param>
    /// <exception cref="ArgumentException"><paramref name="spins"/> has another length, or a value that is not
    /// ±1.</exception>
    public double Energy(ReadOnlySpan<sbyte> spins)
    {
        IsingProblem.CheckSpins(spins, Size);
        return _terms.Energy(spins) + Offset;
    }

    /// <summary>Conversion to binary variables, σ = 2x − 1: sums in double, rounded to single precision
    /// once.</summary>
    /// <exception cref="ArgumentException">Its largest coefficient is below 10⁻³⁰ or above 10³⁰.</exception>
    public SparseQubo ToQubo()
    {
        // J σσ' = J (4xx' − 2x − 2x' + 1);  h σ = h (2x − 1).
        double offset = Offset;
        List<QuadraticTerm> terms = [];
        foreach (QuadraticTerm term in Terms())
        {
            if (term.I == term.J)
            {
                terms.Add(term with { Value = 2 * term.Value });
                offset -= term.Value;
                continue;
            }

            terms.Add(term with { Value = 4 * term.Value });
            terms.Add(new(term.I, term.I, -2 * term.Value));
            terms.Add(new(term.J, term.J, -2 * term.Value));
            offset += term.Value;
        }

        return new(Size, terms, offset);
    }

    /// <summary>Couplings all written out in double, 8·n² bytes; exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More spins than a dense problem has, 46,340.</exception>
    public IsingProblem ToDense()
    {
        var problem = new IsingProblem(Size) { Offset = Offset };
        foreach (QuadraticTerm term in Terms())
        {
            if (term.I == term.J)
            {
                problem.AddField(term.I, term.Value);
            }
            else
            {
                problem.AddCoupling(term.I, term.J, term.Value);
            }
        }

        return problem;
    }

    /// <summary>The numbers of spins and pairs, and the offset.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"Ising problem of {Size} spins and {PairCount} pairs, offset {Offset:G6}");
}
