using Qama.Numerics;

namespace Qama.Tests.Annealing;

/// <content>Long problems.</content>
public sealed partial class FactoredScalarChain<TPlan>
{
    // Pairs of heads, or heads, go round, one after the other, each in another part of the tokens.
    private bool SweepByUnits(int units, bool meets, float temperature, Rule rule, bool isRandom, ref RandomStream random)
    {
        ulong seed = isRandom ? random.NextUInt64() : 0;
        int players = TPlan.Heads + (TPlan.Heads % 2);
        int blocks = (_tokens + 15) / 16;
        int parts = Math.Max(units, blocks / 16);
        var gains = new float[units, 16];
        bool moved = false;
        for (int step = 0; step < parts; step++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                var stream = new RandomStream(seed + (ulong)((step * units) + unit));
                (int a, int b) = meets ? Opponents(players, unit) : (unit, unit);
                int[] heads = [.. new[] { a, b }.Where(h => h < TPlan.Heads).Distinct().Order()];
                int part = (step + unit) % parts;
                Span<float> own = Enumerable.Range(0, 16).Select(k => gains[unit, k]).ToArray();
                own.CopyTo(_lanes);
                for (int block = part * blocks / parts; block < (part + 1) * blocks / parts; block++)
                {
                    ulong bits = isRandom ? stream.NextUInt64() : 0;
                    foreach (int head in heads)
                    {
                        moved |= Flip(head, block * 16, bits, temperature, rule);
                        bits >>= 24;
                    }

                    int last = Math.Min(_tokens, (block + 1) * 16);
                    if (heads.Length == 2 && Enumerable.Range(block * 16, last - (block * 16)).Any(i => _x[a, i] != _x[b, i]))
                    {
                        moved |= HandOver(a, b, block * 16, isRandom ? stream.NextUInt64() : 0, temperature, rule);
                    }
                }

                for (int k = 0; k < 16; k++)
                {
                    gains[unit, k] = _lanes[k];
                }
            }
        }

        _round = meets ? (_round + 1) % (players - 1) : 0;
        for (int k = 0; k < 16; k++)
        {
            _lanes[k] = 0;
            for (int unit = 0; unit < units; unit++)
            {
                _lanes[k] += gains[unit, k];
            }
        }

        AddLanes();
        return moved;
    }
}
