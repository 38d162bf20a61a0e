using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>Moves between two heads, which exclusion does not resist.</content>
internal unsafe ref partial struct GeneralAnnealer<TPlan, TLanes>
{
    // Moves are calls: together they would use up what the JIT is willing to inline.

    // Proposes to two heads to trade what they hold of each token.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HandOver<TRule>(int first, int second, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            TLanes threshold = AcceptanceTable.Draw<TRule, TLanes>(temperature, ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                TLanes change = HandOverChange(first, second, block);
                uint accepted = TLanes.Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += Lane(change, lane);
                TradeToken(first, second, block + lane);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    // Proposes to two heads to trade what they hold of a token and of one other, which may keep both sums too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Exchange<TRule>(int first, int second, int token, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            TLanes threshold = AcceptanceTable.Draw<TRule, TLanes>(temperature, ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                TLanes change = ExchangeChange(first, second, token, block);
                uint accepted = TLanes.Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += Lane(change, lane);
                TradeToken(first, second, token);
                TradeToken(first, second, block + lane);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TLanes HandOverChange(int first, int second, int block)
    {
        (TLanes step, TLanes energy) = Traded(first, second, block);
        TLanes total = energy + SumChange(first, step) + SumChange(second, TLanes.Create(0) - step);
        return ForbidNothing(step, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TLanes ExchangeChange(int first, int second, int token, int block)
    {
        (TLanes step, TLanes energy) = Traded(first, second, block);
        (TLanes steps, TLanes energies) = Traded(first, second, token & -Width);
        TLanes own = TLanes.Create(Lane(steps, token & (Width - 1)));
        TLanes ownEnergy = TLanes.Create(Lane(energies, token & (Width - 1)));
        TLanes pairs = TLanes.Load(_state.Pairs(first, token) + block)
            + TLanes.Load(_state.Pairs(second, token) + block);
        TLanes total = energy + ownEnergy + GeneralState<TPlan, TLanes>.PairFactor * pairs * own * step
            + SumChange(first, step + own) + SumChange(second, TLanes.Create(0) - step - own);
        TLanes useful = own * TLanes.Keep(~LaneOf(token - block), step);
        return ForbidNothing(useful, total);
    }

    // By how much 16 weights of the first head rise and those of the second fall, and what that costs but for the sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (TLanes Step, TLanes Energy) Traded(int first, int second, int block)
    {
        TLanes mine = TLanes.Load(_state.Levels + first * Stride + block);
        TLanes theirs = TLanes.Load(_state.Levels + second * Stride + block);
        TLanes step = GeneralState<TPlan, TLanes>.Step * (theirs - mine);
        TLanes slope = TLanes.Load(_state.Local + first * Stride + block)
            - TLanes.Load(_state.Local + second * Stride + block);

        // Absent tokens: infinity minus infinity, but nothing to trade.
        TLanes energy = TLanes.Keep(~TLanes.Equal(step, TLanes.Create(0)), step * slope);
        if (TPlan.KeepsDiagonal)
        {
            energy += _state.SquareChange(first, block, mine, theirs) + _state.SquareChange(second, block, theirs, mine);
        }

        return (step, energy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TLanes SumChange(int head, TLanes step)
    {
        if (TPlan.SumPenaltyCount == 0)
        {
            return TLanes.Create(0);
        }

        TLanes sum = TLanes.Create(_state.HeadSums[head] * GeneralState<TPlan, TLanes>.Step);
        return SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum + step)
            - SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ForbidNothing(TLanes step, TLanes energy) =>
        TLanes.Select(TLanes.Equal(step, TLanes.Create(0)), TLanes.Create(float.PositiveInfinity), energy);

    private void TradeToken(int first, int second, int token)
    {
        var mine = (int)_state.Levels[first * Stride + token];
        var theirs = (int)_state.Levels[second * Stride + token];
        _state.SetLevel(first, token, theirs);
        _state.SetLevel(second, token, mine);
    }
}
