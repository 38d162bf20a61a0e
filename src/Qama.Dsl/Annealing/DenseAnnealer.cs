using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of a plain QUBO in double precision, local fields cached: a rejected proposal costs O(1), an accepted one
/// O(n). What users' matrices get; declared models have <see cref="Annealer{TPlan}"/>. Fields, energies and
/// temperatures inside are in units in which the largest coefficient is from 1 to 2.
/// </summary>
internal unsafe ref struct DenseAnnealer
{
    private const int Width = 16;
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out
    private const int LargestDescent = 256; // sweeps; rounding could make descent circle among equal energies

    private readonly QuboMatrix _qubo;
    private readonly double _scale; // times the problem's coefficients
    private readonly Span<double> _fields; // Q_ii + 2 Σ_{j≠i} Q_ij x_j
    private readonly Span<byte> _best;
    private readonly Span<byte> _kept;
    private readonly Span<byte> _state;
    private double _energy; // relative to the annealing's first state

    private DenseAnnealer(QuboMatrix qubo, Span<byte> state, Span<float> scratch)
    {
        int size = qubo.Size;
        _qubo = qubo;
        _scale = qubo.Sizes.Scale;
        _state = state;
        _fields = MemoryMarshal.Cast<float, double>(scratch)[..size];
        Span<byte> bytes = MemoryMarshal.AsBytes(scratch[(2 * size)..]);
        _best = bytes[..size];
        _kept = bytes[size..(2 * size)];
    }

    /// <summary>Floats of scratch memory for a problem of <paramref name="size"/> variables.</summary>
    public static int ScratchLength(int size) => 2 * size + (3 * size + 3) / 4;

    /// <summary>Anneals a problem; see <see cref="ProblemBatch.Anneal"/>.</summary>
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

        Check(qubo, scratch);
        new DenseAnnealer(qubo, state, scratch).Run(schedule, ref random);
    }

    /// <summary>The units of the problem's temperatures; see <see cref="AnnealingSchedule"/>.</summary>
    /// <exception cref="ArgumentException">The scratch memory is too short.</exception>
    public static TemperatureScale EnergyScale(QuboMatrix qubo, Span<float> scratch)
    {
        ArgumentNullException.ThrowIfNull(qubo);
        Check(qubo, scratch);
        Span<byte> state = MemoryMarshal.AsBytes(scratch[(2 * qubo.Size)..]).Slice(2 * qubo.Size, qubo.Size);
        var annealer = new DenseAnnealer(qubo, state, scratch);
        annealer.Fill();
        TemperatureScale scale = annealer.EnergyScale();
        return new TemperatureScale(scale.Hot / annealer._scale, scale.Cold / annealer._scale);
    }

    private static void Check(QuboMatrix qubo, ReadOnlySpan<float> scratch)
    {
        if (scratch.Length < ScratchLength(qubo.Size))
        {
            throw new ArgumentException(
                $"Expected at least {ScratchLength(qubo.Size)} floats of scratch memory, got {scratch.Length}.", nameof(scratch));
        }
    }

    private void Run(in AnnealingSchedule schedule, ref RandomStream random)
    {
        bool samples = schedule.FixedTemperature is not null;
        if (schedule.Continues)
        {
            ComputeFields();
        }
        else if (samples)
        {
            Randomise(ref random);
        }
        else
        {
            Fill();
        }

        if (samples)
        {
            Sample(schedule, ref random);
        }
        else
        {
            Cool(schedule, ref random);
        }
    }

    private void Sample(in AnnealingSchedule schedule, ref RandomStream random)
    {
        var cooling = new Cooling(schedule with { FixedTemperature = schedule.FixedTemperature * _scale }, default);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            Sweep<HeatBathRule>(cooling.Next(), ref random);
            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }
        }
    }

    // The first annealing starts from nothing, made greedy, the others from random states: see BinaryAnnealer.
    private void Cool(in AnnealingSchedule schedule, ref RandomStream random)
    {
        TemperatureScale scale = schedule.Sweeps == 0 ? default : EnergyScale();
        CoolOnce(schedule, scale, ref random);
        if (schedule.Restarts == 1)
        {
            return;
        }

        double least = _qubo.EnergyWithoutOffset(_state);
        _state.CopyTo(_kept);
        for (int restart = 1; restart < schedule.Restarts; restart++)
        {
            Randomise(ref random);
            CoolOnce(schedule, scale, ref random);
            double energy = _qubo.EnergyWithoutOffset(_state);
            if (energy < least)
            {
                least = energy;
                _state.CopyTo(_kept);
            }
        }

        _kept.CopyTo(_state);
    }

    // Ends in the best state seen after a sweep, lowered to a local minimum.
    private void CoolOnce(in AnnealingSchedule schedule, TemperatureScale scale, ref RandomStream random)
    {
        var cooling = new Cooling(schedule, scale);
        double best = double.PositiveInfinity;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            Sweep<MetropolisRule>(cooling.Next(), ref random);
            if (!(_energy >= best)) // also when it is no number: what is kept is never left from before
            {
                best = _energy;
                _state.CopyTo(_best);
            }

            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }

            schedule.Observer?.Invoke(_state);
        }

        if (schedule.Sweeps > 0)
        {
            _best.CopyTo(_state);
            ComputeFields();
        }

        for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Randomise(ref RandomStream random)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = (byte)(random.NextUInt64() >> 63);
        }

        ComputeFields();
    }

    // Nothing, and then one greedy sweep.
    private void Fill()
    {
        RandomStream none = default; // the rule draws nothing
        _state.Clear();
        ComputeFields();
        Sweep<GreedyRule>(0, ref none);
    }

    private bool Sweep<TRule>(float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        float* thresholds = stackalloc float[Width];
        bool moved = false;
        for (int i = 0; i < _state.Length; i++)
        {
            int lane = i % Width;
            if (lane == 0)
            {
                Store(thresholds, AcceptanceTable.Draw<TRule, Registers128<float>>(temperature, ref random));
            }

            int direction = 1 - 2 * _state[i];
            double change = direction * _fields[i];
            if (change < thresholds[lane])
            {
                _energy += change;
                _state[i] ^= 1;
                AddRow(i, 2.0 * direction);
                moved = true;
            }
        }

        return moved;
    }

    private static void Store<TVector>(float* memory, TVector value)
        where TVector : struct, IVector<TVector, float> => TVector.Store(memory, value);

    private readonly void AddRow(int variable, double factor)
    {
        ReadOnlySpan<double> row = _qubo.Coefficients.Slice(variable * _qubo.Size, _qubo.Size);
        double own = _fields[variable];
        factor *= _scale;
        var scale = new Vector<double>(factor);
        Span<Vector<double>> fields = MemoryMarshal.Cast<double, Vector<double>>(_fields);
        ReadOnlySpan<Vector<double>> coefficients = MemoryMarshal.Cast<double, Vector<double>>(row);
        for (int k = 0; k < fields.Length; k++)
        {
            fields[k] = Vector.FusedMultiplyAdd(scale, coefficients[k], fields[k]);
        }

        for (int j = fields.Length * Vector<double>.Count; j < row.Length; j++)
        {
            _fields[j] = Math.FusedMultiplyAdd(factor, row[j], _fields[j]);
        }

        _fields[variable] = own;
    }

    private readonly void ComputeFields()
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i] = _scale * _qubo.Coefficients[i * _qubo.Size + i];
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (_state[i] != 0)
            {
                AddRow(i, 2);
            }
        }
    }

    // See BinaryAnnealer: standard deviation of the local fields under random bits, times the share of undecided variables.
    private readonly TemperatureScale EnergyScale()
    {
        double squares = 0, sizes = 0;
        int interactions = 0;
        for (int i = 0; i < _qubo.Size; i++)
        {
            ReadOnlySpan<double> row = _qubo.Coefficients.Slice(i * _qubo.Size, _qubo.Size);
            for (int j = 0; j < row.Length; j++)
            {
                if (j != i && row[j] != 0)
                {
                    double interaction = _scale * row[j];
                    squares += interaction * interaction;
                    sizes += Math.Abs(interaction);
                    interactions++;
                }
            }
        }

        double fluctuation = _qubo.Size == 0 ? 0 : Math.Sqrt(squares / _qubo.Size);
        int undecided = 0;
        foreach (double field in _fields)
        {
            undecided += Math.Abs(field) < fluctuation ? 1 : 0;
        }

        // 1 where interactions are of one size; small where a few, such as those of a penalty, exceed the others.
        double ratio = interactions == 0 ? 1 : sizes / Math.Sqrt(interactions * squares);
        return TemperatureScale.Of(fluctuation * Cooling.Share(undecided, _qubo.Size), ratio);
    }
}
