using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>Moves between two heads, which exclusion does not resist.</content>
internal unsafe ref partial struct GeneralAnnealer<TPlan, TVector>
{
    // Moves are calls: together they would use up what the JIT is willing to inline.

    // Proposes to two heads to trade what they hold of each token.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HandOver<TRule>(int first, int second, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                TVector change = HandOverChange(first, second, block);
                uint accepted = TVector.Below(change, threshold) & remaining;
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
    private bool Exchange<TRule>(int first, int second, int token, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                TVector change = ExchangeChange(first, second, token, block);
                uint accepted = TVector.Below(change, threshold) & remaining;
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
    private readonly TVector HandOverChange(int first, int second, int block)
    {
        (TVector step, TVector energy) = Traded(first, second, block);
        TVector total = energy + SumChange(first, step) + SumChange(second, TVector.Zero - step);
        return ForbidNothing(step, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector ExchangeChange(int first, int second, int token, int block)
    {
        (TVector step, TVector energy) = Traded(first, second, block);
        (TVector steps, TVector energies) = Traded(first, second, token & -Width);
        TVector own = TVector.All(Lane(steps, token & (Width - 1)));
        TVector ownEnergy = TVector.All(Lane(energies, token & (Width - 1)));
        TVector pairs = TVector.Load(_state.Pairs(first, token) + block)
            + TVector.Load(_state.Pairs(second, token) + block);
        TVector total = energy + ownEnergy + GeneralState<TPlan, TVector>.PairFactor * pairs * own * step
            + SumChange(first, step + own) + SumChange(second, TVector.Zero - step - own);
        TVector useful = own * TVector.Keep(~LaneOf(token - block), step);
        return ForbidNothing(useful, total);
    }

    // By how much 16 weights of the first head rise and those of the second fall, and what that costs but for the sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (TVector Step, TVector Energy) Traded(int first, int second, int block)
    {
        TVector mine = TVector.Load(_state.Levels + first * Stride + block);
        TVector theirs = TVector.Load(_state.Levels + second * Stride + block);
        TVector step = GeneralState<TPlan, TVector>.Step * (theirs - mine);
        TVector slope = TVector.Load(_state.Local + first * Stride + block)
            - TVector.Load(_state.Local + second * Stride + block);

        // Absent tokens: infinity minus infinity, but nothing to trade.
        TVector energy = TVector.Keep(~TVector.Equal(step, TVector.Zero), step * slope);
        if (TPlan.KeepsDiagonal)
        {
            energy += _state.SquareChange(first, block, mine, theirs) + _state.SquareChange(second, block, theirs, mine);
        }

        return (step, energy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector SumChange(int head, TVector step)
    {
        if (TPlan.SumPenaltyCount == 0)
        {
            return TVector.Zero;
        }

        TVector sum = TVector.All(_state.HeadSums[head] * GeneralState<TPlan, TVector>.Step);
        return SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum + step)
            - SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ForbidNothing(TVector step, TVector energy) =>
        TVector.Select(TVector.Equal(step, TVector.Zero), TVector.All(float.PositiveInfinity), energy);

    private void TradeToken(int first, int second, int token)
    {
        var mine = (int)_state.Levels[first * Stride + token];
        var theirs = (int)_state.Levels[second * Stride + token];
        _state.SetLevel(first, token, theirs);
        _state.SetLevel(second, token, mine);
    }
}
