using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;

namespace Qama.Annealing;

/// <content>The sweep.</content>
internal unsafe partial struct FactoredChain<TPlan, TVector>
{
    // Heads that take turns in pairs; a head more than there are stands for a rest.
    private static int Players => TPlan.Heads + (TPlan.Heads & 1);

    // Heads without exclusion do not meet: nothing is gained by exchanges.
    private static int Pairs => TPlan.Exclusion == 0 || TPlan.Heads == 1 ? 0 : Players / 2;

    private bool Sweep<TRule>(float temperature, bool byUnits, scoped ref RandomStream random, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
    {
        int round = _round;
        _round = Pairs == 0 ? 0 : (round + 1) % (Players - 1);
        return (byUnits, Reads<PairedFeatures>()) switch
        {
            (true, true) => SweepByUnits<TRule, PairedFeatures>(round, temperature, ref random, cancellation),
            (true, false) => SweepByUnits<TRule, SingleFeatures>(round, temperature, ref random, cancellation),
            (false, true) => Sweep<TRule, PairedFeatures>(round, temperature, ref random, cancellation),
            (false, false) => Sweep<TRule, SingleFeatures>(round, temperature, ref random, cancellation),
        };
    }

    // One proposal per variable, and one per token and pair of heads whose turn it is; whether any was accepted. Several heads'
    // products come first, as many as their tiles stay next to the core: they do not wait for each other, as flips do.
    private bool Sweep<TRule, TFormat>(
        int round, float temperature, scoped ref RandomStream random, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
        where TFormat : struct, IFeatureFormat
    {
        RandomStream stream = random;
        TVector scale = TVector.All(TRule.Scale(temperature));
        TVector.Store(_gains, TVector.Zero);
        bool moved = false;
        int together = Math.Clamp(NearBytes / (FactorTiles<TVector, TFormat>.Length(_quads) * sizeof(float)), 1, TPlan.Heads);
        for (int block = 0; block < _blocks; block++)
        {
            if (block % BlocksPerLook == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            Prepare<TFormat>(block, new(0, TPlan.Heads));
            ulong bits = 0;
            for (int first = 0; first < TPlan.Heads; first += together)
            {
                HeadRange heads = new(first, Math.Min(first + together, TPlan.Heads));
                moved |= Propose<TRule, TFormat>(block, heads, first, scale, _gains, ref bits, ref stream);
            }

            for (int pair = 0; pair < Pairs; pair++)
            {
                if (TRule.IsRandom)
                {
                    bits = (pair & 1) == 0 ? stream.NextUInt64() : bits >> 24;
                }

                (int a, int b) = Opponents(round, pair);
                uint differ = b < TPlan.Heads ? (uint)(_bits[RowOf(block, a)] ^ _bits[RowOf(block, b)]) : 0;
                if (differ != 0)
                {
                    TVector.Store(_thresholds, scale * TRule.Thresholds<TVector>(bits));
                    moved |= HandOver<TFormat>(block, a, b, differ, _thresholds, _gains);
                }
            }
        }

        _energy += TVector.Sum(TVector.Load(_gains));
        random = stream;
        return moved;
    }

    // The flips of 16 tokens of some heads, the first of which is the turn-th; whether any was accepted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Propose<TRule, TFormat>(
        int block, HeadRange heads, int turn, TVector scale, float* gains, scoped ref ulong bits, scoped ref RandomStream stream)
        where TRule : struct, IAcceptanceRule
        where TFormat : struct, IFeatureFormat
    {
        for (int h = heads.First; h < heads.End; h += heads.By, turn++)
        {
            if (TRule.IsRandom)
            {
                bits = (turn & 1) == 0 ? stream.NextUInt64() : bits >> 24; // one number serves two proposals
            }

            TVector.Store(_thresholds + (h * Width), scale * TRule.Thresholds<TVector>(bits));
        }

        if (!Look<TFormat>(block, heads))
        {
            return false;
        }

        Flip<TFormat>(block, heads, gains);
        return true;
    }

    // The circle method: one player stays, the others go round.
    private static (int First, int Second) Opponents(int round, int pair)
    {
        int others = Players - 1;
        return pair == 0 ? (round, others) : ((round + pair) % others, (round + others - pair) % others);
    }

    // What 16 tokens' selection costs beside exclusion, of the state without the token itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Field<TFormat>(float* tile, long row, int head, long ahead)
        where TFormat : struct, IFeatureFormat
    {
        TVector field = FactorTiles<TVector, TFormat>.Dot(tile, _vectors + (head * _vectorLength), _quads, ahead);
        if (_hasShifts)
        {
            field += TVector.All(_shifts[head] * _selected[head * Width]);
        }

        TVector own = TVector.Keep(_bits[row], TVector.Load(_own + (row * Width)));
        return field + (TVector.Load(_linear + (row * Width)) + own);
    }

    // The fields of several heads; whether any token would flip.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool Look<TFormat>(int block, HeadRange heads)
        where TFormat : struct, IFeatureFormat
    {
        TVector count = TVector.Load(_count + (block * Width));
        int length = FactorTiles<TVector, TFormat>.Length(_quads);
        long ahead = _isLarge ? (long)_blockPitch * length : 0;
        (long row, long rows) = (RowOf(block, heads.First), (long)heads.By * _headPitch);
        float* tile = TileOf<TFormat>(row, heads.First);
        long tiles = (IsKept<TFormat>() ? rows : heads.By) * length;
        uint any = 0;
        for (int h = heads.First; h < heads.End; h += heads.By, row += rows, tile += tiles)
        {
            TVector field = Field<TFormat>(tile, row, h, ahead);
            TVector.Store(_fields + (h * Width), field);
            TVector change = Change(Sign(_bits[row]), WithCount(count, field));
            any |= TVector.Below(change, TVector.Load(_thresholds + (h * Width)));
        }

        return any != 0;
    }

    // Proposes 16 tokens of each of several heads. All 16 changes are computed from the same state; up to the first accepted lane
    // that is the sequential state. Nothing is called: a call would have all registers written to memory and read again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Flip<TFormat>(int block, HeadRange heads, float* energy)
        where TFormat : struct, IFeatureFormat
    {
        TVector count = TVector.Load(_count + (block * Width));
        TVector gains = TVector.Load(energy);
        (long row, long rows) = (RowOf(block, heads.First), (long)heads.By * _headPitch);
        for (int h = heads.First; h < heads.End; h += heads.By, row += rows)
        {
            TVector field = TVector.Load(_fields + (h * Width));
            TVector threshold = TVector.Load(_thresholds + (h * Width));
            uint selected = _bits[row];
            TVector sign = Sign(selected);
            TVector counted = WithCount(count, field);
            TVector change = Change(sign, counted);
            uint accepted = TVector.Below(change, threshold);
            if (accepted == 0)
            {
                continue;
            }

            float* tile = TileOf<TFormat>(row, h);
            uint flipped = 0;
            do
            {
                int lane = BitOperations.TrailingZeroCount(accepted);
                flipped |= 1u << lane;
                gains += TVector.Only(lane, change);
                float step = Step(h, lane, selected);
                TVector others = FactorTiles<TVector, TFormat>.AddPartner(
                    tile, lane, step, _vectors + (h * _vectorLength), _quads);
                counted = TVector.FusedMultiplyAdd(TVector.All(step), others, counted);
                field = TVector.FusedMultiplyAdd(TVector.All(step), others, field);
                if (_hasShifts)
                {
                    TVector shift = Shift(h, lane, selected);
                    counted += shift;
                    field += shift;
                }

                change = Change(sign, counted);
                accepted = TVector.Below(change, threshold) & uint.MaxValue - 1 << lane;
            }
            while (accepted != 0);
            TVector.Store(_fields + (h * Width), field);
            count += TVector.Keep(flipped, sign);
            _bits[row] = (ushort)(selected ^ flipped);
        }

        TVector.Store(energy, gains);
        TVector.Store(_count + (block * Width), count);
    }

    // Tokens that one of two heads selects change hands. Neither exclusion nor column sums change.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool HandOver<TFormat>(
        int block, int a, int b, uint differ, float* thresholds, float* energy)
        where TFormat : struct, IFeatureFormat
    {
        TVector threshold = TVector.Load(thresholds);
        (long rowA, long rowB) = (RowOf(block, a), RowOf(block, b));
        (uint selectedA, uint selectedB) = (_bits[rowA], _bits[rowB]);
        TVector sign = Sign(selectedA);
        TVector fieldA = TVector.Load(_fields + (a * Width)), fieldB = TVector.Load(_fields + (b * Width));
        TVector change = sign * (fieldA - fieldB);
        uint accepted = TVector.Below(change, threshold) & differ;
        if (accepted == 0)
        {
            return false;
        }

        float* tileA = TileOf<TFormat>(rowA, a);
        float* tileB = TileOf<TFormat>(rowB, b);
        TVector gains = TVector.Load(energy);
        uint flipped = 0;
        do
        {
            int lane = BitOperations.TrailingZeroCount(accepted);
            flipped |= 1u << lane;
            gains += TVector.Only(lane, change);
            (float stepA, float stepB) = (Step(a, lane, selectedA), Step(b, lane, selectedB));
            TVector othersA = FactorTiles<TVector, TFormat>.AddPartner(
                tileA, lane, stepA, _vectors + (a * _vectorLength), _quads);
            TVector othersB = FactorTiles<TVector, TFormat>.AddPartner(
                tileB, lane, stepB, _vectors + (b * _vectorLength), _quads);
            fieldA = TVector.FusedMultiplyAdd(TVector.All(stepA), othersA, fieldA);
            fieldB = TVector.FusedMultiplyAdd(TVector.All(stepB), othersB, fieldB);
            if (_hasShifts)
            {
                fieldA += Shift(a, lane, selectedA);
                fieldB += Shift(b, lane, selectedB);
            }

            change = sign * (fieldA - fieldB);
            accepted = TVector.Below(change, threshold) & differ & uint.MaxValue - 1 << lane;
        }
        while (accepted != 0);
        TVector.Store(energy, gains);
        TVector.Store(_fields + (a * Width), fieldA);
        TVector.Store(_fields + (b * Width), fieldB);
        _bits[rowA] = (ushort)(selectedA ^ flipped);
        _bits[rowB] = (ushort)(selectedB ^ flipped);
        return true;
    }

    // What a token's features are multiplied by when it turns over.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Step(int head, int lane, uint selected) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(_steps[head]) ^ selected >> lane << 31);

    // What a token that turns over does to every other one by the constant part of couplings.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Shift(int head, int lane, uint selected)
    {
        float direction = (selected >> lane & 1) != 0 ? -1 : 1;
        _selected[head * Width] += direction;
        return TVector.Keep(~(1u << lane), TVector.All(direction * _shifts[head]));
    }

    // 1 − 2x of 16 tokens: the direction in which a flip goes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sign(uint selected) => TVector.Select(selected, TVector.All(-1), TVector.All(1));

    // With x = (1 − σ)/2 the other heads' selections Σx − x are (Σx − ½) + σ/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector WithCount(TVector count, TVector field) =>
        TVector.FusedMultiplyAdd(TVector.All(_exclusion), count, field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Change(TVector sign, TVector field) =>
        TVector.FusedMultiplyAdd(sign, field, TVector.All(_halfExclusion));
}
