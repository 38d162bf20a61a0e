using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>
/// Annealing of weights with several levels and of penalties on a head's sum. Two kinds of moves: a weight goes to another
/// level, and two weights of a head trade levels, which keeps the sum: a hard constraint freezes the first kind.
/// </summary>
/// <remarks>
/// As in <see cref="BinaryAnnealer{TPlan}"/> 16 proposals are evaluated at once and made one after the other. The new level
/// is the old one XOR a mask that a block draws, and a trade undoes itself: both proposals are symmetric.
/// </remarks>
internal unsafe ref struct GeneralAnnealer<TPlan>
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

    /// <summary>See <see cref="Annealer{TPlan}.Run"/>; the arguments have been checked.</summary>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var start = new GeneralState<TPlan>(couplings, aligned, problem.TokenCount);
            start.Start(problem, ref random);
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
                int mask = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(GeneralState<TPlan>.LargestLevel);
                ChangeLevels<TRule>(h, block, mask, temperature, ref random);
            }

            // As many proposals as there are tokens, times 16: one row of trades costs what a row of changes costs.
            for (int k = 0; HasTrades && k < Stride; k += Width)
            {
                Trade<TRule>(h, random.NextInt32(_state.TokenCount), temperature, ref random);
            }
        }
    }

    // Every single change of level and every trade, until none lowers the energy.
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
                    moved |= Trade<DescentRule>(h, i, 0, ref random);
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
        if (TPlan.Curvature != 0)
        {
            energy += TPlan.Curvature * GeneralState<TPlan>.Step * step * Vector512.ConvertToSingle(to + from);
        }

        if (TPlan.Exclusion != 0)
        {
            energy += _state.ExclusionChange(block, from, to);
        }

        if (TPlan.SumPenaltyCount > 0)
        {
            Vector512<float> sum = Vector512.Create(_state.HeadSums[head] * GeneralState<TPlan>.Step);
            energy += SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum + step)
                - SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum);
        }

        return energy;
    }

    // Proposes to token to trade levels with every other token of the head.
    private bool Trade<TRule>(int head, int token, float temperature, ref RandomStream random)
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
                Vector512<float> change = TradeChange(head, token, block);
                uint accepted = Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += change.GetElement(lane);
                int mine = levels[token];
                int theirs = levels[block + lane];
                _state.SetLevel(head, token, theirs);
                _state.SetLevel(head, block + lane, mine);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector512<float> TradeChange(int head, int token, int block)
    {
        int mine = _state.Levels[head * Stride + token];
        float* local = _state.Local + head * Stride;
        Vector512<int> theirs = Vector512.Load(_state.Levels + head * Stride + block);
        Vector512<int> gained = Vector512.Create(mine) - theirs;
        Vector512<float> step = GeneralState<TPlan>.Step * Vector512.ConvertToSingle(gained);
        Vector512<float> pair = GeneralState<TPlan>.PairFactor * Vector512.Load(_state.Pairs(head, token) + block);
        Vector512<float> energy = step * (Vector512.Load(local + block) - Vector512.Create(local[token]) - pair * step);
        if (TPlan.Exclusion != 0)
        {
            energy += _state.ExclusionChange(block, theirs, Vector512.Create(mine))
                + _state.ExclusionChangeOf(token, mine, theirs);
        }

        // Equal levels trade nothing: never accepted, so that a heat bath does no work for it.
        return Vector512.ConditionalSelect(
            Vector512.Equals(gained, Vector512<int>.Zero).AsSingle(), Vector512.Create(float.PositiveInfinity), energy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below(Vector512<float> change, Vector512<float> threshold) =>
        (uint)Vector512.LessThan(change, threshold).ExtractMostSignificantBits();
}
