using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>
/// Annealing of bits as a textbook writes it, one variable after the other, in the kernel's number format and with its
/// random numbers.
/// </summary>
public sealed class ScalarChain<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static readonly float[] Exponential = Table(u => -Math.Log(u));
    private static readonly float[] Gumbel = Table(u => -Math.Log(-Math.Log(u)));

    private readonly int _stride = Padding.Stride(TPlan.Tokens);
    private readonly int _tokens;
    private readonly float[] _couplings;
    private readonly float[,] _linear;
    private readonly float[,] _local;
    private readonly float[] _count;
    private float[,] _x;
    private double _energy;

    public ScalarChain(in ProblemView problem)
    {
        _tokens = problem.TokenCount;
        _couplings = problem.Couplings.ToArray();
        _linear = new float[TPlan.Heads, TPlan.Tokens];
        _local = new float[TPlan.Heads, TPlan.Tokens];
        _x = new float[TPlan.Heads, TPlan.Tokens];
        _count = new float[TPlan.Tokens];
        var row = new float[_stride];
        for (int h = 0; h < TPlan.Heads; h++)
        {
            TPlan.WriteLinear(problem, h, row);
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                _linear[h, i] = row[i];
            }
        }
    }

    /// <summary>Anneals as the schedule says, from <paramref name="first"/> if it continues.</summary>
    public byte[] Run(in AnnealingSchedule schedule, ref RandomStream random, byte[]? first = null)
    {
        bool isFixed = schedule.FixedTemperature is not null;
        for (int v = 0; first is not null && v < first.Length; v++)
        {
            _x[v / TPlan.Tokens, v % TPlan.Tokens] = first[v];
        }

        ComputeFields();
        if (isFixed && first is null)
        {
            Randomise(ref random);
        }

        if (isFixed)
        {
            Temperatures(schedule, default, HeatBath, ref random);
        }
        else
        {
            Cool(schedule, first is null, ref random);
        }

        return [.. _x.Cast<float>().Select(v => (byte)v)];
    }

    private void Cool(in AnnealingSchedule schedule, bool fills, ref RandomStream random)
    {
        if (fills)
        {
            Sweep(1, Greedy, ref random);
        }

        TemperatureScale scale = Scale();
        double least = double.PositiveInfinity;
        float[,] kept = _x;
        for (int restart = 0; restart < schedule.Restarts; restart++)
        {
            if (restart > 0)
            {
                Randomise(ref random);
            }

            (float[,] best, int bestSweep) = Temperatures(schedule, scale, Metropolis, ref random);
            if (bestSweep != schedule.Sweeps)
            {
                _x = best;
                ComputeFields();
            }

            Descend(ref random);

            if (Energy() < least)
            {
                least = Energy();
                kept = (float[,])_x.Clone();
            }
        }

        _x = kept;
    }

    // All sweeps of a schedule; the best state after one of them, and after which.
    private (float[,] State, int Sweep) Temperatures(in AnnealingSchedule schedule, TemperatureScale scale, Rule rule, ref RandomStream random)
    {
        bool falls = schedule.FixedTemperature is null && schedule.Sweeps > 1;
        double factor = falls ? Math.Pow(schedule.Cold * scale.Cold / (schedule.Hot * scale.Hot), 1.0 / (schedule.Sweeps - 1)) : 1;
        double temperature = schedule.FixedTemperature ?? (falls ? schedule.Hot * scale.Hot : schedule.Cold * scale.Cold);
        double best = double.PositiveInfinity;
        (float[,] State, int Sweep) bestState = (_x, 0);
        int round = HandsOver && rule == HeatBath ? random.NextInt32(Rounds.Count) : 0;
        for (int sweep = 0; sweep < schedule.Sweeps; sweep++, temperature *= factor)
        {
            Sweep((float)temperature, rule, ref random);
            if (HandsOver && (rule == HeatBath || sweep + 1 > schedule.Sweeps / 2.0))
            {
                HandOver(Rounds[(round + sweep + 1) % Rounds.Count], (float)temperature, rule, ref random);
            }

            if (_energy < best)
            {
                best = _energy;
                bestState = ((float[,])_x.Clone(), sweep + 1);
            }

            if ((sweep + 1) % 1024 == 0)
            {
                ComputeFields();
            }
        }

        return bestState;
    }

    private void Descend(ref RandomStream random)
    {
        bool moved = true;
        for (int tournaments = 0; moved; tournaments++)
        {
            while (Sweep(1, Descent, ref random))
            {
            }

            moved = false;
            for (int round = 0; HandsOver && tournaments < 8 && round < Rounds.Count; round++)
            {
                moved |= HandOver(Rounds[round], 1, Descent, ref random);
            }
        }
    }

    private void Randomise(ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            ulong bits = random.NextUInt64(); // up to 64 tokens
            for (int i = 0; i < _tokens; i++)
            {
                _x[h, i] = (bits >> i) & 1;
            }
        }

        ComputeFields();
    }

    private delegate void Rule(ulong bits, float temperature, float[] thresholds);

    private static void Metropolis(ulong bits, float temperature, float[] thresholds)
    {
        for (int k = 0; k < 16; k++)
        {
            float a = Exponential[((bits & 4095) + (ulong)k) % 4096];
            float b = Exponential[((bits >> 12 & 4095) + (ulong)k) % 4096];
            thresholds[k] = 2 * temperature * Math.Min(a, b);
        }
    }

    private static void HeatBath(ulong bits, float temperature, float[] thresholds)
    {
        for (int k = 0; k < 16; k++)
        {
            float a = Gumbel[((bits & 4095) + (ulong)k) % 4096];
            float b = Gumbel[((bits >> 12 & 4095) + (ulong)k) % 4096];
            thresholds[k] = temperature * (a - b);
        }
    }

    private static void Greedy(ulong bits, float temperature, float[] thresholds) => Array.Fill(thresholds, float.Epsilon);

    private static void Descent(ulong bits, float temperature, float[] thresholds) => Array.Clear(thresholds);

    private bool Sweep(float temperature, Rule rule, ref RandomStream random)
    {
        bool moved = false;
        var thresholds = new float[16];
        var energy = new float[16];
        ulong bits = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _stride; block += 16)
            {
                // 24 bits per block; one number serves two blocks.
                bool draws = rule == Metropolis || rule == HeatBath;
                bits = draws && block % 32 == 0 ? random.NextUInt64() : bits >> 24;
                rule(bits, temperature, thresholds);
                moved |= SweepBlock(h, block, thresholds, energy);
            }
        }

        _energy += SumOfHalves(energy);
        return moved;
    }

    private static bool HandsOver => TPlan.Heads > 1 && TPlan.Exclusion != 0;

    // Pairs of heads, round by round: opposite places of a circle of an odd number of heads that turns, the one without
    // an opposite with the head outside the circle, if there is one.
    private static List<List<(int First, int Second)>> Rounds { get; } =
        [.. Enumerable.Range(0, TPlan.Heads - 1 | 1).Select(Round)];

    private static List<(int First, int Second)> Round(int round)
    {
        int circle = TPlan.Heads - 1 | 1;
        int At(int place) => (place + round + circle) % circle;
        IEnumerable<(int, int)> pairs = Enumerable.Range(1, circle / 2).Select(place => (At(place), At(-place)));
        return [.. TPlan.Heads % 2 == 0 ? pairs.Prepend((circle, At(0))) : pairs];
    }

    private bool HandOver(List<(int First, int Second)> pairs, float temperature, Rule rule, ref RandomStream random)
    {
        bool moved = false;
        var thresholds = new float[16];
        var energy = new float[16];
        ulong bits = 0;
        foreach ((int first, int second) in pairs)
        {
            for (int block = 0; block < _stride; block += 16)
            {
                bits = rule != Descent && block % 32 == 0 ? random.NextUInt64() : bits >> 24;
                rule(bits, temperature, thresholds);
                for (int i = block; i < Math.Min(block + 16, _tokens); i++)
                {
                    float direction = 1 - 2 * _x[first, i];
                    float change = direction * (_local[first, i] - _local[second, i]);
                    if (_x[first, i] != _x[second, i] && change < thresholds[i - block])
                    {
                        moved = true;
                        energy[i - block] += change;
                        _x[first, i] += direction;
                        _x[second, i] -= direction;
                        AddRow(first, i, TPlan.PairScale * direction);
                        AddRow(second, i, -(TPlan.PairScale * direction));
                    }
                }
            }
        }

        _energy += SumOfHalves(energy);
        return moved;
    }

    private bool SweepBlock(int h, int block, float[] thresholds, float[] energy)
    {
        // What the couplings and all heads' selections say, but for half a count.
        var fields = new float[16];
        int lanes = Math.Min(16, TPlan.Tokens - block);
        for (int k = 0; k < lanes; k++)
        {
            fields[k] = MathF.FusedMultiplyAdd(TPlan.Exclusion, _count[block + k] - 0.5f, _local[h, block + k]);
        }

        bool moved = false;
        for (int k = 0; k < lanes && block + k < _tokens; k++)
        {
            float direction = 1 - 2 * _x[h, block + k];
            float change = MathF.FusedMultiplyAdd(direction, fields[k], TPlan.Exclusion / 2);
            if (change < thresholds[k])
            {
                moved = true;
                energy[k] += change;
                _x[h, block + k] += direction;
                _count[block + k] += direction;
                AddRow(h, block + k, TPlan.PairScale * direction);
                for (int other = 0; other < lanes; other++)
                {
                    fields[other] = MathF.FusedMultiplyAdd(
                        TPlan.PairScale * direction, Coupling(h, block + k, block + other), fields[other]);
                }
            }
        }

        return moved;
    }

    private void AddRow(int head, int token, float factor)
    {
        for (int j = 0; j < TPlan.Tokens; j++)
        {
            _local[head, j] = MathF.FusedMultiplyAdd(factor, Coupling(head, token, j), _local[head, j]);
        }
    }

    private void ComputeFields()
    {
        Array.Copy(_linear, _local, _linear.Length);
        Array.Clear(_count);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokens; i++)
            {
                _count[i] += _x[h, i];
                if (_x[h, i] != 0)
                {
                    AddRow(h, i, TPlan.PairScale);
                }
            }
        }
    }

    private double Energy()
    {
        double energy = 0;
        for (int i = 0; i < _tokens; i++)
        {
            double count = 0;
            for (int h = 0; h < TPlan.Heads; h++)
            {
                energy += _x[h, i] * 0.5 * ((double)_linear[h, i] + _local[h, i]);
                count += _x[h, i];
            }

            energy += 0.5 * TPlan.Exclusion * count * (count - 1);
        }

        return energy;
    }

    // Spread of the local fields under random bits, times the share of variables whose own field is less.
    private TemperatureScale Scale()
    {
        double squares = 0;
        int step = _tokens < 32 ? 1 : 5;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _tokens; block += 16)
            {
                squares += BlockSquares(h, block, step);
            }
        }

        int rows = (_tokens + step - 1) / step;
        double pairs = squares / (TPlan.Heads * rows) * TPlan.PairScale * TPlan.PairScale;
        double all = pairs + (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1);
        double spread = 0.5 * Math.Sqrt(all);
        int undecided = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokens; i++)
            {
                float field = MathF.FusedMultiplyAdd(TPlan.Exclusion, _count[i] - 0.5f, _local[h, i]);
                float change = MathF.FusedMultiplyAdd(1 - 2 * _x[h, i], field, TPlan.Exclusion / 2);
                undecided += Math.Abs(change) < (float)spread ? 1 : 0;
            }
        }

        double share = Math.Max(0.1, (double)undecided / (TPlan.Heads * _tokens));
        double attraction = HandsOver ? Enumerable.Range(0, TPlan.Heads).Max(Attraction) : 0;
        double hot = spread * share;
        double beyond = attraction - 0.5 * Math.Sqrt(pairs);
        return new(Math.Max(hot, 5 * beyond * share), hot * Math.Max(0.1, Math.Pow(pairs / all, 0.25)));
    }

    // Half of what couplings give a selected token, in the mean.
    private double Attraction(int head)
    {
        var given = new float[16];
        int selected = 0;
        for (int i = 0; i < _tokens; i++)
        {
            given[i % 16] += _x[head, i] != 0 ? _linear[head, i] - _local[head, i] : 0;
            selected += (int)_x[head, i];
        }

        return SumOfHalves(given) / Math.Max(1, 2 * selected);
    }

    private float BlockSquares(int head, int block, int step)
    {
        var lanes = new float[16];
        for (int k = 0; k < 16 && block + k < _tokens; k++)
        {
            for (int i = 0; i < _tokens; i += step)
            {
                float a = Coupling(head, i, block + k);
                lanes[k] = MathF.FusedMultiplyAdd(a, a, lanes[k]);
            }
        }

        return SumOfHalves(lanes);
    }

    private static float SumOfHalves(float[] lanes)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int k = 0; k < half; k++)
            {
                lanes[k] += lanes[k + half];
            }
        }

        return lanes[0];
    }

    private float Coupling(int head, int i, int j) => _couplings[(head * TPlan.Tokens + i) * _stride + j];

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
