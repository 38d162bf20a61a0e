using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>What pairs say to a tile, tile after tile.</content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    // Before tiles are gone through from the first to the last.
    private readonly void StartPass()
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            StartPass(h);
        }
    }

    private readonly void StartPass(int head)
    {
        if (LongRangeKernel<TPlan>.IsPresent)
        {
            _behind[head] = DistanceSums.None(0);
            SumBefore(head);
        }
    }

    // Products of features with what is selected, a token's own included, and the long-range penalty. A pass asks for every tile once.
    private readonly TVector Field(int tile, int head)
    {
        TVector raw = GeneralFactoredLayout<TPlan>.IsUniform ? FieldOfGroup(tile, head) : FieldOfLanes(tile, head);
        return LongRangeKernel<TPlan>.IsPresent ? raw + LongRange(tile, head) : raw;
    }

    private readonly TVector FieldOfGroup(int tile, int head)
    {
        if (!GeneralFactoredLayout<TPlan>.IsWhole)
        {
            (int from, int to) = GeneralFactoredLayout<TPlan>.GroupOf(tile);
            MoveVector(head, from, to);
        }

        return FieldOfGroup(TileOf(tile, head), head);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector FieldOfGroup(float* features, int head)
    {
        TVector raw = FactorTiles<TVector, SingleFeatures>.Dot(features, _vectors + (head * _vectorLength), _quads, 0);
        return _hasShifts ? raw + TVector.All((float)(_shifts[head] * _weights[head])) : raw;
    }

    // Every lane has partners of its own: the vector goes along with them.
    private readonly TVector FieldOfLanes(int tile, int head)
    {
        float* raw = _raw + (head * Width);
        for (int lane = 0; lane < Width; lane++)
        {
            int place = (tile * Width) + lane;
            (int from, int to) = GeneralFactoredLayout<TPlan>.PartnersOf(place);
            MoveVector(head, from, to);
            raw[lane] = Product(head, place) + (float)(_shifts[head] * _weights[head]);
        }

        return TVector.Load(raw);
    }

    // The vector of a head follows the places that interact with a tile or a token.
    private readonly void MoveVector(int head, int from, int to)
    {
        to = Math.Min(to, _tileCount * Width);
        if (from == _from[head] && to == _to[head])
        {
            return;
        }

        if (from < _from[head] || to < _to[head] || from >= _to[head])
        {
            new Span<float>(_vectors + (head * _vectorLength), _vectorLength).Clear();
            (_weights[head], _from[head], _to[head]) = (0, from, from);
        }

        float* levels = _levels + RowOf(0, head);
        for (int place = _to[head]; place < to; place++)
        {
            if (levels[place] != 0)
            {
                AddToVector(head, place, levels[place]);
            }
        }

        for (int place = _from[head]; place < from; place++)
        {
            if (levels[place] != 0)
            {
                AddToVector(head, place, -levels[place]);
            }
        }

        (_from[head], _to[head]) = (from, to);
    }

    // From products of features to what a token says to a tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Row(TVector products, int head, int place, int tile, float weight)
    {
        TVector row = TVector.FusedMultiplyAdd(TVector.All(_steps[head] * weight), products, TVector.All(_shifts[head] * weight));
        return GeneralFactoredLayout<TPlan>.IsUniform ? row : TVector.Keep(GeneralFactoredLayout<TPlan>.Partners(place, tile), row);
    }

    // A token of the tile goes to another level: what is to be added to what pairs say to the tile.
    private readonly TVector Move(int tile, int head, int lane, int difference)
    {
        int place = (tile * Width) + lane;
        float weight = Unit * difference;
        float* features = TileOf(tile, head);
        SetLevel(head, place, difference);
        TVector products;
        if (IsInVector(head, place))
        {
            products = FactorTiles<TVector, SingleFeatures>.AddToAll(
                features, lane, _steps[head] * weight, _vectors + (head * _vectorLength), _quads);
            _weights[head] += (double)difference * Unit;
        }
        else
        {
            FactorTiles<TVector, SingleFeatures>.ReadPartner(features, lane, _quads, _partner);
            products = FactorTiles<TVector, SingleFeatures>.Dot(features, _partner, _quads, 0);
        }

        TVector row = Row(products, head, place, tile, weight);
        return LongRangeKernel<TPlan>.IsPresent ? TVector.FusedMultiplyAdd(TVector.All(weight), Distances(place, tile), row) : row;
    }

    // The long-range penalty of a token with the lanes of a tile next to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Distances(int place, int tile)
    {
        TVector row = TVector.Load(_table + LongRangeKernel<TPlan>.TableHalf + (tile * Width) - place);
        return GeneralFactoredLayout<TPlan>.SharesTiles ? TVector.Keep(GeneralFactoredLayout<TPlan>.Partners(place, tile), row) : row;
    }

    private readonly TVector LongRange(int tile, int head)
    {
        (int groupFrom, int groupTo) = GeneralFactoredLayout<TPlan>.GroupOf(tile);
        int first = tile * Width, reach = LongRangeKernel<TPlan>.Reach, gap = LongRangeKernel<TPlan>.Gap;
        TVector sum = AddDistances(tile, head, first, first + Width, TVector.Zero);
        if (GeneralFactoredLayout<TPlan>.SharesTiles)
        {
            return sum;
        }

        (int from, int to) = Behind(tile);
        MoveBehind(head, tile, from, to);
        sum = AddTerms(sum, _behind[head].Terms<TPlan>(Unit), TVector.Indices, _laneDecays);
        int any = Math.Max(groupFrom, first - reach), end = Math.Min(first, first + Width - gap);
        sum = AddDistances(tile, head, any, from < to ? from : end, sum);
        sum = AddDistances(tile, head, from < to ? to : end, end, sum);

        (from, to) = Before(tile);
        float* terms = _before + (SelectedOf(tile, head) * 3L);
        sum = AddTerms(
            sum, (terms[0], terms[1], terms[2]), TVector.All(Width - 1) - TVector.Indices, _laneDecays + Width);
        any = Math.Max(first + Width, first + gap);
        end = Math.Min(groupTo, first + Width + reach);
        sum = AddDistances(tile, head, any, from < to ? from : end, sum);
        return AddDistances(tile, head, from < to ? to : end, end, sum);
    }

    private readonly TVector AddDistances(int tile, int head, int from, int to, TVector sum)
    {
        var places = new Places(this, head, from, to);
        while (places.Next())
        {
            sum = TVector.FusedMultiplyAdd(TVector.All(Unit * places.Level), Distances(places.Place, tile), sum);
        }

        return sum;
    }

    private static TVector AddTerms(
        TVector sum, (float Base, float PerLane, float Decay) terms, TVector lanes, float* decays)
    {
        sum += TVector.FusedMultiplyAdd(TVector.All(terms.PerLane), lanes, TVector.All(terms.Base));
        return LongRangeKernel<TPlan>.IsExponential
            ? TVector.FusedMultiplyAdd(TVector.All(terms.Decay), TVector.Load(decays), sum)
            : sum;
    }

    // The places behind a tile, or before it, at distances that count from every lane.
    private static (int From, int To) Behind(int tile)
    {
        int first = tile * Width;
        int from = Math.Max(GeneralFactoredLayout<TPlan>.GroupOf(tile).From, first + Width - 1 - LongRangeKernel<TPlan>.Reach);
        return (from, Math.Max(from, first - LongRangeKernel<TPlan>.Gap + 1));
    }

    private static (int From, int To) Before(int tile)
    {
        int first = tile * Width;
        int to = Math.Min(GeneralFactoredLayout<TPlan>.GroupOf(tile).To, first + LongRangeKernel<TPlan>.Reach + 1);
        return (Math.Min(to, first + Width - 1 + LongRangeKernel<TPlan>.Gap), to);
    }

    private readonly void MoveBehind(int head, int tile, int from, int to)
    {
        DistanceSums sums = _behind[head];
        int origin = tile * Width;
        if (from >= sums.To)
        {
            sums = DistanceSums.None(from);
        }

        sums.Leave<TPlan>();
        var entering = new Places(this, head, sums.To, to);
        while (entering.Next())
        {
            sums.Add<TPlan>(entering.Level, origin - entering.Place);
        }

        var leaving = new Places(this, head, sums.From, from);
        while (leaving.Next())
        {
            sums.Add<TPlan>(-leaving.Level, origin - leaving.Place);
        }

        (sums.From, sums.To) = (from, to);
        _behind[head] = sums;
    }

    // What lies before each tile, from the last one on: nothing of it changes until the pass gets there.
    private readonly void SumBefore(int head)
    {
        if (GeneralFactoredLayout<TPlan>.SharesTiles)
        {
            return;
        }

        DistanceSums sums = DistanceSums.None(int.MaxValue);
        for (int tile = _tileCount - 1; tile >= 0; tile--)
        {
            (int from, int to) = Before(tile);
            int origin = (tile * Width) + Width - 1;
            if (to <= sums.From)
            {
                sums = DistanceSums.None(to);
            }

            sums.Leave<TPlan>();
            var entering = new Places(this, head, from, sums.From);
            while (entering.Next())
            {
                sums.Add<TPlan>(entering.Level, entering.Place - origin);
            }

            var leaving = new Places(this, head, to, sums.To);
            while (leaving.Next())
            {
                sums.Add<TPlan>(-leaving.Level, leaving.Place - origin);
            }

            (sums.From, sums.To) = (from, to);
            (float constant, float perLane, float decay) = sums.Terms<TPlan>(Unit);
            float* terms = _before + (SelectedOf(tile, head) * 3L);
            (terms[0], terms[1], terms[2]) = (constant, perLane, decay);
        }
    }

    // The selected tokens of a head among some places, in order.
    private ref struct Places
    {
        private readonly uint* _selected;
        private readonly float* _levels;
        private readonly int _to;
        private int _tile;
        private uint _lanes;

        public Places(scoped in GeneralFactoredChain<TPlan, TVector> chain, int head, int from, int to)
        {
            _selected = chain._selected + chain.SelectedOf(0, head);
            _levels = chain._levels + chain.RowOf(0, head);
            _to = Math.Min(to, chain._tileCount * Width);
            _tile = from / Width;
            _lanes = from < _to ? Lanes(_tile) & GeneralFactoredLayout<TPlan>.Range(from - (_tile * Width), Width) : 0;
            (Place, Level) = (0, 0);
        }

        public int Place { get; private set; }

        public float Level { get; private set; }

        public bool Next()
        {
            while (_lanes == 0)
            {
                _tile++;
                if (_tile * Width >= _to)
                {
                    return false;
                }

                _lanes = Lanes(_tile);
            }

            int lane = BitOperations.TrailingZeroCount(_lanes);
            _lanes &= _lanes - 1;
            Place = (_tile * Width) + lane;
            Level = _levels[Place];
            return true;
        }

        private readonly uint Lanes(int tile) =>
            _selected[tile] & GeneralFactoredLayout<TPlan>.Range(0, _to - (tile * Width));
    }
}
