using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Contract;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of a plain QUBO in double precision, local fields cached: a rejected proposal costs O(1), an accepted one
/// O(n); 16 proposals are looked at together. What users' matrices get; declared models have
/// <see cref="Annealer{TPlan}"/>. Fields, energies and temperatures inside are in units in which the largest coefficient is
/// from 1 to 2.
/// </summary>
internal unsafe ref struct DenseAnnealer : IAnnealingChain
{
    private const int Width = RowLayout.Width;
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
        var annealer = new DenseAnnealer(qubo, state, scratch);
        AnnealingDriver.Run(
            ref annealer, schedule with { FixedTemperature = schedule.FixedTemperature * annealer._scale }, ref random, state);
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

    public static int RefreshInterval => 1024; // sweeps after which rounding errors of the updated fields are wiped out

    public readonly double EnergyChange => _energy;

    public void Cool(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<SoftMetropolisRule>(step.Temperature, ref random);

    public readonly void StartSampling(scoped ref RandomStream random)
    {
    }

    public void Sample(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<HeatBathRule>(step.Temperature, ref random);

    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    // The state is the caller's memory.
    public readonly void Read(scoped ReadOnlySpan<byte> state) => Refresh();

    public readonly void Write(scoped Span<byte> state)
    {
    }

    public readonly double ComputeEnergy() => _qubo.EnergyWithoutOffset(_state);

    public readonly void KeepBest() => _state.CopyTo(_best);

    public readonly void TakeBest(bool isPresent)
    {
        _best.CopyTo(_state);
        Refresh();
    }

    public readonly void KeepLowest() => _state.CopyTo(_kept);

    public readonly void TakeLowest() => _kept.CopyTo(_state);

    public readonly void Randomise(scoped ref RandomStream random)
    {
        for (int i = 0; i < _state.Length; i++)
        {
            _state[i] = (byte)(random.NextUInt64() >> 63);
        }

        Refresh();
    }

    // Nothing, and then one greedy sweep.
    public void Fill()
    {
        RandomStream none = default; // the rule draws nothing
        _state.Clear();
        Refresh();
        Sweep<GreedyRule>(0, ref none);
    }

    private bool Sweep<TRule>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        float* thresholds = stackalloc float[Width];
        bool moved = false;
        for (int block = 0; block < _state.Length; block += Width)
        {
            Store(thresholds, AcceptanceTable.Draw<TRule, Registers128<float>>(temperature, ref random));
            for (int lane = Next(block, 0, thresholds); lane < Width; lane = Next(block, lane + 1, thresholds))
            {
                int i = block + lane;
                int direction = 1 - 2 * _state[i];
                _energy += direction * _fields[i];
                _state[i] ^= 1;
                AddRow(i, 2.0 * direction);
                moved = true;
            }
        }

        return moved;
    }

    // The block's first variable, from the given one on, whose change is accepted now; Width if there is none.
    private readonly int Next(int block, int first, float* thresholds)
    {
        if (block + Width > _state.Length)
        {
            for (int lane = first; block + lane < _state.Length; lane++)
            {
                if ((1 - 2 * _state[block + lane]) * _fields[block + lane] < thresholds[lane])
                {
                    return lane;
                }
            }

            return Width;
        }

        ref double fields = ref MemoryMarshal.GetReference(_fields);
        uint set = Vector128.ShiftLeft(Vector128.Create<byte>(_state.Slice(block, Width)), 7).ExtractMostSignificantBits();
        uint accepted = 0;
        for (int lane = 0; lane < Width; lane += Vector256<double>.Count)
        {
            Vector256<double> field = Vector256.LoadUnsafe(ref fields, (nuint)(block + lane));
            Vector256<double> threshold = Vector256.WidenLower(Vector128.Load(thresholds + lane).ToVector256Unsafe());
            uint up = Vector256.LessThan(field, threshold).ExtractMostSignificantBits();
            uint down = Vector256.GreaterThan(field, -threshold).ExtractMostSignificantBits();
            uint turned = set >> lane;
            accepted |= (up & ~turned | down & turned) << lane;
        }

        return BitOperations.TrailingZeroCount(accepted & uint.MaxValue << first | 1u << Width);
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

    public readonly void Refresh()
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

    // Standard deviation of the local fields under random bits, times the share of undecided variables. The state is a greedy
    // one. A field that is strong there, but not on average over random states, is so because its couplings have ordered: it
    // counts half, or the temperature would start below the one at which they do.
    public readonly TemperatureScale EnergyScale()
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
        double undecided = 0, fields = 0;
        for (int i = 0; i < _fields.Length; i++)
        {
            double field = _fields[i];
            fields += field * field;
            undecided += Math.Abs(field) < fluctuation ? 1 : Math.Sign(field) * MeanField(i) < fluctuation ? 0.5 : 0;
        }

        // 1 where interactions are of one size; small where a few, such as those of a penalty, exceed the others, and where
        // they cancel in low states, as those of a penalty on a sum do.
        double ratio = interactions == 0 ? 1 : sizes / Math.Sqrt(interactions * squares);
        ratio = fields < ratio * ratio * squares ? Math.Sqrt(fields / squares) : ratio;
        return TemperatureScale.Of(fluctuation * Cooling.Share(undecided, _qubo.Size), ratio);
    }

    // Of a variable's local field over random states. Four sums on any machine, so that results are the same on all.
    private readonly double MeanField(int variable)
    {
        ReadOnlySpan<double> row = _qubo.Coefficients.Slice(variable * _qubo.Size, _qubo.Size);
        ReadOnlySpan<Vector256<double>> vectors = MemoryMarshal.Cast<double, Vector256<double>>(row);
        Vector256<double> sums = Vector256<double>.Zero;
        foreach (Vector256<double> vector in vectors)
        {
            sums += vector;
        }

        double sum = sums[0] + sums[1] + sums[2] + sums[3];
        foreach (double coefficient in row[(4 * vectors.Length)..])
        {
            sum += coefficient;
        }

        return _scale * sum;
    }
}
