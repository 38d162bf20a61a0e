using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>
/// Moves that keep a head's sum, many for one pass over its tokens: the pass picks few of them out, selected ones and the most promising
/// others, and amounts go from one to another of those. Not in detailed balance: for annealing and descents.
/// </content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    private const int TakerTiles = 8; // of picked tokens; more find no lower energies
    private const int LeastMoves = 32; // for one pass
    private const int LargestMoves = 96;
    private const int LargestRounds = 4; // of moves for one pass, in a descent

    private static int LargestPicked => HasSums ? Math.Min(LargestTiles, TakerTiles) + (LargestMoves / Width) : 0;

    // One pass over a head's tokens and moves of what it picked, in turn; in a descent as long as they lower the energy.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveAmounts(int head, float temperature, scoped ref RandomStream random)
    {
        bool any = false;
        (int givers, int tiles) = Pick(head, temperature, ref random);
        int moves = givers == 0 ? 0 : temperature > 0 ? MovesPerPass : LargestRounds * givers, idle = 0;
        for (int k = 0; k < moves && idle < givers; k++)
        {
            int amount = TPlan.Bits == 1 ? 1 : 1 + random.NextInt32(LargestLevel);
            bool moved = MoveAmount(head, k % givers, amount, tiles, temperature, ref random);
            idle = temperature > 0 || moved ? 0 : idle + 1;
            any |= moved;
        }

        return any;
    }

    // About as much work as the pass.
    private readonly int MovesPerPass => Math.Clamp(_tileCount / 8, LeastMoves, LargestMoves);

    // Selected tokens come first. Of those without a level each lane of a group of tiles offers the one of least cost,
    // less what thermal motion makes up for.
    private readonly (int Givers, int Tiles) Pick(int head, float temperature, scoped ref RandomStream random)
    {
        int selected = Selected(head, 1), givers = Math.Min(selected, temperature > 0 ? MovesPerPass : LargestMoves);
        int first = _turn[head] % Math.Max(1, selected), number = 0, next = 0, picked = givers;
        _turn[head] = first + givers;
        int perGroup = (_tileCount + TakerTiles - 1) / TakerTiles;
        TVector least = TVector.All(float.PositiveInfinity), raws = TVector.Zero, places = TVector.Zero;
        uint offered = 0;
        StartPass(head);
        for (int tile = 0; tile < _tileCount; tile++)
        {
            TVector raw = Field(tile, head);
            uint lanes = _selected[SelectedOf(tile, head)];
            TVector cost = AmountCost(RowOf(tile, head), CountsOf(tile), 1, 0, raw);
            cost -= temperature > 0 ? AcceptanceTable.Draw<MetropolisRule, TVector>(temperature, ref random) : TVector.Zero;
            uint better = TVector.Below(cost, least) & ~lanes;
            least = TVector.Select(better, cost, least);
            raws = TVector.Select(better, raw, raws);
            places = TVector.Select(better, TVector.All(tile), places);
            offered |= better;
            if (lanes != 0)
            {
                TVector.Store(_shares, raw);
                for (; lanes != 0; lanes &= lanes - 1, number++)
                {
                    int lane = BitOperations.TrailingZeroCount(lanes);
                    if ((number - first + selected) % selected < givers)
                    {
                        Put(head, next++, (tile * Width) + lane, _shares[lane]);
                    }
                }
            }

            if ((tile + 1) % perGroup == 0 || tile + 1 == _tileCount)
            {
                TVector.Store(_shares, raws);
                TVector.Store(_costs, places);
                for (; offered != 0; offered &= offered - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(offered);
                    Put(head, picked++, ((int)_costs[lane] * Width) + lane, _shares[lane]);
                }

                least = TVector.All(float.PositiveInfinity);
            }
        }

        int tiles = (picked + Width - 1) / Width;
        for (; picked < tiles * Width; picked++)
        {
            _linear[_pickedRow + picked] = float.PositiveInfinity;
            _self[_pickedRow + picked] = _levels[_pickedRow + picked] = _pickedRaw[picked] = 0;
            _picked[picked] = -1;
        }

        return (givers, tiles);
    }

    // A token with all that its cost takes.
    private readonly void Put(int head, int index, int place, float raw)
    {
        int lane = place % Width, to = index % Width;
        long row = RowOf(place / Width, head) + lane;
        _picked[index] = place;
        _pickedRaw[index] = raw;
        _linear[_pickedRow + index] = _linear[row];
        _self[_pickedRow + index] = _self[row];
        PutLevel(head, index);
        float* source = TileOf(place / Width, head) + ((lane & 3) * Width) + (lane >> 2) * 4;
        float* target = _pickedTiles + (index / Width * (long)_tileLength) + ((to & 3) * Width) + (to >> 2) * 4;
        for (int quad = 0; quad < 2 * _quads; quad++, source += 4 * Width, target += 4 * Width)
        {
            Vector128.Store(Vector128.Load(source), target);
        }
    }

    private readonly void PutLevel(int head, int index)
    {
        int place = _picked[index], lane = place % Width;
        _levels[_pickedRow + index] = _levels[RowOf(place / Width, head) + lane];
        float* counts = PickedCounts(index / Width) + (index % Width);
        for (int b = 0; b < CountRows; b++)
        {
            counts[b * Width] = CountsOf(place / Width)[(b * Width) + lane];
        }
    }

    // An amount of a picked token goes to the picked token that a heat bath chooses, the same one included.
    private bool MoveAmount(int head, int giver, int amount, int tiles, float temperature, scoped ref RandomStream random)
    {
        if (_levels[_pickedRow + giver] < amount)
        {
            return false;
        }

        ChangeLevel(head, giver, -amount);
        ReadPicked(giver);
        TVector lowest = TVector.All(float.PositiveInfinity);
        for (int tile = 0; tile < tiles; tile++)
        {
            TVector row = PickedRow(head, giver, tile, -Unit * amount);
            TVector raw = TVector.Load(_pickedRaw + (tile * Width)) + row;
            TVector cost = AmountCost(_pickedRow + (tile * Width), PickedCounts(tile), amount, 0, raw);
            TVector.Store(_pickedChange + (tile * Width), row);
            TVector.Store(_costs + (tile * Width), cost);
            lowest = TVector.MinNative(lowest, cost);
        }

        int taker = Choose(0, tiles, giver, lowest, temperature, ref random);
        ChangeLevel(head, taker, amount);
        if (taker == giver)
        {
            return false;
        }

        _energy += (double)_costs[taker] - _costs[giver];
        ReadPicked(taker);
        for (int tile = 0; tile < tiles; tile++)
        {
            TVector change = TVector.Load(_pickedChange + (tile * Width)) + PickedRow(head, taker, tile, Unit * amount);
            TVector.Store(_pickedRaw + (tile * Width), TVector.Load(_pickedRaw + (tile * Width)) + change);
        }

        return true;
    }

    private readonly void ChangeLevel(int head, int index, int difference)
    {
        SetLevelAnywhere(head, _picked[index], difference);
        PutLevel(head, index);
    }

    private readonly void ReadPicked(int index) =>
        FactorTiles<TVector, SingleFeatures>.ReadPartner(PickedTile(index / Width), index % Width, _quads, _partner);

    // What a picked token says to a tile of picked ones.
    private readonly TVector PickedRow(int head, int index, int tile, float weight)
    {
        TVector products = FactorTiles<TVector, SingleFeatures>.Dot(PickedTile(tile), _partner, _quads, 0);
        TVector row = TVector.FusedMultiplyAdd(TVector.All(_steps[head] * weight), products, TVector.All(_shifts[head] * weight));
        if (GeneralFactoredLayout<TPlan>.IsWhole && !LongRangeKernel<TPlan>.IsPresent)
        {
            return row;
        }

        int place = _picked[index];
        (int from, int to) = GeneralFactoredLayout<TPlan>.PartnersOf(place);
        uint partners = 0;
        for (int lane = 0; lane < Width; lane++)
        {
            int other = _picked[(tile * Width) + lane], distance = other - place;
            bool interacts = other >= from && other < to;
            partners |= interacts ? 1u << lane : 0;
            bool counts = interacts && LongRangeKernel<TPlan>.IsPresent && Math.Abs(distance) < LongRangeKernel<TPlan>.TableHalf;
            _raw[lane] = counts ? _table[LongRangeKernel<TPlan>.TableHalf + distance] : 0;
        }

        return TVector.FusedMultiplyAdd(TVector.All(weight), TVector.Load(_raw), TVector.Keep(partners, row));
    }

    private readonly float* PickedTile(int tile) => _pickedTiles + (tile * (long)_tileLength);

    private readonly float* PickedCounts(int tile) => _pickedCounts + (tile * CountRows * Width);
}
