using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The sweep: levels, and what two heads hold of a token.</content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    // Pairs of heads whose turn it is.
    private static int Games => HasExclusion ? Tournament.Games(TPlan.Heads) : 0;

    // As many proposals per weight as it has bits, and one per token and pair of heads whose turn it is; whether any was made.
    private bool Sweep<TRule>(float temperature, scoped ref RandomStream random, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
    {
        bool moved = false;
        StartPass();
        for (int tile = 0; tile < _tileCount; tile++)
        {
            if (tile % 256 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            for (int h = 0; h < TPlan.Heads; h++)
            {
                TVector raw = Field(tile, h);
                int masks = TRule.IsRandom ? TPlan.Bits : LargestLevel;
                for (int k = 1; k <= masks; k++)
                {
                    int mask = TPlan.Bits == 1 ? 1 : TRule.IsRandom ? 1 + random.NextInt32(LargestLevel) : k;
                    moved |= ChangeLevels<TRule>(tile, h, mask, temperature, ref random, ref raw);
                }

                // One amount a tile, drawn; in a descent all of them.
                int moves = !HasSums ? 0 : TRule.IsRandom ? 1 : BitOperations.PopCount(_selected[SelectedOf(tile, h)]);
                for (int k = 0; k < moves; k++)
                {
                    moved |= MoveWithin(tile, h, TRule.IsRandom ? -1 : k, temperature, ref random, ref raw);
                }

                TVector.Store(_raw + (h * Width), raw);
            }

            for (int game = 0; game < Games; game++)
            {
                (int a, int b) = Tournament.Pair(TPlan.Heads, _round, game);
                moved |= HandOver<TRule>(tile, a, b, temperature, ref random);
            }
        }

        _round = Games == 0 ? 0 : (_round + 1) % Tournament.Rounds(TPlan.Heads);
        return moved;
    }

    // Proposes level XOR mask to the tokens of a tile.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ChangeLevels<TRule>(
        int tile, int head, int mask, float temperature, scoped ref RandomStream random, scoped ref TVector raw)
        where TRule : struct, IAcceptanceRule
    {
        TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
        float* levels = _levels + RowOf(tile, head);
        bool moved = false;
        uint remaining = uint.MaxValue;
        while (true)
        {
            TVector from = TVector.Load(levels);
            TVector to = TVector.ExclusiveOr(from, mask);
            TVector change = LevelChange(RowOf(tile, head), CountsOf(tile), from, to, raw) + SumChange(head, TVector.All(Unit) * (to - from));
            uint accepted = TVector.Below(change, threshold) & remaining;
            if (accepted == 0)
            {
                return moved;
            }

            int lane = BitOperations.TrailingZeroCount(accepted);
            _energy += Lane(change, lane);
            int level = (int)levels[lane];
            raw += Move(tile, head, lane, (level ^ mask) - level);
            remaining = uint.MaxValue - 1 << lane;
            moved = true;
        }
    }

    // What 16 changes of one head cost but for the bounds on its sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector LevelChange(long row, float* counts, TVector from, TVector to, TVector raw)
    {
        TVector energy = TVector.All(Unit) * (to - from) * Local(row, from, raw);
        if (TPlan.Curvature != 0)
        {
            energy += TVector.All(Unit * Unit * TPlan.Curvature) * ((to - from) * (to + from));
        }

        return HasExclusion
            ? energy + HeadExclusion<TPlan, TVector>.Change(_exclusion, counts, Width, from, to)
            : energy;
    }

    // What s = 1 costs besides curvature and exclusion: a token's own level is in the products with vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Local(long row, TVector levels, TVector raw) =>
        TVector.Load(_linear + row) + (raw - (TVector.All(Unit) * levels * TVector.Load(_self + row)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector SumChange(int head, TVector step)
    {
        if (!HasSums)
        {
            return TVector.Zero;
        }

        TVector sum = TVector.All(_headSums[head] * Unit);
        return SumPenaltyTable<TPlan>.Evaluate(_penalties, sum + step) - SumPenaltyTable<TPlan>.Evaluate(_penalties, sum);
    }

    // Proposes to two heads to trade what they hold of each token of a tile, which exclusion does not resist.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HandOver<TRule>(int tile, int first, int second, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        if ((_selected[SelectedOf(tile, first)] | _selected[SelectedOf(tile, second)]) == 0)
        {
            return false;
        }

        TVector threshold = AcceptanceTable.Draw<TRule, TVector>(temperature, ref random);
        float* mine = _levels + RowOf(tile, first);
        float* theirs = _levels + RowOf(tile, second);
        TVector rawFirst = TVector.Load(_raw + (first * Width)), rawSecond = TVector.Load(_raw + (second * Width));
        uint remaining = uint.MaxValue;
        bool moved = false;
        while (true)
        {
            TVector change = HandOverChange(tile, first, second, rawFirst, rawSecond, out TVector step);
            change += SumChange(first, step) + SumChange(second, TVector.Zero - step);
            uint accepted = TVector.Below(change, threshold) & remaining & ~TVector.Equal(step, TVector.Zero);
            if (accepted == 0)
            {
                break;
            }

            int lane = BitOperations.TrailingZeroCount(accepted);
            _energy += Lane(change, lane);
            int difference = (int)theirs[lane] - (int)mine[lane];
            rawFirst += Move(tile, first, lane, difference);
            rawSecond += Move(tile, second, lane, -difference);
            remaining = uint.MaxValue - 1 << lane;
            moved = true;
        }

        TVector.Store(_raw + (first * Width), rawFirst);
        TVector.Store(_raw + (second * Width), rawSecond);
        return moved;
    }

    // By how much 16 weights of the first head rise and those of the second fall, and what that costs but for the sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector HandOverChange(
        int tile, int first, int second, TVector rawFirst, TVector rawSecond, out TVector step)
    {
        TVector mine = TVector.Load(_levels + RowOf(tile, first));
        TVector theirs = TVector.Load(_levels + RowOf(tile, second));
        step = TVector.All(Unit) * (theirs - mine);

        // Absent tokens: infinity minus infinity, but nothing to trade. Curvature is the same on both sides.
        TVector slope = Local(RowOf(tile, first), mine, rawFirst) - Local(RowOf(tile, second), theirs, rawSecond);
        return TVector.Keep(~TVector.Equal(step, TVector.Zero), step * slope);
    }

    private static float Lane(TVector a, int lane) => TVector.Sum(TVector.Only(lane, a));
}
