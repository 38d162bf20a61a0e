using System.Globalization;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Plain matrices as a batch of problems, so that every sampler solves them too.
/// </summary>
/// <remarks>
/// Accepted: finite coefficients whose sizes, offset included, sum to at most 2·10³⁰⁷, so that no energy overflows;
/// beyond it samplers refuse the batch. Samplers search in units of the largest coefficient, rounded to a power of two,
/// and without the offset: neither the scale of a problem (its largest coefficient 10⁻³⁰⁰ or more) nor a constant
/// changes the states they find. Annealing, tempering and enumeration compute in double, or in single precision where
/// that rounds nothing: coefficients are multiples of a power of two of which no row sums to 2²² or more, as integers
/// are.
/// The others compute in single precision, for which a coefficient of less than 10⁻³⁸ of the largest is 0, and one of
/// less than 10⁻⁷ of what it is added to disappears. Up to 12 % of pairs that interact are kept as compressed rows,
/// which changes no result;
/// problems that are too large for a matrix are <see cref="SparseQubo"/>.
/// </remarks>
public sealed class QuboProblemBatch : ProblemBatch
{
    // Sums of all coefficients, some of them doubled, stay finite.
    private const double LargestSum = 2e307;
    private const double Rounding = 1.0 / (1L << 52);

    private readonly QuboMatrix[] _problems;

    /// <summary>Wraps matrices of one size.</summary>
    /// <param name="problems">At least one; kept, not copied.</param>
    /// <exception cref="ArgumentException">No problem, or different sizes.</exception>
    public QuboProblemBatch(params IReadOnlyList<QuboMatrix> problems) => _problems = OneSize.Require(problems, p => p.Size);

    /// <summary>Converts Ising problems of one size: variable i is 1 where spin i is up.</summary>
    /// <exception cref="ArgumentException">No problem, or different sizes.</exception>
    /// <exception cref="OverflowException">A coefficient in binary variables, up to 4 times as large, is not
    /// finite.</exception>
    public static QuboProblemBatch FromIsing(params IReadOnlyList<IsingProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        return new QuboProblemBatch([.. problems.Select(p => p.ToQubo())]);
    }

    /// <inheritdoc/>
    public override int Count => _problems.Length;

    /// <inheritdoc/>
    public override int VariableCount => _problems[0].Size;

    /// <inheritdoc/>
    public override int ScratchLength =>
        Math.Max(DenseAnnealer.ScratchLength(VariableCount), SingleProblems.ScratchLength(VariableCount));

    /// <inheritdoc/>
    internal override int ReplicaLength => ScratchLength;

    /// <inheritdoc/>
    public override bool IsFinite(int problem) =>
        _problems[problem].Sizes.AreFinite && double.IsFinite(_problems[problem].Offset);

    /// <inheritdoc/>
    public override double Energy(int problem, ReadOnlySpan<byte> state) => _problems[problem].Energy(state);

    /// <inheritdoc/>
    public override double Constant(int problem) => _problems[problem].Offset;

    /// <inheritdoc/>
    public override double EnergyWithoutConstant(int problem, ReadOnlySpan<byte> state) =>
        _problems[problem].EnergyWithoutOffset(state);

    /// <inheritdoc/>
    /// <remarks>In single precision: what exceeds that becomes infinite.</remarks>
    /// <exception cref="ArgumentException">A length is not the number of variables.</exception>
    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        QuboMatrix qubo = _problems[problem];
        if (state.Length != qubo.Size || slope.Length != qubo.Size)
        {
            throw new ArgumentException(
                $"Expected {qubo.Size} values, got {state.Length} and {slope.Length}.", nameof(state));
        }

        for (int i = 0; i < qubo.Size; i++)
        {
            ReadOnlySpan<double> row = qubo.Coefficients.Slice(i * qubo.Size, qubo.Size);
            double sum = 0;
            for (int j = 0; j < row.Length; j++)
            {
                sum += row[j] * state[j];
            }

            // The diagonal is linear: x² = x.
            slope[i] = (float)(row[i] + 2 * (sum - row[i] * state[i]));
        }
    }

    /// <inheritdoc/>
    /// <remarks>In double.</remarks>
    public override void FlipCosts(int problem, ReadOnlySpan<byte> states, Span<double> costs)
    {
        RequireStates(states, costs);
        QuboMatrix qubo = _problems[problem];
        for (int v = 0; v < states.Length; v++)
        {
            int i = v % qubo.Size;
            ReadOnlySpan<byte> state = states.Slice(v - i, qubo.Size);
            ReadOnlySpan<double> row = qubo.Coefficients.Slice(i * qubo.Size, qubo.Size);
            (double cost, double size) = (row[i], Math.Abs(row[i]));
            for (int j = 0; j < row.Length; j++)
            {
                double pair = j == i ? 0 : 2 * row[j] * state[j];
                cost += pair;
                size += Math.Abs(pair);
            }

            // Coefficients may cancel: what is left of them then is rounding.
            costs[v] = Math.Abs(cost) <= qubo.Size * Rounding * size ? 0 : state[i] == 0 ? cost : -cost;
        }
    }

    /// <inheritdoc/>
    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        QuboMatrix qubo = _problems[problem];
        if (qubo.Single.IsExact)
        {
            SingleProblems.Run(new(qubo.Single), schedule, ref random, state, scratch); // the same moves, sooner
        }
        else
        {
            DenseAnnealer.Run(qubo, schedule, ref random, state, scratch);
        }
    }

    /// <inheritdoc/>
    internal override double RunReplica(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> memory,
            bool resumes)
    {
        QuboMatrix qubo = _problems[problem];
        return qubo.Single.IsExact
            ? SingleProblems.RunReplica(new(qubo.Single, resumes), schedule, ref random, state, memory)
            : DenseAnnealer.RunReplica(qubo, schedule, ref random, state, memory, resumes);
    }

    /// <inheritdoc/>
    public override void WriteStructure(int problem, StructuredEnergy destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Load(_problems[problem].Single, _problems[problem].Offset);
    }

    /// <inheritdoc/>
    public override TemperatureScale EnergyScale(int problem, Span<float> scratch) =>
        DenseAnnealer.EnergyScale(_problems[problem], scratch);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    public override void WriteQubo(int problem, QuboMatrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        _problems[problem].CopyTo(destination);
    }

    private protected override string? FaultOf(int problem)
    {
        if (!IsFinite(problem))
        {
            return NotANumber;
        }

        QuboMatrix qubo = _problems[problem];
        return qubo.Sizes.Sum + Math.Abs(qubo.Offset) <= LargestSum ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"coefficients so large that energies may not fit a double: their sizes, offset included, may sum to "
            + $"at most {LargestSum:E0}");
    }
}
