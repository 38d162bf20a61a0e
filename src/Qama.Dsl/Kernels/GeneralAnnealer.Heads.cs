using System.Numerics;
using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

/// <content>Moves between two heads, which exclusion does not resist.</content>
internal unsafe ref partial struct GeneralAnnealer<TPlan>
{
    // Proposes to two heads to trade what they hold of each token.
    private bool HandOver<TRule>(int first, int second, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            Vector512<float> threshold = temperature * TRule.Thresholds(ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                Vector512<float> change = HandOverChange(first, second, block);
                uint accepted = Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += change.GetElement(lane);
                TradeToken(first, second, block + lane);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    // Proposes to two heads to trade what they hold of a token and of one other, which may keep both sums too.
    private bool Exchange<TRule>(int first, int second, int token, float temperature, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        for (int block = 0; block < Stride; block += Width)
        {
            Vector512<float> threshold = temperature * TRule.Thresholds(ref random);
            uint remaining = uint.MaxValue;
            while (true)
            {
                Vector512<float> change = ExchangeChange(first, second, token, block);
                uint accepted = Below(change, threshold) & remaining;
                if (accepted == 0)
                {
                    break;
                }

                int lane = BitOperations.TrailingZeroCount(accepted);
                _energy += change.GetElement(lane);
                TradeToken(first, second, token);
                TradeToken(first, second, block + lane);
                remaining = uint.MaxValue - 1 << lane;
                moved = true;
            }
        }

        return moved;
    }

    private readonly Vector512<float> HandOverChange(int first, int second, int block)
    {
        (Vector512<float> step, Vector512<float> energy) = Traded(first, second, block);
        Vector512<float> total = energy + SumChange(first, step) + SumChange(second, -step);
        return ForbidNothing(step, total);
    }

    private readonly Vector512<float> ExchangeChange(int first, int second, int token, int block)
    {
        (Vector512<float> step, Vector512<float> energy) = Traded(first, second, block);
        (Vector512<float> steps, Vector512<float> energies) = Traded(first, second, token & -Width);
        Vector512<float> own = Vector512.Create(steps.GetElement(token & (Width - 1)));
        Vector512<float> ownEnergy = Vector512.Create(energies.GetElement(token & (Width - 1)));
        Vector512<float> pairs = Vector512.Load(_state.Pairs(first, token) + block)
            + Vector512.Load(_state.Pairs(second, token) + block);
        Vector512<float> total = energy + ownEnergy + GeneralState<TPlan>.PairFactor * pairs * own * step
            + SumChange(first, step + own) + SumChange(second, -step - own);
        Vector512<float> same = Vector512.Equals(Vector512<int>.Indices, Vector512.Create(token - block)).AsSingle();
        Vector512<float> useful = own * Vector512.ConditionalSelect(same, Vector512<float>.Zero, step);
        return ForbidNothing(useful, total);
    }

    // By how much 16 weights of the first head rise and those of the second fall, and what that costs but for the sums.
    private readonly (Vector512<float> Step, Vector512<float> Energy) Traded(int first, int second, int block)
    {
        Vector512<int> mine = Vector512.Load(_state.Levels + first * Stride + block);
        Vector512<int> theirs = Vector512.Load(_state.Levels + second * Stride + block);
        Vector512<float> step = GeneralState<TPlan>.Step * Vector512.ConvertToSingle(theirs - mine);
        Vector512<float> slope = Vector512.Load(_state.Local + first * Stride + block)
            - Vector512.Load(_state.Local + second * Stride + block);

        // Absent tokens: infinity minus infinity, but nothing to trade.
        Vector512<float> energy = Vector512.ConditionalSelect(
            Vector512.Equals(step, Vector512<float>.Zero), Vector512<float>.Zero, step * slope);
        if (TPlan.KeepsDiagonal)
        {
            energy += _state.SquareChange(first, block, mine, theirs) + _state.SquareChange(second, block, theirs, mine);
        }

        return (step, energy);
    }

    private readonly Vector512<float> SumChange(int head, Vector512<float> step)
    {
        if (TPlan.SumPenaltyCount == 0)
        {
            return Vector512<float>.Zero;
        }

        Vector512<float> sum = Vector512.Create(_state.HeadSums[head] * GeneralState<TPlan>.Step);
        return SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum + step)
            - SumPenaltyTable<TPlan>.Evaluate(_state.Penalties, sum);
    }

    private static Vector512<float> ForbidNothing(Vector512<float> step, Vector512<float> energy) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(step, Vector512<float>.Zero), Vector512.Create(float.PositiveInfinity), energy);

    private void TradeToken(int first, int second, int token)
    {
        int mine = _state.Levels[first * Stride + token];
        int theirs = _state.Levels[second * Stride + token];
        _state.SetLevel(first, token, theirs);
        _state.SetLevel(second, token, mine);
    }
}
