using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>
/// Moves that keep a head's sum: an amount is taken from a token and given to one that a heat bath chooses among all, the same one included;
/// and, because exclusion may resist that, two heads trade a token and then another that makes up for it.
/// </content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    private const int PassesPerDescent = 8; // of a head's amounts, for one sweep
    private const int MovesPerSweep = 16; // a head, in detailed balance: as much work as so many passes, whatever is selected

    // Annealing and descents move amounts among picked tokens, sampling at a fixed temperature among all.
    private bool MoveAmounts(float temperature, bool isRandom, scoped ref RandomStream random, CancellationToken cancellation)
    {
        bool moved = false;
        for (int h = 0; h < TPlan.Heads && HasSums; h++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool again = !isRandom;
            for (int pass = temperature > 0 ? PassesPerDescent - 1 : 0; again && pass < PassesPerDescent; pass++)
            {
                again = MoveAmounts(h, temperature, ref random);
                moved |= again;
            }

            for (int k = 0; k < MovesPerSweep && isRandom; k++)
            {
                int amount = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(LargestLevel);
                moved |= MoveAmount(h, amount, temperature, ref random);
            }
        }

        for (int game = 0; game < Games && HasSums; game++)
        {
            (int a, int b) = Tournament.Pair(TPlan.Heads, _round, game);
            moved |= TradeTwice(a, b, temperature, ref random);
        }

        return moved;
    }

    // Tokens of a head whose level is no less than an amount.
    private readonly int Selected(int head, int amount)
    {
        int count = 0;
        for (int tile = 0; tile < _tileCount; tile++)
        {
            count += BitOperations.PopCount(AtLeast(tile, head, amount));
        }

        return count;
    }

    private readonly uint AtLeast(int tile, int head, int amount)
    {
        uint selected = _selected[SelectedOf(tile, head)];
        return selected == 0 || amount == 1
            ? selected
            : TVector.Below(TVector.All(amount - 0.5f), TVector.Load(_levels + RowOf(tile, head)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveAmount(int head, int amount, float temperature, scoped ref RandomStream random)
    {
        int givers = Selected(head, amount);
        if (givers == 0)
        {
            return false;
        }

        int number = random.NextInt32(givers);
        int giver = -1;
        for (int tile = 0; giver < 0; tile++)
        {
            uint lanes = AtLeast(tile, head, amount);
            int here = BitOperations.PopCount(lanes);
            giver = number < here ? (tile * Width) + Nth(lanes, number) : -1;
            number -= here;
        }

        SetLevelAnywhere(head, giver, -amount);
        StartPass(head);
        float more = WayBack(Selected(head, amount), temperature);
        TVector lowest = TVector.All(float.PositiveInfinity);
        for (int tile = 0; tile < _tileCount; tile++)
        {
            lowest = TVector.MinNative(lowest, StoreCosts(tile, head, amount, more, Field(tile, head)));
        }

        int taker = Choose(0, _tileCount, giver, lowest, temperature, ref random);
        _energy += EnergyOf(head, taker, amount, more) - EnergyOf(head, giver, amount, more);
        SetLevelAnywhere(head, taker, amount);
        return taker != giver;
    }

    // The same within a tile, whose fields are at hand.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveWithin(int tile, int head, int number, float temperature, scoped ref RandomStream random, scoped ref TVector raw)
    {
        int amount = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(LargestLevel);
        uint givers = AtLeast(tile, head, amount);
        if (givers == 0)
        {
            return false;
        }

        int lane = Nth(givers, number < 0 ? random.NextInt32(BitOperations.PopCount(givers)) : number % BitOperations.PopCount(givers));
        raw += Move(tile, head, lane, -amount);
        float more = WayBack(BitOperations.PopCount(AtLeast(tile, head, amount)), temperature);
        TVector costs = StoreCosts(tile, head, amount, more, raw);
        int giver = (tile * Width) + lane;
        int taker = Choose(tile, tile + 1, giver, costs, temperature, ref random);
        _energy += EnergyOf(head, taker, amount, more) - EnergyOf(head, giver, amount, more);
        raw += Move(tile, head, taker % Width, amount);
        return taker != giver;
    }

    // The way back is chosen among the givers that there are then: one more than the others if the amount makes a new one.
    private static float WayBack(int others, float temperature) =>
        temperature * (float)(Math.Log(others + 1) - Math.Log(Math.Max(others, 1)));

    private readonly TVector StoreCosts(int tile, int head, int amount, float more, TVector raw)
    {
        TVector costs = AmountCost(RowOf(tile, head), CountsOf(tile), amount, more, raw);
        TVector.Store(_costs + (tile * Width), costs);
        return costs;
    }

    private readonly TVector AmountCost(long row, float* counts, int amount, float more, TVector raw)
    {
        TVector from = TVector.Load(_levels + row);
        TVector to = from + TVector.All(amount);
        TVector cost = LevelChange(row, counts, from, to, raw);
        if (TPlan.Bits > 1)
        {
            uint isNew = TVector.Below(from, TVector.All(amount - 0.5f));
            cost += TVector.Keep(isNew, TVector.All(more));
        }

        uint isNoLevel = TVector.Below(TVector.All(LargestLevel + 0.5f), to);
        return TVector.Select(isNoLevel, TVector.All(float.PositiveInfinity), cost);
    }

    // The cost of a place without what is there for the way back.
    private readonly double EnergyOf(int head, int place, int amount, float more)
    {
        float level = _levels[RowOf(place / Width, head) + (place % Width)];
        return _costs[place] - (TPlan.Bits > 1 && level < amount ? more : 0);
    }

    // A place by the costs of all: with probability e^(−cost/T), or the lowest one, if it is lower than a given one.
    private readonly int Choose(
        int first, int end, int present, TVector lowest, float temperature, scoped ref RandomStream random)
    {
        float least = -TVector.Largest(TVector.Zero - lowest);
        if (!(temperature > 0))
        {
            for (int place = first * Width; least < _costs[present]; place++)
            {
                if (_costs[place] == least)
                {
                    return place;
                }
            }

            return present;
        }

        double total = 0;
        var inverse = TVector.All(1 / temperature);
        for (int tile = first; tile < end; tile++)
        {
            TVector share = TVector.Exp((TVector.All(least) - TVector.Load(_costs + (tile * Width))) * inverse);
            TVector.Store(_shares + (tile * Width), share);
            total += TVector.Sum(share);
        }

        double left = random.NextDouble() * total;
        int chosen = present;
        for (int tile = first; tile < end; tile++)
        {
            float ofTile = TVector.Sum(TVector.Load(_shares + (tile * Width)));
            if (!(left < ofTile))
            {
                left -= ofTile;
                continue;
            }

            for (int lane = 0; lane < Width; lane++)
            {
                float share = _shares[(tile * Width) + lane];
                chosen = share > 0 ? (tile * Width) + lane : chosen;
                left -= share;
                if (left < 0 && share > 0)
                {
                    return chosen;
                }
            }

            return chosen; // rounding
        }

        return chosen;
    }

    // One head gives another a token, and gets one in return that a heat bath chooses: its own again, or one that keeps both sums.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TradeTwice(int first, int second, float temperature, scoped ref RandomStream random)
    {
        int count = 0;
        for (int tile = 0; tile < _tileCount; tile++)
        {
            count += BitOperations.PopCount(Different(tile, first, second));
        }

        if (count == 0)
        {
            return false;
        }

        int number = random.NextInt32(count);
        int given = -1;
        for (int tile = 0; given < 0; tile++)
        {
            uint lanes = Different(tile, first, second);
            int here = BitOperations.PopCount(lanes);
            given = number < here ? (tile * Width) + Nth(lanes, number) : -1;
            number -= here;
        }

        int difference = Trade(first, second, given);
        StartPass(first);
        StartPass(second);
        TVector lowest = TVector.All(float.PositiveInfinity);
        int tiles = 0, present = -1;
        for (int tile = 0; tile < _tileCount; tile++)
        {
            bool hasAny = Different(tile, first, second) != 0;
            if (!hasAny && !LongRangeKernel<TPlan>.IsPresent)
            {
                continue; // nothing to trade, and no sums that go from tile to tile
            }

            TVector rawFirst = Field(tile, first), rawSecond = Field(tile, second);
            if (hasAny)
            {
                TVector change = HandOverChange(tile, first, second, rawFirst, rawSecond, out TVector step);
                uint fits = TVector.Equal(step, TVector.All(Unit * -difference));
                change = TVector.Select(fits, change, TVector.All(float.PositiveInfinity));
                TVector.Store(_costs + (tiles * Width), change);
                lowest = TVector.MinNative(lowest, change);
                present = tile == given / Width ? (tiles * Width) + (given % Width) : present;
                _tradeTiles[tiles++] = tile;
            }
        }

        int chosen = Choose(0, tiles, present, lowest, temperature, ref random);
        int returned = (_tradeTiles[chosen / Width] * Width) + (chosen % Width);
        Trade(first, second, returned);
        _energy += (double)_costs[chosen] - _costs[present];
        return returned != given;
    }

    // Whether two heads hold different amounts of a tile's tokens.
    private readonly uint Different(int tile, int first, int second) =>
        (_selected[SelectedOf(tile, first)] | _selected[SelectedOf(tile, second)]) == 0
            ? 0
            : ~TVector.Equal(TVector.Load(_levels + RowOf(tile, first)), TVector.Load(_levels + RowOf(tile, second))) & ((1u << Width) - 1);

    // By how much the first head's level rises.
    private readonly int Trade(int first, int second, int place)
    {
        long lane = place % Width;
        int tile = place / Width;
        int difference = (int)_levels[RowOf(tile, second) + lane] - (int)_levels[RowOf(tile, first) + lane];
        SetLevelAnywhere(first, place, difference);
        SetLevelAnywhere(second, place, -difference);
        return difference;
    }

    private static int Nth(uint lanes, int number)
    {
        for (; number > 0; number--)
        {
            lanes &= lanes - 1;
        }

        return BitOperations.TrailingZeroCount(lanes);
    }
}
