using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;

namespace Qama.Annealing;

/// <content>The sweep.</content>
internal unsafe ref partial struct FactoredChain<TPlan, TVector>
{
    // Heads that take turns in pairs; a head more than there are stands for a rest.
    private static int Players => TPlan.Heads + (TPlan.Heads & 1);

    // Heads without exclusion do not meet: nothing is gained by exchanges.
    private static int Pairs => TPlan.Exclusion == 0 || TPlan.Heads == 1 ? 0 : Players / 2;

    // One proposal per variable, and one per token and pair of heads whose turn it is; whether any was accepted.
    private bool Sweep<TRule>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        RandomStream stream = random;
        TVector.Store(_gains, TVector.Zero);
        float scale = TRule.Scale(temperature);
        bool moved = false;
        int round = _round;
        _round = Pairs == 0 ? 0 : (round + 1) % (Players - 1);
        for (int block = 0; block < _blocks; block++)
        {
            ulong bits = 0;
            for (int h = 0; h < TPlan.Heads; h++)
            {
                if (TRule.IsRandom)
                {
                    bits = (h & 1) == 0 ? stream.NextUInt64() : bits >> 24; // one number serves two proposals
                }

                moved |= Flip<TRule>(block, h, scale, bits);
            }

            for (int pair = 0; pair < Pairs; pair++)
            {
                if (TRule.IsRandom)
                {
                    bits = (pair & 1) == 0 ? stream.NextUInt64() : bits >> 24;
                }

                (int a, int b) = Opponents(round, pair);
                if (b < TPlan.Heads)
                {
                    moved |= HandOver<TRule>(block, a, b, scale, bits);
                }
            }
        }

        _energy += TVector.Sum(TVector.Load(_gains));
        random = stream;
        return moved;
    }

    // The circle method: one player stays, the others go round.
    private static (int First, int Second) Opponents(int round, int pair)
    {
        int others = Players - 1;
        return pair == 0 ? (round, others) : ((round + pair) % others, (round + others - pair) % others);
    }

    // All 16 changes are computed from the same state; up to the first accepted lane that is the sequential state.
    private readonly bool Flip<TRule>(int block, int head, float scale, ulong bits)
        where TRule : struct, IAcceptanceRule
    {
        long row = ((long)block * TPlan.Heads) + head;
        float* tile = _tiles + (row * _tileLength);
        float* vector = _vectors + (head * _vectorLength);
        TVector raw = FactorTiles<TVector>.Dot(tile, vector, _quads);
        TVector threshold = TVector.All(scale) * TRule.Thresholds<TVector>(bits);
        TVector rest = Rest(block, row);
        TVector sign = TVector.Load(_signs + (row * Width));
        TVector constant = TVector.Load(_constant + (row * Width));
        TVector change = TVector.FusedMultiplyAdd(sign, rest + raw, constant);
        uint accepted = TVector.Below(change, threshold);
        uint flipped = 0;
        while (accepted != 0)
        {
            int lane = BitOperations.TrailingZeroCount(accepted);
            flipped |= 1u << lane;
            TVector.Store(_gains, TVector.Load(_gains) + TVector.Only(lane, change));
            raw = Move(tile, vector, lane, _steps[head] * _signs[(row * Width) + lane], raw);
            change = TVector.FusedMultiplyAdd(sign, rest + raw, constant);
            accepted = TVector.Below(change, threshold) & uint.MaxValue - 1 << lane;
        }

        TVector.Store(_raw + (head * Width), raw);
        if (flipped == 0)
        {
            return false;
        }

        TVector flips = TVector.Keep(flipped, sign);
        TVector.Store(_count + (block * Width), TVector.Load(_count + (block * Width)) + flips);
        TVector.Store(_signs + (row * Width), sign - (flips + flips));
        return true;
    }

    // Tokens that one of two heads selects change hands: both changes, less the exclusion that each of them alone counts.
    private readonly bool HandOver<TRule>(int block, int first, int second, float scale, ulong bits)
        where TRule : struct, IAcceptanceRule
    {
        (long a, long b) = (((long)block * TPlan.Heads) + first, ((long)block * TPlan.Heads) + second);
        TVector signA = TVector.Load(_signs + (a * Width)), signB = TVector.Load(_signs + (b * Width));
        uint differ = TVector.Below(signA * signB, TVector.Zero);
        if (differ == 0)
        {
            return false;
        }

        TVector rawA = TVector.Load(_raw + (first * Width)), rawB = TVector.Load(_raw + (second * Width));
        TVector restA = Rest(block, a), restB = Rest(block, b);
        TVector constant = TVector.Load(_constant + (a * Width)) + TVector.Load(_constant + (b * Width))
            - TVector.All(TPlan.Exclusion);
        TVector threshold = TVector.All(scale) * TRule.Thresholds<TVector>(bits);
        TVector change = Exchange(signA, restA + rawA, signB, restB + rawB, constant);
        uint accepted = TVector.Below(change, threshold) & differ;
        if (accepted == 0)
        {
            return false;
        }

        uint flipped = 0;
        do
        {
            int lane = BitOperations.TrailingZeroCount(accepted);
            flipped |= 1u << lane;
            TVector.Store(_gains, TVector.Load(_gains) + TVector.Only(lane, change));
            rawA = Move(
                _tiles + (a * _tileLength), _vectors + (first * _vectorLength), lane, _steps[first] * _signs[(a * Width) + lane], rawA);
            rawB = Move(
                _tiles + (b * _tileLength), _vectors + (second * _vectorLength), lane, _steps[second] * _signs[(b * Width) + lane], rawB);
            change = Exchange(signA, restA + rawA, signB, restB + rawB, constant);
            accepted = TVector.Below(change, threshold) & differ & uint.MaxValue - 1 << lane;
        }
        while (accepted != 0);
        TVector.Store(_raw + (first * Width), rawA);
        TVector.Store(_raw + (second * Width), rawB);
        TVector flipsA = TVector.Keep(flipped, signA), flipsB = TVector.Keep(flipped, signB);
        TVector.Store(_signs + (a * Width), signA - (flipsA + flipsA));
        TVector.Store(_signs + (b * Width), signB - (flipsB + flipsB));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exchange(TVector signA, TVector fieldA, TVector signB, TVector fieldB, TVector constant) =>
        TVector.FusedMultiplyAdd(signA, fieldA, TVector.FusedMultiplyAdd(signB, fieldB, constant));

    // Adds a token's features to a head's vector; the block's products after it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Move(float* tile, float* vector, int lane, float step, TVector raw) => TVector.FusedMultiplyAdd(
        TVector.All(step), FactorTiles<TVector>.AddPartner(tile, lane, step, vector, _quads), raw);

    // What does not come from couplings: linear terms and what the other heads' selections say.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Rest(int block, long row) => TPlan.Exclusion == 0
        ? TVector.Load(_linear + (row * Width))
        : TVector.FusedMultiplyAdd(
            TVector.All(TPlan.Exclusion), TVector.Load(_count + (block * Width)), TVector.Load(_linear + (row * Width)));
}
