using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Sparse problems as a batch, so that every sampler solves them too.
/// </summary>
/// <remarks>
/// Samplers compute in single precision, in units of the largest coefficient rounded to a power of two, and without the
/// offset; energies that they hand out are computed in double. Up to 12 % of all pairs, rows stay compressed: memory
/// and time are of the order of the pairs that interact. Beyond it rows are written out, 4·n² bytes, because that is
/// faster; the states found are the same to the bit. <see cref="ProblemBatch.ToQubo"/> and what goes through it
/// (machines, enumeration) takes 8·n² bytes, of at most 46,340 variables.
/// </remarks>
public sealed class SparseProblemBatch : ProblemBatch
{
    private const double Rounding = 1.0 / (1L << 52);

    private readonly SparseQubo[] _problems;

    /// <summary>Wraps problems of one size.</summary>
    /// <param name="problems">At least one; kept, not copied.</param>
    /// <exception cref="ArgumentException">No problem, or different sizes.</exception>
    public SparseProblemBatch(params IReadOnlyList<SparseQubo> problems) => _problems = OneSize.Require(problems, p => p.Size);

    /// <summary>Converts Ising problems of one size: variable i is 1 where spin i is up.</summary>
    /// <exception cref="ArgumentException">No problem, or different sizes; or a problem whose coefficients in binary
    /// variables are outside the range of single precision (<see cref="SparseIsing.ToQubo"/>).</exception>
    public static SparseProblemBatch FromIsing(params IReadOnlyList<SparseIsing> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        return new SparseProblemBatch([.. problems.Select(p => p.ToQubo())]);
    }

    /// <inheritdoc/>
    public override int Count => _problems.Length;

    /// <inheritdoc/>
    public override int VariableCount => _problems[0].Size;

    /// <inheritdoc/>
    public override int ScratchLength => SingleProblems.ScratchLength(VariableCount);

    /// <inheritdoc/>
    internal override int ReplicaLength => ScratchLength;

    /// <inheritdoc/>
    public override bool IsFinite(int problem) =>
        double.IsFinite(_problems[problem].Offset); // the rest was checked when it was made

    /// <inheritdoc/>
    public override double Energy(int problem, ReadOnlySpan<byte> state) => _problems[problem].Energy(state);

    /// <inheritdoc/>
    public override double Constant(int problem) => _problems[problem].Offset;

    /// <inheritdoc/>
    public override double EnergyWithoutConstant(int problem, ReadOnlySpan<byte> state) =>
        _problems[problem].EnergyWithoutOffset(state);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A length is not the number of variables.</exception>
    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        SparseQubo qubo = _problems[problem];
        if (state.Length != qubo.Size || slope.Length != qubo.Size)
        {
            throw new ArgumentException(
                $"Expected {qubo.Size} values, got {state.Length} and {slope.Length}.", nameof(state));
        }

        for (int i = 0; i < qubo.Size; i++)
        {
            double sum = qubo.Linear[i];
            ReadOnlySpan<int> columns = qubo.Rows.ColumnsOf(i);
            ReadOnlySpan<float> values = qubo.Rows.ValuesOf(i);
            for (int k = 0; k < columns.Length; k++)
            {
                sum += (double)values[k] * state[columns[k]];
            }

            slope[i] = (float)sum;
        }
    }

    /// <inheritdoc/>
    /// <remarks>In double.</remarks>
    public override void FlipCosts(int problem, ReadOnlySpan<byte> states, Span<double> costs)
    {
        RequireStates(states, costs);
        SparseQubo qubo = _problems[problem];
        for (int v = 0; v < states.Length; v++)
        {
            int i = v % qubo.Size;
            ReadOnlySpan<byte> state = states.Slice(v - i, qubo.Size);
            ReadOnlySpan<int> columns = qubo.Rows.ColumnsOf(i);
            ReadOnlySpan<float> values = qubo.Rows.ValuesOf(i);
            (double cost, double size) = (qubo.Linear[i], Math.Abs(qubo.Linear[i]));
            for (int k = 0; k < columns.Length; k++)
            {
                double pair = (double)values[k] * state[columns[k]];
                cost += pair;
                size += Math.Abs(pair);
            }

            // Coefficients may cancel: what is left of them then is rounding.
            costs[v] = Math.Abs(cost) <= (columns.Length + 1) * Rounding * size ? 0 : state[i] == 0 ? cost : -cost;
        }
    }

    /// <inheritdoc/>
    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        SingleProblems.Run(new(_problems[problem].Single), schedule, ref random, state, scratch);

    /// <inheritdoc/>
    internal override double RunReplica(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> memory,
            bool resumes) =>
        SingleProblems.RunReplica(new(_problems[problem].Single, resumes), schedule, ref random, state, memory);

    /// <inheritdoc/>
    public override void WriteStructure(int problem, StructuredEnergy destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Load(_problems[problem].Single, _problems[problem].Offset);
    }

    /// <inheritdoc/>
    public override TemperatureScale EnergyScale(int problem, Span<float> scratch) =>
        SingleProblems.EnergyScale(_problems[problem].Single, scratch);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    public override void WriteQubo(int problem, QuboMatrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Size != VariableCount)
        {
            throw new ArgumentException(
                $"Expected a matrix of size {VariableCount}, got {destination.Size}.", nameof(destination));
        }

        _problems[problem].WriteTo(destination);
    }
}
