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
/// O(n); 16 proposals are looked at together. What users' matrices get whose coefficients single precision would round
/// (others: <see cref="SingleAnnealer{TVector}"/>); declared models have <see cref="Annealer{TPlan}"/>. Fields,
/// energies and temperatures inside are in units in which the largest coefficient is
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
    private readonly bool _resumes; // fields of the state that is continued
    private double _energy; // relative to the annealing's first state

    private DenseAnnealer(QuboMatrix qubo, Span<byte> state, Span<float> scratch, bool resumes = false)
    {
        int size = qubo.Size;
        (_qubo, _resumes) = (qubo, resumes);
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
        QuboMatrix qubo, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch,
        bool resumes = false)
    {
        ArgumentNullException.ThrowIfNull(qubo);
        schedule.Check();
        if (state.Length != qubo.Size)
        {
            throw new ArgumentException($"Expected a state of {qubo.Size} variables, got {state.Length}.", nameof(state));
        }

        Check(qubo, scratch);
        var annealer = new DenseAnnealer(qubo, state, scratch, resumes);
        AnnealingDriver.Run(
            ref annealer, schedule with { FixedTemperature = schedule.FixedTemperature * annealer._scale }, ref random, state);
    }

    /// <summary>A round of a replica, whose fields stay in the memory; see
    /// <see cref="ProblemBatch.RunReplica"/>.</summary>
    public static double RunReplica(
        QuboMatrix qubo, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> memory,
            bool resumes)
    {
        Run(qubo, schedule, ref random, state, memory, resumes);
        ReadOnlySpan<double> fields = MemoryMarshal.Cast<float, double>(memory)[..qubo.Size];
        double energy = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            energy += state[i] * (fields[i] + (qubo.Sizes.Scale * qubo.Coefficients[(i * qubo.Size) + i]));
        }

        return 0.5 * energy / qubo.Sizes.Scale;
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
    public readonly void Read(scoped ReadOnlySpan<byte> state)
    {
        if (!_resumes)
        {
            Refresh();
        }
    }

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

    public readonly TemperatureScale EnergyScale() => PlainScale.Of(_qubo.Single, (ReadOnlySpan<double>)_fields);
}
