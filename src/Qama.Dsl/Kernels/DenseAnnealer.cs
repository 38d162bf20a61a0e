using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Ising;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// Annealing of a plain QUBO in double precision, local fields cached: a rejected proposal costs O(1), an accepted one
/// O(n). What users' matrices get; declared models have <see cref="Annealer{TPlan}"/>.
/// </summary>
internal ref struct DenseAnnealer
{
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out
    private const int LargestDescent = 256; // sweeps; rounding could make descent circle among equal energies

    private readonly QuboMatrix _qubo;
    private readonly Span<double> _fields; // Q_ii + 2 Σ_{j≠i} Q_ij x_j
    private readonly Span<byte> _best;
    private readonly Span<byte> _state;
    private double _energy; // relative to the first state

    private DenseAnnealer(QuboMatrix qubo, Span<byte> state, Span<float> scratch)
    {
        _qubo = qubo;
        _state = state;
        _fields = MemoryMarshal.Cast<float, double>(scratch)[..qubo.Size];
        _best = MemoryMarshal.AsBytes(scratch[(2 * qubo.Size)..])[..qubo.Size];
    }

    /// <summary>Floats of scratch memory for a problem of <paramref name="size"/> variables.</summary>
    public static int ScratchLength(int size) => 2 * size + (size + 3) / 4;

    /// <summary>Anneals a problem once; see <see cref="ProblemBatch.Anneal"/>.</summary>
    /// <exception cref="ArgumentException">A length or the schedule is wrong.</exception>
    public static void Run(
        QuboMatrix qubo, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        ArgumentNullException.ThrowIfNull(qubo);
        schedule.Check();
        if (state.Length != qubo.Size)
        {
            throw new ArgumentException($"Expected a state of {qubo.Size} variables, got {state.Length}.", nameof(state));
        }

        if (scratch.Length < ScratchLength(qubo.Size))
        {
            throw new ArgumentException(
                $"Expected at least {ScratchLength(qubo.Size)} floats of scratch memory, got {scratch.Length}.", nameof(scratch));
        }

        new DenseAnnealer(qubo, state, scratch).Run(schedule, ref random);
    }

    private void Run(in AnnealingSchedule schedule, ref RandomStream random)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = (byte)(random.NextUInt64() >> 63);
        }

        ComputeFields();
        bool samples = schedule.FixedTemperature is not null;
        var cooling = new Cooling(schedule, samples ? 1 : EnergyScale());
        double best = double.PositiveInfinity;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            float temperature = cooling.Next();
            if (samples)
            {
                Sweep<HeatBathRule>(temperature, ref random);
            }
            else
            {
                Sweep<MetropolisRule>(temperature, ref random);
                if (_energy < best)
                {
                    best = _energy;
                    _state.CopyTo(_best);
                }
            }

            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }
        }

        if (!samples)
        {
            _best.CopyTo(_state);
            ComputeFields();
            for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
            {
            }
        }
    }

    private bool Sweep<TRule>(double temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        Span<float> thresholds = stackalloc float[Vector512<float>.Count];
        bool moved = false;
        for (int i = 0; i < _state.Length; i++)
        {
            int lane = i % thresholds.Length;
            if (lane == 0)
            {
                TRule.Thresholds(ref random).CopyTo(thresholds);
            }

            int direction = 1 - 2 * _state[i];
            double change = direction * _fields[i];
            if (change < temperature * thresholds[lane])
            {
                _energy += change;
                Flip(i, direction);
                moved = true;
            }
        }

        return moved;
    }

    private readonly void Flip(int variable, int direction)
    {
        _state[variable] ^= 1;
        AddRow(variable, 2.0 * direction);
    }

    private readonly void AddRow(int variable, double factor)
    {
        ReadOnlySpan<double> row = _qubo.Coefficients.Slice(variable * _qubo.Size, _qubo.Size);
        double own = _fields[variable];
        Vector512<double> scale = Vector512.Create(factor);
        Span<Vector512<double>> fields = MemoryMarshal.Cast<double, Vector512<double>>(_fields);
        ReadOnlySpan<Vector512<double>> coefficients = MemoryMarshal.Cast<double, Vector512<double>>(row);
        for (int k = 0; k < fields.Length; k++)
        {
            fields[k] = Vector512.FusedMultiplyAdd(scale, coefficients[k], fields[k]);
        }

        for (int j = fields.Length * Vector512<double>.Count; j < row.Length; j++)
        {
            _fields[j] = Math.FusedMultiplyAdd(factor, row[j], _fields[j]);
        }

        _fields[variable] = own;
    }

    private readonly void ComputeFields()
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i] = _qubo.Coefficients[i * _qubo.Size + i];
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (_state[i] != 0)
            {
                AddRow(i, 2);
            }
        }
    }

    // Standard deviation of the local field under random bits, root mean square over the variables.
    private readonly double EnergyScale()
    {
        double squares = 0;
        for (int i = 0; i < _qubo.Size; i++)
        {
            ReadOnlySpan<double> row = _qubo.Coefficients.Slice(i * _qubo.Size, _qubo.Size);
            for (int j = 0; j < row.Length; j++)
            {
                squares += j == i ? 0 : row[j] * row[j];
            }
        }

        return _qubo.Size == 0 ? 0 : Math.Sqrt(squares / _qubo.Size);
    }
}
