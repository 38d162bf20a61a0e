using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of weights with several levels, of penalties on a head's sum, and of hard exclusion. A weight goes to another
/// level; and, because hard constraints freeze that kind of move, two weights of a head trade levels, or one passes some to
/// the other, which keeps the sum; and two heads trade what they hold of a token or two, which keeps the exclusion.
/// </summary>
/// <remarks>
/// As in <see cref="BinaryAnnealer{TPlan, TVector}"/> 16 proposals are evaluated at once and made one after the other. The new level
/// is the old one XOR a mask that a block draws, a trade undoes itself, and as much is passed one way as the other: all
/// proposals are symmetric.
/// </remarks>
internal unsafe ref partial struct GeneralAnnealer<TPlan, TVector> : IAnnealingChain
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 256; // rounds

    // Of the largest local field: less is rounding, for which tokens of equal cost would trade places round after round.
    private const float LeastGain = 2e-6f;

    private readonly GeneralState<TPlan, TVector> _state;
    private double _energy; // relative to the first state

    private GeneralAnnealer(GeneralState<TPlan, TVector> state) => _state = state;

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength => GeneralState<TPlan, TVector>.ScratchLength + Width;

    private static int Stride => GeneralState<TPlan, TVector>.Stride;

    private static bool HasTrades => TPlan.SumPenaltyCount > 0;

    private static bool HasHandOvers => GeneralState<TPlan, TVector>.HasExclusion;

    /// <summary>See <see cref="Annealer{TPlan}.Run"/>; the arguments have been checked.</summary>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            GeneralState<TPlan, TVector> start = Start(problem, couplings, aligned);
            if (problem.TokenCount == 0)
            {
                start.Write(state); // nothing to decide
                return;
            }

            var annealer = new GeneralAnnealer<TPlan, TVector>(start);
            AnnealingDriver.Run(ref annealer, schedule, ref random, state);
        }
    }

    /// <summary>See <see cref="Annealer{TPlan}.EnergyScale"/>; the arguments have been checked.</summary>
    public static TemperatureScale EnergyScale(in ProblemView problem, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var annealer = new GeneralAnnealer<TPlan, TVector>(Start(problem, couplings, aligned));
            annealer.Fill();
            return annealer.EnergyScale();
        }
    }

    private static GeneralState<TPlan, TVector> Start(in ProblemView problem, float* couplings, float* aligned)
    {
        var start = new GeneralState<TPlan, TVector>(couplings, aligned, problem.TokenCount, TPlan.GetExclusion(problem));
        start.Start(problem);
        return start;
    }

    public static int RefreshInterval => 1024; // sweeps after which rounding errors of the updated fields are wiped out

    public readonly double EnergyChange => _energy;

    public readonly void Randomise(scoped ref RandomStream random) => _state.Randomise(ref random);

    public readonly void Read(scoped ReadOnlySpan<byte> state) => _state.Read(state);

    public readonly void Write(scoped Span<byte> state) => _state.Write(state);

    public void Cool(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<MetropolisRule>(step.Temperature, ref random);

    public readonly void StartSampling(scoped ref RandomStream random)
    {
    }

    public void Sample(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<HeatBathRule>(step.Temperature, ref random);

    public readonly void Refresh() => _state.ComputeFields();

    public readonly double ComputeEnergy() => _state.Energy();

    public readonly void KeepBest() => _state.Keep(_state.Best);

    public readonly void TakeBest(bool isPresent) => _state.Restore(_state.Best);

    public readonly void KeepLowest() => _state.Keep(_state.Kept);

    public readonly void TakeLowest() => _state.Restore(_state.Kept);

    // One greedy sweep between the lowest level and the highest.
    public void Fill()
    {
        RandomStream none = default; // the rule draws nothing
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < Stride; block += Width)
            {
                ChangeLevels<GreedyRule>(h, block, GeneralState<TPlan, TVector>.LargestLevel, 0, ref none);
            }
        }
    }

    // See BinaryAnnealer. Where a hard constraint binds, single changes do not tell who is undecided: everyone may be.
    public readonly TemperatureScale EnergyScale()
    {
        (double fluctuation, double ratio) = _state.Fluctuation();
        if (TPlan.SumPenaltyCount > 0 || TPlan.ComputesExclusion)
        {
            return TemperatureScale.Of(fluctuation, ratio);
        }

        int undecided = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < Stride; block += Width)
            {
                TVector change = LevelChange(h, block, GeneralState<TPlan, TVector>.LargestLevel);
                undecided += BitOperations.PopCount(TVector.Below(TVector.Abs(change), TVector.All((float)fluctuation)));
            }
        }

        double share = Cooling.Share(undecided, TPlan.Heads * _state.TokenCount);
        double independent = fluctuation * ratio * ratio; // what couplings alone do
        double order = HasHandOvers ? Cooling.AttractionWeight * (_state.Attraction() - independent) : 0;
        return Cooling.Scale(fluctuation, ratio, share, order);
    }

    private void Sweep<TRule>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < Stride; block += Width)
            {
                // As many proposals as there are bits.
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    int mask = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(GeneralState<TPlan, TVector>.LargestLevel);
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
    private static int Shift(scoped ref RandomStream random)
    {
        if (TPlan.Bits == 1)
        {
            return 0;
        }

        int choice = random.NextInt32(4 * GeneralState<TPlan, TVector>.LargestLevel);
        int amount = 1 + choice / 4;
        return (choice & 2) == 0 ? 0 : (choice & 1) == 0 ? amount : -amount;
    }

    // Every move, passing on only powers of two, until none lowers the energy by more than rounding does; the many between
    // two heads when the others have come to an end.
    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        float least = LeastGain * LargestField();
        for (int round = 0; round < LargestDescent; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!DescendInHeads(least, ref random) && !DescendBetweenHeads(least, ref random))
            {
                return;
            }
        }
    }

    private readonly float LargestField()
    {
        float largest = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _state.TokenCount; i++)
            {
                float field = MathF.Abs(_state.Local[h * Stride + i]);
                largest = float.IsFinite(field) ? MathF.Max(largest, field) : largest;
            }
        }

        return largest;
    }

    private bool DescendInHeads(float least, scoped ref RandomStream random)
    {
        bool moved = false;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int mask = 1; mask <= GeneralState<TPlan, TVector>.LargestLevel; mask++)
            {
                for (int block = 0; block < Stride; block += Width)
                {
                    moved |= ChangeLevels<DescentRule>(h, block, mask, least, ref random);
                }
            }

            for (int i = 0; HasTrades && i < _state.TokenCount; i++)
            {
                moved |= Trade<DescentRule>(h, i, 0, least, ref random);
                for (int b = 0; TPlan.Bits > 1 && b < TPlan.Bits; b++)
                {
                    moved |= Trade<DescentRule>(h, i, 1 << b, least, ref random);
                }
            }
        }

        return moved;
    }

    private bool DescendBetweenHeads(float least, scoped ref RandomStream random)
    {
        bool moved = false;
        for (int h = 0; HasHandOvers && h < TPlan.Heads; h++)
        {
            for (int other = 0; other < h; other++)
            {
                moved |= HandOver<DescentRule>(h, other, least, ref random);
                for (int i = 0; HasTrades && i < _state.TokenCount; i++)
                {
                    moved |= Exchange<DescentRule>(h, other, i, least, ref random);
                }
            }
        }

        return moved;
    }

    // Proposes level XOR mask to 16 tokens of a head.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ChangeLevels<TRule>(int head, int block, int mask, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
        float* levels = _state.Levels + head * Stride + block;
        bool moved = false;
        uint remaining = uint.MaxValue;
        while (true)
        {
            TVector change = LevelChange(head, block, mask);
            uint accepted = TVector.Below(change, threshold) & remaining;
            if (accepted == 0)
            {
                return moved;
            }

            int lane = BitOperations.TrailingZeroCount(accepted);
            _energy += Lane(change, lane);
            _state.SetLevel(head, block + lane, (int)levels[lane] ^ mask);
            remaining = uint.MaxValue - 1 << lane;
            moved = true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector LevelChange(int head, int block, int mask)
    {
        TVector from = TVector.Load(_state.Levels + head * Stride + block);
        TVector to = TVector.ExclusiveOr(from, mask);
        TVector step = GeneralState<TPlan, TVector>.Step * (to - from);
        TVector energy = step * TVector.Load(_state.Local + head * Stride + block);
        if (GeneralState<TPlan, TVector>.HasSquares)
        {
            energy += _state.SquareChange(head, block, from, to);
        }

        if (GeneralState<TPlan, TVector>.HasExclusion)
        {
            energy += _state.ExclusionChange(block, from, to);
        }

        return energy + SumChange(head, step);
    }

    // Proposes to a token, with every other token of the head in turn, to trade levels (shift 0) or to pass it some.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Trade<TRule>(int head, int token, int shift, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        float* levels = _state.Levels + head * Stride;
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                TVector change = TradeChange(head, token, shift, block);
                uint accepted = TVector.Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += Lane(change, lane);
                (int mine, int theirs) = ((int)levels[token], (int)levels[block + lane]);
                int given = shift == 0 ? mine : theirs + shift;
                _state.SetLevel(head, token, mine + theirs - given);
                _state.SetLevel(head, block + lane, given);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector TradeChange(int head, int token, int shift, int block)
    {
        int level = (int)_state.Levels[head * Stride + token];
        float* local = _state.Local + head * Stride;
        TVector mine = TVector.All(level);
        TVector theirs = TVector.Load(_state.Levels + head * Stride + block);
        TVector toTheirs = shift == 0 ? mine : theirs + TVector.All(shift);
        TVector toMine = mine + theirs - toTheirs;
        TVector step = GeneralState<TPlan, TVector>.Step * (toTheirs - theirs);
        TVector pair = GeneralState<TPlan, TVector>.PairFactor * TVector.Load(_state.Pairs(head, token) + block);
        TVector energy = step * (TVector.Load(local + block) - TVector.All(local[token]) - pair * step);
        if (GeneralState<TPlan, TVector>.HasSquares)
        {
            energy += _state.SquareChange(head, block, theirs, toTheirs) + _state.SquareChangeOf(head, token, mine, toMine);
        }

        if (GeneralState<TPlan, TVector>.HasExclusion)
        {
            energy += _state.ExclusionChange(block, theirs, toTheirs) + _state.ExclusionChangeOf(token, level, toMine);
        }

        // Nothing to trade, not another token, or not a level.
        TVector zero = TVector.Zero;
        uint forbidden = TVector.Equal(toTheirs, theirs)
            | LaneOf(token - block)
            | TVector.Below(TVector.MinNative(toTheirs, toMine), zero)
            | TVector.Below(TVector.All(GeneralState<TPlan, TVector>.LargestLevel), TVector.MaxNative(toTheirs, toMine));
        return TVector.Select(forbidden, TVector.All(float.PositiveInfinity), energy);
    }

    private static float Lane(TVector a, int lane) => TVector.Sum(TVector.Only(lane, a));

    // The bit of a token's lane if it is in the block.
    private static uint LaneOf(int lane) => (uint)lane < Width ? 1u << lane : 0;
}
