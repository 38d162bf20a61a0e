using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// Annealing of weights with several levels, of penalties on a head's sum, and of hard exclusion. A weight goes to another
/// level; and, because hard constraints freeze that kind of move, two weights of a head trade levels, or one passes some to
/// the other, which keeps the sum; and two heads trade what they hold of a token or two, which keeps the exclusion.
/// </summary>
/// <remarks>
/// As in <see cref="BinaryAnnealer{TPlan}"/> 16 proposals are evaluated at once and made one after the other. The new level
/// is the old one XOR a mask that a block draws, a trade undoes itself, and as much is passed one way as the other: all
/// proposals are symmetric.
/// </remarks>
internal unsafe ref partial struct GeneralAnnealer<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private const int Width = 16;
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out
    private const int LargestDescent = 256; // rounds; rounding could make descent circle among equal energies

    private readonly GeneralState<TPlan> _state;
    private double _energy; // relative to the first state

    private GeneralAnnealer(GeneralState<TPlan> state) => _state = state;

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength => GeneralState<TPlan>.ScratchLength + Width;

    private static int Stride => GeneralState<TPlan>.Stride;

    private static bool HasTrades => TPlan.SumPenaltyCount > 0;

    private static bool HasHandOvers => GeneralState<TPlan>.HasExclusion;

    /// <summary>See <see cref="Annealer{TPlan}.Run"/>; the arguments have been checked.</summary>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var start = new GeneralState<TPlan>(couplings, aligned, problem.TokenCount, TPlan.GetExclusion(problem));
            start.Start(problem);
            var annealer = new GeneralAnnealer<TPlan>(start);
            if (problem.TokenCount == 0)
            {
                // Nothing to decide.
            }
            else if (schedule.FixedTemperature is null)
            {
                annealer.Cool(schedule, ref random);
            }
            else
            {
                annealer.Sample(schedule, ref random);
            }

            start.Write(state);
        }
    }

    private void Cool(in AnnealingSchedule schedule, ref RandomStream random)
    {
        var cooling = new Cooling(schedule, _state.EnergyScale());
        double best = double.PositiveInfinity;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            Sweep<MetropolisRule>(cooling.Next(), ref random);
            if (_energy < best)
            {
                best = _energy;
                _state.KeepBest();
            }

            if (sweep % RefreshInterval == 0)
            {
                _state.ComputeFields();
            }
        }

        _state.Restore();
        Descend(ref random);
    }

    private void Sample(in AnnealingSchedule schedule, ref RandomStream random)
    {
        _state.Randomise(ref random); // so that reads fall into every basin
        var cooling = new Cooling(schedule, 1);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            Sweep<HeatBathRule>(cooling.Next(), ref random);
            if (sweep % RefreshInterval == 0)
            {
                _state.ComputeFields();
            }
        }
    }

    private void Sweep<TRule>(float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < Stride; block += Width)
            {
                // As many proposals as there are bits.
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    int mask = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(GeneralState<TPlan>.LargestLevel);
                    ChangeLevels<TRule>(h, block, mask, temperature, ref random);
                }
            }

            // One token per block tries to trade with all others: as many proposals as there are changes of one bit.
            for (int k = 0; HasTrades && k < Stride; k += Width)
            {
                Trade<TRule>(h, random.NextInt32(_state.TokenCount), Shift(ref random), temperature, ref random);
            }
        }

        // As many heads as there are hand over, each to one other.
        for (int k = 0; HasHandOvers && k < TPlan.Heads; k++)
        {
            int giver = random.NextInt32(TPlan.Heads);
            int taker = random.NextInt32(TPlan.Heads - 1);
            taker += taker >= giver ? 1 : 0;
            HandOver<TRule>(giver, taker, temperature, ref random);
            if (HasTrades)
            {
                Exchange<TRule>(giver, taker, random.NextInt32(_state.TokenCount), temperature, ref random);
            }
        }
    }

    // 0 for a trade, or the number of levels passed to the other weight.
    private static int Shift(ref RandomStream random)
    {
        if (TPlan.Bits == 1)
        {
            return 0;
        }

        int choice = random.NextInt32(4 * GeneralState<TPlan>.LargestLevel);
        int amount = 1 + choice / 4;
        return (choice & 2) == 0 ? 0 : (choice & 1) == 0 ? amount : -amount;
    }

    // Every move, passing on only powers of two, until none lowers the energy.
    private void Descend(ref RandomStream random)
    {
        bool moved = true;
        for (int round = 0; moved && round < LargestDescent; round++)
        {
            moved = false;
            for (int h = 0; h < TPlan.Heads; h++)
            {
                for (int mask = 1; mask <= GeneralState<TPlan>.LargestLevel; mask++)
                {
                    for (int block = 0; block < Stride; block += Width)
                    {
                        moved |= ChangeLevels<DescentRule>(h, block, mask, 0, ref random);
                    }
                }

                for (int i = 0; HasTrades && i < _state.TokenCount; i++)
                {
                    moved |= Trade<DescentRule>(h, i, 0, 0, ref random);
                    for (int b = 0; TPlan.Bits > 1 && b < TPlan.Bits; b++)
                    {
                        moved |= Trade<DescentRule>(h, i, 1 << b, 0, ref random);
                    }
                }

                for (int other = 0; HasHandOvers && other < h; other++)
                {
                    moved |= HandOver<DescentRule>(h, other, 0, ref random);
                    for (int i = 0; HasTrades && i < _state.TokenCount; i++)
                    {
                        moved |= Exchange<DescentRule>(h, other, i, 0, ref random);
                    }
                }
            }
        }
    }

    // Proposes level XOR mask to 16 tokens of a head.
    private bool ChangeLevels<TRule>(int head, int block, int mask, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        Vector512<float> threshold = temperature * TRule.Thresholds(ref random);
        int* levels = _state.Levels + head * Stride + block;
        bool moved = false;
        uint remaining = uint.MaxValue;
        while (true)
        {
            Vector512<float> change = LevelChange(head, block, mask);
            uint accepted = Below(change, threshold) & remaining;
            if (accepted == 0)
            {
                return moved;
            }

            int lane = BitOperations.TrailingZeroCount(accepted);
            _energy += change.GetElement(lane);
            _state.SetLevel(head, block + lane, levels[lane] ^ mask);
            remaining = uint.MaxValue - 1 << lane;
            moved = true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector512<float> LevelChange(int head, int block, int mask)
    {
        Vector512<int> from = Vector512.Load(_state.Levels + head * Stride + block);
        Vector512<int> to = from ^ Vector512.Create(mask);
        Vector512<float> step = GeneralState<TPlan>.Step * Vector512.ConvertToSingle(to - from);
        Vector512<float> energy = step * Vector512.Load(_state.Local + head * Stride + block);
        if (GeneralState<TPlan>.HasSquares)
        {
            energy += _state.SquareChange(head, block, from, to);
        }

        if (GeneralState<TPlan>.HasExclusion)
        {
            energy += _state.ExclusionChange(block, from, to);
        }

        return energy + SumChange(head, step);
    }

    // Proposes to a token, with every other token of the head in turn, to trade levels (shift 0) or to pass it some.
    private bool Trade<TRule>(int head, int token, int shift, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        int* levels = _state.Levels + head * Stride;
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            Vector512<float> threshold = temperature * TRule.Thresholds(ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                Vector512<float> change = TradeChange(head, token, shift, block);
                uint accepted = Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += change.GetElement(lane);
                int sum = levels[token] + levels[block + lane];
                int theirs = shift == 0 ? levels[token] : levels[block + lane] + shift;
                _state.SetLevel(head, token, sum - theirs);
                _state.SetLevel(head, block + lane, theirs);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector512<float> TradeChange(int head, int token, int shift, int block)
    {
        int level = _state.Levels[head * Stride + token];
        float* local = _state.Local + head * Stride;
        Vector512<int> mine = Vector512.Create(level);
        Vector512<int> theirs = Vector512.Load(_state.Levels + head * Stride + block);
        Vector512<int> toTheirs = shift == 0 ? mine : theirs + Vector512.Create(shift);
        Vector512<int> toMine = mine + theirs - toTheirs;
        Vector512<float> step = GeneralState<TPlan>.Step * Vector512.ConvertToSingle(toTheirs - theirs);
        Vector512<float> pair = GeneralState<TPlan>.PairFactor * Vector512.Load(_state.Pairs(head, token) + block);
        Vector512<float> energy = step * (Vector512.Load(local + block) - Vector512.Create(local[token]) - pair * step);
        if (GeneralState<TPlan>.HasSquares)
        {
            energy += _state.SquareChange(head, block, theirs, toTheirs) + _state.SquareChangeOf(head, token, mine, toMine);
        }

        if (GeneralState<TPlan>.HasExclusion)
        {
            energy += _state.ExclusionChange(block, theirs, toTheirs) + _state.ExclusionChangeOf(token, level, toMine);
        }

        // Nothing to trade, not another token, or not a level.
        Vector512<int> forbidden = Vector512.Equals(toTheirs, theirs)
            | Vector512.Equals(Vector512<int>.Indices, Vector512.Create(token - block))
            | Vector512.LessThan(toTheirs | toMine, Vector512<int>.Zero)
            | Vector512.GreaterThan(Vector512.Max(toTheirs, toMine), Vector512.Create(GeneralState<TPlan>.LargestLevel));
        return Vector512.ConditionalSelect(forbidden.AsSingle(), Vector512.Create(float.PositiveInfinity), energy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below(Vector512<float> change, Vector512<float> threshold) =>
        (uint)Vector512.LessThan(change, threshold).ExtractMostSignificantBits();
}
