using Qama.Kernels;
using Qama.Sampling;

namespace Qama.Tests;

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

    public byte[] Run(in AnnealingSchedule schedule, ref RandomStream random)
    {
        for (int h = 0; schedule.FixedTemperature is not null && h < TPlan.Heads; h++)
        {
            ulong bits = random.NextUInt64(); // up to 64 tokens
            for (int i = 0; i < _tokens; i++)
            {
                _x[h, i] = (bits >> i) & 1;
            }
        }

        ComputeFields();
        double scale = Scale();
        bool isFixed = schedule.FixedTemperature is not null;
        double factor = schedule.Sweeps == 1 ? 1 : Math.Pow(schedule.Cold / schedule.Hot, 1.0 / (schedule.Sweeps - 1));
        double temperature = schedule.FixedTemperature ?? (schedule.Sweeps == 1 ? schedule.Cold : schedule.Hot) * scale;
        double best = double.PositiveInfinity;
        float[,] bestState = _x;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++, temperature *= isFixed ? 1 : factor)
        {
            Sweep((float)temperature, isFixed ? HeatBath : Metropolis, ref random);
            if (!isFixed && _energy < best)
            {
                best = _energy;
                bestState = (float[,])_x.Clone();
            }

            if (sweep % 1024 == 0)
            {
                ComputeFields();
            }
        }

        if (!isFixed)
        {
            _x = (float[,])bestState.Clone();
            ComputeFields();
            while (Sweep(0, static (ref RandomStream _, float[] thresholds) => Array.Clear(thresholds), ref random))
            {
            }
        }

        return [.. _x.Cast<float>().Select(v => (byte)v)];
    }

    private delegate void Rule(ref RandomStream random, float[] thresholds);

    private static void Metropolis(ref RandomStream random, float[] thresholds)
    {
        ulong bits = random.NextUInt64();
        for (int k = 0; k < 16; k++)
        {
            float least = Math.Min(Exponential[((bits & 4095) + (ulong)k) % 4096], Exponential[((bits >> 12 & 4095) + (ulong)k) % 4096]);
            thresholds[k] = least + least;
        }
    }

    private static void HeatBath(ref RandomStream random, float[] thresholds)
    {
        ulong bits = random.NextUInt64();
        for (int k = 0; k < 16; k++)
        {
            thresholds[k] = Gumbel[((bits & 4095) + (ulong)k) % 4096] - Gumbel[((bits >> 12 & 4095) + (ulong)k) % 4096];
        }
    }

    private bool Sweep(float temperature, Rule rule, ref RandomStream random)
    {
        bool moved = false;
        var thresholds = new float[16];
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _stride; i++)
            {
                if (i % 16 == 0)
                {
                    rule(ref random, thresholds);
                }

                if (i >= _tokens)
                {
                    continue;
                }

                float field = TPlan.Exclusion == 0
                    ? _local[h, i]
                    : MathF.FusedMultiplyAdd(TPlan.Exclusion, _count[i] - _x[h, i], _local[h, i]);
                float direction = 1 - 2 * _x[h, i];
                float change = direction * field;
                if (change < temperature * thresholds[i % 16])
                {
                    moved = true;
                    _energy += change;
                    _x[h, i] += direction;
                    _count[i] += direction;
                    AddRow(h, i, TPlan.PairScale * direction);
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

    private double Scale()
    {
        double squares = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _tokens; block += 16)
            {
                squares += BlockSquares(h, block);
            }
        }

        return 0.5 * Math.Sqrt(squares * TPlan.PairScale * TPlan.PairScale / (TPlan.Heads * _tokens)
            + (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1));
    }

    // Four sums over the rows, added pairwise; then halves of the 16 columns, until one number is left.
    private float BlockSquares(int head, int block)
    {
        var lanes = new float[16];
        for (int k = 0; k < 16 && block + k < _tokens; k++)
        {
            var sums = new float[4];
            for (int i = 0; i < _tokens; i++)
            {
                float a = Coupling(head, i, block + k);
                int which = i < _tokens / 4 * 4 ? i % 4 : 0;
                sums[which] = MathF.FusedMultiplyAdd(a, a, sums[which]);
            }

            lanes[k] = sums[0] + sums[1] + (sums[2] + sums[3]);
        }

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
