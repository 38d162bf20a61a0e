using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// Annealing of plain bits: couplings inside heads, linear terms, head exclusion. The state is kept as padded rows of 0
/// and 1 beside the rows of local fields, and 16 tokens of a head are proposed at once.
/// </summary>
/// <remarks>
/// The chain is the sequential one, head by head, token by token. All 16 energy changes of a block are computed from the
/// same state; up to the first accepted lane that is the sequential state, so the lane is flipped, the head's row of
/// local fields updated, the lanes behind it computed again, and so on. Where nothing is accepted a block costs a
/// handful of instructions.
/// </remarks>
internal unsafe ref struct BinaryAnnealer<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private const int Width = 16;
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out
    private const int LargestDescent = 256; // sweeps; rounding could make descent circle among equal energies

    private readonly float* _pairs; // [heads, tokens, stride], times PairFactor
    private readonly float* _linear; // [heads, stride], +infinity in padded tokens, which are thus never selected
    private readonly float* _local; // [heads, stride]: linear + Σ_j a_ij x_j
    private readonly float* _selected; // [heads, stride]: x as 0 or 1
    private readonly float* _best; // [heads, stride]
    private readonly float* _count; // [stride]: Σ_h x
    private readonly int _tokenCount;
    private double _energy; // relative to the first state

    private BinaryAnnealer(float* couplings, float* scratch, int tokenCount)
    {
        _linear = scratch;
        _local = _linear + RowsLength;
        _selected = _local + RowsLength;
        _best = _selected + RowsLength;
        _count = _best + RowsLength;
        _pairs = PairCoefficients<TPlan>.AreOwn ? _count + Stride : couplings;
        _tokenCount = tokenCount;
    }

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength =>
        4 * RowsLength + Stride + Width + (PairCoefficients<TPlan>.AreOwn ? PairCoefficients<TPlan>.Length : 0);

    private static int Stride => Padding.Stride(TPlan.Tokens);

    private static int RowsLength => TPlan.Heads * Stride;

    private static float PairFactor => PairCoefficients<TPlan>.Factor;

    /// <summary>See <see cref="Annealer{TPlan}.Run"/>; the arguments have been checked.</summary>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var annealer = new BinaryAnnealer<TPlan>(couplings, aligned, problem.TokenCount);
            annealer.Start(problem);
            if (schedule.FixedTemperature is null)
            {
                annealer.Cool(schedule, ref random);
            }
            else
            {
                annealer.Sample(schedule, ref random);
            }

            annealer.Write(state);
        }
    }

    // From nothing selected: as good a start as any other, and most of a random state would only be switched off again.
    private void Start(in ProblemView problem)
    {
        if (PairCoefficients<TPlan>.AreOwn)
        {
            PairCoefficients<TPlan>.Write(problem, new Span<float>(_pairs, PairCoefficients<TPlan>.Length));
        }

        Span<float> squares = new(_local, Stride); // free until the fields are computed
        for (int h = 0; h < TPlan.Heads; h++)
        {
            var linear = new Span<float>(_linear + h * Stride, Stride);
            TPlan.WriteLinear(problem, h, linear);
            if (TPlan.Curvature != 0 || TPlan.KeepsDiagonal)
            {
                PairCoefficients<TPlan>.WriteSquares(problem, h, squares);
                Lanes.AddScaled(1, squares, linear); // x² = x
            }

            linear[_tokenCount..].Fill(float.PositiveInfinity);
        }

        new Span<float>(_selected, RowsLength).Clear();
        ComputeFields();
    }

    private void Cool(in AnnealingSchedule schedule, ref RandomStream random)
    {
        var cooling = new Cooling(schedule, EnergyScale());
        double best = double.PositiveInfinity;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            Sweep<MetropolisRule>(cooling.Next(), ref random);
            if (_energy < best)
            {
                best = _energy;
                Copy(_selected, _best);
            }

            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }
        }

        Copy(_best, _selected);
        ComputeFields();
        for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
        {
        }
    }

    private void Sample(in AnnealingSchedule schedule, ref RandomStream random)
    {
        // A random state, so that reads fall into every basin.
        for (int h = 0; h < TPlan.Heads; h++)
        {
            RandomBits.Fill(ref random, new Span<float>(_selected + h * Stride, Stride), _tokenCount);
        }

        ComputeFields();
        var cooling = new Cooling(schedule, 1);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            Sweep<HeatBathRule>(cooling.Next(), ref random);
            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }
        }
    }

    // One proposal per variable; whether any was accepted.
    private bool Sweep<TRule>(float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        RandomStream stream = random;
        bool moved = false;
        double energy = _energy;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* local = _local + h * Stride;
            float* selected = _selected + h * Stride;
            float* pairs = _pairs + h * TPlan.Tokens * Stride;
            for (int block = 0; block < Stride; block += Width)
            {
                Vector512<float> threshold = temperature * TRule.Thresholds(ref stream);
                Vector512<float> x = Vector512.Load(selected + block);
                Vector512<float> count = Vector512.Load(_count + block);
                Vector512<float> change = Change(x, count, Vector512.Load(local + block));
                uint accepted = Below(change, threshold);
                if (accepted == 0)
                {
                    continue;
                }

                moved = true;
                do
                {
                    int lane = BitOperations.TrailingZeroCount(accepted);
                    energy += change.GetElement(lane);
                    Vector512<float> flip = Vector512.ConditionalSelect(
                        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).AsSingle(),
                        Sign(x), Vector512<float>.Zero);
                    float direction = 1 - 2 * selected[block + lane];
                    x += flip;
                    count += flip;
                    AddRow(local, pairs + (block + lane) * Stride, PairFactor * direction);
                    change = Change(x, count, Vector512.Load(local + block));
                    accepted = Below(change, threshold) & (uint.MaxValue - 1 << lane);
                }
                while (accepted != 0);
                x.Store(selected + block);
                count.Store(_count + block);
            }
        }

        _energy = energy;
        random = stream;
        return moved;
    }

    // What flipping each of 16 variables costs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Change(Vector512<float> x, Vector512<float> count, Vector512<float> local)
    {
        if (TPlan.Exclusion != 0)
        {
            local = Vector512.FusedMultiplyAdd(Vector512.Create(TPlan.Exclusion), count - x, local);
        }

        return Sign(x) * local;
    }

    // 1 − 2x: the direction a flip goes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sign(Vector512<float> x) => Vector512<float>.One - (x + x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below(Vector512<float> change, Vector512<float> threshold) =>
        (uint)Vector512.LessThan(change, threshold).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* local, float* pairs, float factor)
    {
        Vector512<float> scale = Vector512.Create(factor);
        for (int i = 0; i < Stride; i += Width)
        {
            Vector512.FusedMultiplyAdd(scale, Vector512.Load(pairs + i), Vector512.Load(local + i)).Store(local + i);
        }
    }

    // The local fields and column sums of the present state, from nothing.
    private void ComputeFields()
    {
        new Span<float>(_count, Stride).Clear();
        Copy(_linear, _local);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* selected = _selected + h * Stride;
            float* local = _local + h * Stride;
            for (int i = 0; i < Stride; i += Width)
            {
                (Vector512.Load(_count + i) + Vector512.Load(selected + i)).Store(_count + i);
            }

            for (int i = 0; i < _tokenCount; i++)
            {
                if (selected[i] != 0)
                {
                    AddRow(local, _pairs + (h * TPlan.Tokens + i) * Stride, PairFactor);
                }
            }
        }
    }

    // Standard deviation of the local field under random bits, root mean square over the variables: Σ_j a_ij²/4 from the
    // couplings and w²(H − 1)/4 from the other heads.
    private double EnergyScale()
    {
        if (_tokenCount == 0)
        {
            return 0;
        }

        double squares = PairCoefficients<TPlan>.SumOfSquares(_pairs, _tokenCount) * PairFactor * PairFactor;
        double perVariable = squares / (TPlan.Heads * _tokenCount)
            + (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1);
        return 0.5 * Math.Sqrt(perVariable);
    }

    private static void Copy(float* source, float* destination)
    {
        for (int i = 0; i < RowsLength; i += Width)
        {
            Vector512.Load(source + i).Store(destination + i);
        }
    }

    private readonly void Write(Span<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                state[h * TPlan.Tokens + i] = (byte)_selected[h * Stride + i];
            }
        }
    }
}
