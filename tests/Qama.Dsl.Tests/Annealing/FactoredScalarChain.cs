using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>
/// Annealing of bits whose couplings are a product of features as a textbook writes it, one proposal after the other, in the kernel's
/// number format, order of sums and random numbers.
/// </summary>
public sealed partial class FactoredScalarChain<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static readonly float[] _exponential = Table(u => -Math.Log(u));
    private static readonly float[] _gumbel = Table(u => -Math.Log(-Math.Log(u)));

    private readonly int _tokens;
    private readonly int _half; // features of a side, padded to a multiple of four
    private readonly float[][][] _exact; // [head][token]: a, then b
    private readonly float[][][] _annealed; // the same, as they are annealed
    private readonly float[,] _linear;
    private readonly float[,] _own; // less what products say to a selected token of itself
    private readonly float[] _steps;
    private readonly float[] _shifts;
    private readonly float[] _selected = new float[TPlan.Heads];
    private readonly float[][] _vectors;
    private readonly float[] _count;
    private readonly float[] _lanes = new float[16];
    private readonly float[,] _fields = new float[TPlan.Heads, 16]; // without exclusion
    private readonly TemperatureScale _scale;
    private readonly bool _isLong;
    private float[][][] _features;
    private float[,] _x;
    private double _energy;
    private int _round;

    public FactoredScalarChain(in FactoredView problem, TemperatureScale scale, bool isLong = false)
    {
        _isLong = isLong;
        int stride = Padding.Stride(TPlan.Tokens);
        _tokens = problem.TokenCount;
        _scale = scale;
        _steps = [.. problem.Scales.ToArray().Select(c => (float)(0.5 * TPlan.PairScale * c))];
        _shifts = problem.Shifts.IsEmpty
            ? new float[TPlan.Heads]
            : [.. problem.Shifts.ToArray().Select(c => (float)(TPlan.PairScale * c))];
        _half = (problem.Rank + 3) / 4 * 4;
        _x = new float[TPlan.Heads, TPlan.Tokens];
        _linear = new float[TPlan.Heads, TPlan.Tokens];
        _own = new float[TPlan.Heads, TPlan.Tokens];
        _vectors = [.. Enumerable.Range(0, TPlan.Heads).Select(_ => new float[2 * _half])];
        _count = new float[TPlan.Tokens];
        _exact = new float[TPlan.Heads][][];
        var row = new float[stride];
        for (int h = 0; h < TPlan.Heads; h++)
        {
            _exact[h] = new float[_tokens][];
            TPlan.WriteLinear(new ProblemView(default, problem.Fields, _tokens), h, row);
            for (int i = 0; i < _tokens; i++)
            {
                var own = _exact[h][i] = new float[2 * _half];
                for (int d = 0; d < problem.Rank; d++)
                {
                    own[d] = problem.Rows[(((h * problem.Rank) + d) * stride) + i];
                    own[_half + d] = problem.Columns[(((h * problem.Rank) + d) * stride) + i];
                }

                _linear[h, i] = row[i] + TPlan.Curvature;
            }
        }

        _annealed = TPlan.HasCompactFeatures ? [.. _exact.Select(head => head.Select(Compact).ToArray())] : _exact;
        _features = _annealed;
        Take(_annealed);
    }

    // Features that the chain reads from now on.
    private void Take(float[][][] features)
    {
        _features = features;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokens; i++)
            {
                float self = Product(features[h][i].AsSpan(0, _half), features[h][i].AsSpan(_half));
                _own[h, i] = (-2 * _steps[h] * self) - _shifts[h];
            }
        }
    }

    // a as a bfloat16; b as the float next to it whose lower half has the bits of that bfloat16.
    private float[] Compact(float[] features)
    {
        var result = new float[features.Length];
        for (int d = 0; d < _half; d++)
        {
            float a = Nearest(features[d], 0);
            uint lower = BitConverter.SingleToUInt32Bits(a) >> 16;
            float b = Nearest(features[_half + d], lower);
            (result[d], result[_half + d]) = (a, lower != 0 && Math.Abs(b) < BitConverter.UInt32BitsToSingle(0x1000_0000) ? MathF.CopySign(Tiny(lower), features[_half + d]) : b);
        }

        return result;

        static long Between(float x, float y) => // floats
            Math.Abs((long)BitConverter.SingleToUInt32Bits(x) - BitConverter.SingleToUInt32Bits(y));

        static float Tiny(uint lower) => BitConverter.UInt32BitsToSingle(0x1000_0000 | lower);

        static float Nearest(float number, uint lower)
        {
            uint upper = BitConverter.SingleToUInt32Bits(number) & 0xFFFF_0000;
            float best = float.NaN;
            for (long candidate = (long)upper - 0x10000; candidate <= (long)upper + 0x10000; candidate += 0x10000)
            {
                float value = BitConverter.UInt32BitsToSingle((uint)candidate | lower);
                long distance = Between(value, number), least = Between(best, number);
                if (candidate >= 0 && float.IsNegative(value) == float.IsNegative(number)
                    && (float.IsNaN(best) || distance < least || (distance == least && (candidate >> 16) % 2 == 0)))
                {
                    best = value;
                }
            }

            return best;
        }
    }

    public byte[] Run(in AnnealingSchedule schedule, ref RandomStream random, byte[]? first = null)
    {
        for (int v = 0; first is not null && v < first.Length; v++)
        {
            _x[v / TPlan.Tokens, v % TPlan.Tokens] = first[v];
        }

        Refresh();
        if (schedule.FixedTemperature is not null)
        {
            if (first is null)
            {
                Randomise(ref random);
            }

            Sweeps(schedule, HeatBath, ref random);
        }
        else
        {
            if (first is null)
            {
                Sweep(0, Greedy, ref random);
            }

            Cool(schedule, ref random);
        }

        return [.. _x.Cast<float>().Select(v => (byte)v)];
    }

    private void Cool(in AnnealingSchedule schedule, ref RandomStream random)
    {
        double least = double.PositiveInfinity;
        float[,] kept = _x;
        for (int restart = 0; restart < schedule.Restarts; restart++)
        {
            if (restart > 0)
            {
                Randomise(ref random);
            }

            (float[,] best, int sweep) = Sweeps(schedule, Metropolis, ref random);
            if (sweep != schedule.Sweeps)
            {
                _x = best;
                Refresh();
            }

            for (int descent = 0; descent < 32 && Sweep(0, Descent, ref random); descent++)
            {
            }

            if (TPlan.HasCompactFeatures)
            {
                Take(_exact);
                Refresh();
                for (int descent = 0; descent < 32 && Sweep(0, Descent, ref random); descent++)
                {
                }
            }

            double energy = schedule.Restarts == 1 ? 0 : Energy();
            if (energy < least)
            {
                least = energy;
                kept = (float[,])_x.Clone();
            }
        }

        _x = kept;
    }

    private (float[,] State, int Sweep) Sweeps(in AnnealingSchedule schedule, Rule rule, ref RandomStream random)
    {
        bool falls = schedule.FixedTemperature is null && schedule.Sweeps > 1;
        double factor = falls ? Math.Pow(schedule.Cold * _scale.Cold / (schedule.Hot * _scale.Hot), 1.0 / (schedule.Sweeps - 1)) : 1;
        double temperature = schedule.FixedTemperature ?? (falls ? schedule.Hot * _scale.Hot : schedule.Cold * _scale.Cold);
        double best = double.PositiveInfinity;
        (float[,] State, int Sweep) bestState = (_x, 0);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++, temperature *= factor)
        {
            Sweep((float)temperature, rule, ref random);
            if (_energy < best)
            {
                best = _energy;
                bestState = ((float[,])_x.Clone(), sweep);
            }

            if (sweep % 32 == 0)
            {
                Refresh();
            }
        }

        return bestState;
    }

    private delegate float Rule(ulong bits, int lane, float temperature);

    private static float Metropolis(ulong bits, int lane, float temperature) =>
        2 * temperature * Math.Min(Draw(_exponential, bits, lane), Draw(_exponential, bits >> 12, lane));

    private static float HeatBath(ulong bits, int lane, float temperature) =>
        temperature * (Draw(_gumbel, bits, lane) - Draw(_gumbel, bits >> 12, lane));

    private static float Greedy(ulong bits, int lane, float temperature) => float.Epsilon;

    private static float Descent(ulong bits, int lane, float temperature) => 0;

    private static float Draw(float[] table, ulong bits, int lane) => table[(int)(((bits & 4095) + (ulong)lane) & 4095)];

    // Block by block: every head's tokens, then hand-overs between the pairs of heads whose turn it is.
    private bool Sweep(float temperature, Rule rule, ref RandomStream random)
    {
        bool isRandom = rule == (Rule)Metropolis || rule == (Rule)HeatBath;
        bool meets = TPlan.Exclusion != 0 && TPlan.Heads > 1;
        int players = TPlan.Heads + (TPlan.Heads % 2);
        int units = meets ? players / 2 : TPlan.Heads;
        if (_isLong && units > 1 && rule != (Rule)Greedy)
        {
            return SweepByUnits(units, meets, temperature, rule, isRandom, ref random);
        }

        Array.Clear(_lanes);
        bool moved = false;
        for (int block = 0; block < _tokens; block += 16)
        {
            ulong bits = 0;
            for (int h = 0; h < TPlan.Heads; h++)
            {
                bits = !isRandom ? 0 : h % 2 == 0 ? random.NextUInt64() : bits >> 24;
                moved |= Flip(h, block, bits, temperature, rule);
            }

            for (int pair = 0; meets && pair < players / 2; pair++)
            {
                bits = !isRandom ? 0 : pair % 2 == 0 ? random.NextUInt64() : bits >> 24;
                (int a, int b) = Opponents(players, pair);
                moved |= b < TPlan.Heads && HandOver(a, b, block, bits, temperature, rule);
            }
        }

        _round = meets ? (_round + 1) % (players - 1) : 0;
        AddLanes();
        return moved;
    }

    private (int First, int Second) Opponents(int players, int pair) => pair == 0
        ? (_round, players - 1)
        : ((_round + pair) % (players - 1), (_round + players - 1 - pair) % (players - 1));

    private void AddLanes()
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int k = 0; k < half; k++)
            {
                _lanes[k] += _lanes[k + half];
            }
        }

        _energy += _lanes[0];
    }

    private bool Flip(int head, int block, ulong bits, float temperature, Rule rule)
    {
        bool moved = false;
        int lanes = Math.Min(16, _tokens - block);
        var counted = new float[16];
        for (int k = 0; k < lanes; k++)
        {
            float product = Products(_features[head][block + k], _vectors[head]);
            float constant = _shifts[head] == 0 ? product : product + (_shifts[head] * _selected[head]);
            _fields[head, k] = constant + (_linear[head, block + k] + (_x[head, block + k] != 0 ? _own[head, block + k] : 0));
            // This head's own flips do not matter to its other tokens.
            counted[k] = MathF.FusedMultiplyAdd(TPlan.Exclusion, _count[block + k] - 0.5f, _fields[head, k]);
        }

        for (int k = 0; k < lanes; k++)
        {
            float sign = 1 - (2 * _x[head, block + k]);
            float change = MathF.FusedMultiplyAdd(sign, counted[k], TPlan.Exclusion / 2);
            if (change < rule(bits, k, temperature))
            {
                moved = true;
                _lanes[k] += change;
                Select(head, block, k, counted);
                _count[block + k] += sign;
            }
        }

        return moved;
    }

    private bool HandOver(int a, int b, int block, ulong bits, float temperature, Rule rule)
    {
        bool moved = false;
        for (int k = 0; k < 16 && block + k < _tokens; k++)
        {
            int i = block + k;
            if (_x[a, i] == _x[b, i])
            {
                continue;
            }

            float change = (1 - (2 * _x[a, i])) * (_fields[a, k] - _fields[b, k]);
            if (change < rule(bits, k, temperature))
            {
                moved = true;
                _lanes[k] += change;
                Select(a, block, k, new float[16]);
                Select(b, block, k, new float[16]);
            }
        }

        return moved;
    }

    // Turns a variable over: its features go to the head's vector and to the fields of the block's other tokens.
    private void Select(int head, int block, int lane, float[] counted)
    {
        float[] own = _features[head][block + lane];
        float[] partner = [.. own[_half..], .. own[.._half]];
        float sign = 1 - (2 * _x[head, block + lane]);
        float step = _steps[head] * sign;
        for (int f = 0; f < partner.Length; f++)
        {
            _vectors[head][f] = MathF.FusedMultiplyAdd(step, partner[f], _vectors[head][f]);
        }

        for (int k = 0; k < 16 && block + k < _tokens; k++)
        {
            if (k != lane)
            {
                float product = Products(_features[head][block + k], partner);
                _fields[head, k] = MathF.FusedMultiplyAdd(step, product, _fields[head, k]) + (sign * _shifts[head]);
                counted[k] = MathF.FusedMultiplyAdd(step, product, counted[k]) + (sign * _shifts[head]);
            }
        }

        _selected[head] += sign;
        _x[head, block + lane] += sign;
    }

    // Four sums, of every fourth feature each, for both sides.
    private float Products(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        (float[] a, float[] b) = (Sums(x[.._half], y[.._half]), Sums(x[_half..], y[_half..]));
        return Fold([.. a.Zip(b, (p, q) => p + q)]);
    }

    private static float Product(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Fold(Sums(x, y));

    private static float[] Sums(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sums = new float[4];
        for (int f = 0; f < x.Length; f++)
        {
            sums[f % 4] = MathF.FusedMultiplyAdd(x[f], y[f], sums[f % 4]);
        }

        return sums;
    }

    private static float Fold(float[] sums) => sums[0] + sums[2] + (sums[1] + sums[3]);

    private static float[] Table(Func<double, double> quantile)
    {
        float[] table = [.. Enumerable.Range(0, 4096).Select(k => (float)quantile((k + 0.5) / 4096))];
        var random = new RandomStream(0x51414D41);
        for (int k = 4095; k > 0; k--)
        {
            int other = random.NextInt32(k + 1);
            (table[k], table[other]) = (table[other], table[k]);
        }

        return table;
    }
}
