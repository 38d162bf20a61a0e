using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>Moves between two heads, which exclusion does not resist.</content>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector>
{
    private static bool HasHandOvers => TPlan.Heads > 1 && TPlan.Exclusion != 0;

    // Each head hands tokens over to at most one other: one round of a tournament.
    private bool HandOver<TRule>(int round, float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        RandomStream stream = random;
        TVector scale = TVector.All(TRule.Scale(temperature));
        TVector energy = TVector.Zero;
        bool moved = false;
        for (int game = 0; game < Tournament.Games(TPlan.Heads); game++)
        {
            (int first, int second) = Tournament.Pair(TPlan.Heads, round, game);
            moved |= HandOver<TRule>(first, second, scale, ref energy, ref stream);
        }

        _energy += TVector.Sum(energy);
        random = stream;
        return moved;
    }

    // Every two heads; whether any move lowered the energy.
    private bool DescendBetweenHeads(scoped ref RandomStream random, CancellationToken cancellation)
    {
        bool moved = false;
        for (int round = 0; round < Tournament.Rounds(TPlan.Heads); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            moved |= HandOver<DescentRule>(round, 0, ref random);
        }

        return moved;
    }

    // A token that one of two heads has selected becomes the other's: one proposal per token. Neither column sums nor
    // exclusion change, so that the move costs s_a (local_a − local_b). As in a sweep, lanes behind an accepted one are
    // computed again.
    private readonly bool HandOver<TRule>(
        int first, int second, TVector scale, ref TVector energy, ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        float* signs = _signs + first * Stride;
        float* theirSigns = _signs + second * Stride;
        float* local = _local + first * Stride;
        float* theirLocal = _local + second * Stride;
        bool moved = false;
        ulong bits = 0;
        for (int block = 0; block < Stride; block += Width)
        {
            if (TRule.IsRandom)
            {
                bits = (block & Width) == 0 ? random.NextUInt64() : bits >> 24; // one number serves two blocks
            }

            TVector threshold = scale * TRule.Thresholds<TVector>(bits);
            TVector sign = TVector.Load(signs + block);
            TVector theirs = TVector.Load(theirSigns + block);
            TVector change = sign * (TVector.Load(local + block) - TVector.Load(theirLocal + block));
            uint possible = TVector.Below(sign * theirs, TVector.Zero);
            uint accepted = TVector.Below(change, threshold) & possible;
            if (accepted == 0)
            {
                continue;
            }

            uint traded = 0;
            do
            {
                int lane = BitOperations.TrailingZeroCount(accepted);
                traded |= 1u << lane;
                energy += TVector.Only(lane, change);
                TVector factor = TVector.All(PairFactor * signs[block + lane]);
                float* row = Row(first, block + lane);
                float* theirRow = Row(second, block + lane);
                if (OutgrowsCache)
                {
                    AddRowAndFetch(local, row, factor, theirRow);
                }
                else
                {
                    AddRow(local, row, factor);
                }

                AddRow(theirLocal, theirRow, -factor);
                change = sign * (TVector.Load(local + block) - TVector.Load(theirLocal + block));
                accepted = TVector.Below(change, threshold) & possible & uint.MaxValue - 1 << lane;
            }
            while (accepted != 0);
            TVector turned = TVector.Keep(traded, sign);
            TVector.Store(signs + block, sign - (turned + turned));
            TVector.Store(theirSigns + block, theirs + (turned + turned));
            moved = true;
        }

        return moved;
    }
}
