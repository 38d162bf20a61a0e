using System.Numerics;
using Qama.Contract;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>A plain problem, and whether the memory holds a chain of it.</summary>
/// <param name="Form">The problem.</param>
/// <param name="Resumes">Whether the state to continue is that of the chain in the scratch memory.</param>
internal readonly record struct SingleProblem(SingleForm Form, bool Resumes = false);

/// <summary>The kernel of plain problems in single precision; see <see cref="SingleAnnealer{TVector}"/>.</summary>
internal unsafe struct SingleKernel : IAnnealingKernel<SingleProblem>
{
    private const int Alignment = RowLayout.Width; // floats lost to it at most

    /// <summary>Floats of scratch memory for rows of a length.</summary>
    public static int ScratchLength(int stride) => checked((4 * stride) + Alignment);

    /// <inheritdoc/>
    public static void Run<TVector>(
        in SingleProblem problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state,
            Span<float> scratch)
        where TVector : struct, IVector<TVector, float>
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new SingleAnnealer<TVector>(problem, Aligned(unaligned), state.Length);
            AnnealingSchedule own = schedule with { FixedTemperature = schedule.FixedTemperature * problem.Form.Scale };
            AnnealingDriver.Run(ref chain, own, ref random, state);
        }
    }

    /// <inheritdoc/>
    public static TemperatureScale EnergyScale<TVector>(in SingleProblem problem, Span<float> scratch)
        where TVector : struct, IVector<TVector, float>
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new SingleAnnealer<TVector>(problem, Aligned(unaligned), problem.Form.Size);
            chain.Fill();
            TemperatureScale scale = chain.EnergyScale();
            return new(scale.Hot / problem.Form.Scale, scale.Cold / problem.Form.Scale);
        }
    }

    /// <summary>The energy, without the constant, of the chain that a run has left in scratch memory.</summary>
    public static double Energy(SingleForm form, Span<float> scratch)
    {
        fixed (float* unaligned = scratch)
        {
            float* fields = Aligned(unaligned);
            float* signs = fields + form.Stride;
            double energy = 0;
            for (int i = 0; i < form.Size; i++)
            {
                energy += signs[i] < 0 ? (double)form.Linear[i] + fields[i] : 0;
            }

            return 0.5 * energy / form.Scale;
        }
    }

    private static float* Aligned(float* memory) => (float*)(((nuint)memory + 63) & ~(nuint)63);
}

/// <summary>
/// Annealing of a plain problem in single precision, local fields cached: 16 proposals are looked at together, an
/// accepted one costs a row, compressed or written out. The same moves, to the bit, in both forms, and the same as
/// <see cref="DenseAnnealer"/> makes where no sum of coefficients is rounded (<see cref="SingleForm.IsExact"/> of a
/// matrix).
/// </summary>
internal unsafe ref struct SingleAnnealer<TVector> : IAnnealingChain
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 256; // sweeps; rounding could make descent circle among equal energies

    private readonly SingleForm _form;
    private readonly float* _fields; // a_i + Σ_j a_ij x_j; +infinity in the padding, which is thus never selected
    private readonly float* _signs; // 1 − 2x, the direction in which a flip goes
    private readonly float* _best; // signs, of the annealing under way
    private readonly float* _kept; // signs, of the best annealing so far
    private readonly int _size;
    private readonly bool _resumes;
    private double _energy; // relative to the annealing's first state

    /// <summary>Takes memory.</summary>
    public SingleAnnealer(in SingleProblem problem, float* scratch, int size)
    {
        (_form, _size, _resumes) = (problem.Form, size, problem.Resumes);
        _fields = scratch;
        _signs = _fields + _form.Stride;
        _best = _signs + _form.Stride;
        _kept = _best + _form.Stride;
    }

    public static int RefreshInterval => 256; // sweeps after which rounding errors of the updated fields are wiped out

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

    public readonly void Read(scoped ReadOnlySpan<byte> state)
    {
        if (_resumes)
        {
            return;
        }

        for (int i = 0; i < state.Length; i++)
        {
            _signs[i] = 1 - (2 * state[i]);
        }

        ClearPadding();
        Refresh();
    }

    public readonly void Write(scoped Span<byte> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = (byte)(_signs[i] < 0 ? 1 : 0);
        }
    }

    public readonly double ComputeEnergy()
    {
        Span<byte> state = _form.Size <= 4096 ? stackalloc byte[_form.Size] : new byte[_form.Size];
        Write(state);
        return _form.Energy(state);
    }

    public readonly void KeepBest() => Copy(_signs, _best);

    public readonly void TakeBest(bool isPresent)
    {
        Copy(_best, _signs);
        Refresh();
    }

    public readonly void KeepLowest() => Copy(_signs, _kept);

    public readonly void TakeLowest() => Copy(_kept, _signs);

    public readonly void Randomise(scoped ref RandomStream random)
    {
        for (int i = 0; i < _size; i++)
        {
            _signs[i] = random.NextUInt64() >> 63 == 0 ? 1 : -1;
        }

        ClearPadding();
        Refresh();
    }

    // Nothing, and then one greedy sweep.
    public void Fill()
    {
        RandomStream none = default; // the rule draws nothing
        new Span<float>(_signs, _form.Stride).Fill(1);
        Refresh();
        Sweep<GreedyRule>(0, ref none);
    }

    public readonly void Refresh()
    {
        new ReadOnlySpan<float>(_form.Linear, _form.Stride).CopyTo(new Span<float>(_fields, _form.Stride));
        new Span<float>(_fields + _size, _form.Stride - _size).Fill(float.PositiveInfinity);
        for (int i = 0; i < _size; i++)
        {
            if (_signs[i] < 0)
            {
                _form.AddRow<TVector>(i, 1, _fields);
            }
        }
    }

    public readonly TemperatureScale EnergyScale() => PlainScale.Of(_form, new ReadOnlySpan<float>(_fields, _size));

    private readonly void ClearPadding() => new Span<float>(_signs + _size, _form.Stride - _size).Fill(1);

    private readonly void Copy(float* source, float* destination) =>
        new ReadOnlySpan<float>(source, _form.Stride).CopyTo(new Span<float>(destination, _form.Stride));

    private bool Sweep<TRule>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < _size; block += Width)
        {
            TVector thresholds = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
            TVector signs = TVector.Load(_signs + block); // kept: numbers just written one by one are slow to load
            uint accepted = TVector.Below(signs * TVector.Load(_fields + block), thresholds);
            while (accepted != 0)
            {
                int lane = BitOperations.TrailingZeroCount(accepted);
                float sign = _signs[block + lane];
                _energy += sign * _fields[block + lane];
                _signs[block + lane] = -sign;
                signs -= TVector.Only(lane, signs + signs);
                _form.AddRow<TVector>(block + lane, sign, _fields);
                accepted = TVector.Below(signs * TVector.Load(_fields + block), thresholds);
                accepted &= uint.MaxValue << lane << 1;
                moved = true;
            }
        }

        return moved;
    }
}
