using Qama.Numerics;

namespace Qama.Tests.Annealing;

/// <content>What follows from a state.</content>
public sealed partial class FactoredScalarChain<TPlan>
{
    private void Randomise(ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int start = 0; start < _tokens; start += 64)
            {
                ulong bits = random.NextUInt64();
                for (int i = start; i < Math.Min(_tokens, start + 64); i++)
                {
                    _x[h, i] = (bits >> (i - start)) & 1;
                }
            }
        }

        Take(_annealed);
        Refresh();
    }

    private void Refresh()
    {
        Array.Clear(_count);
        Array.Clear(_selected);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            double[] totals = Totals(h);
            for (int f = 0; f < 2 * _half; f++)
            {
                _vectors[h][f] = (float)(_steps[h] * totals[(f + _half) % (2 * _half)]);
            }

            for (int i = 0; i < _tokens; i++)
            {
                _count[i] += _x[h, i];
                _selected[h] += _x[h, i];
            }
        }
    }

    // In single precision over 1,024 tokens, each four of sixteen for themselves.
    private double[] Totals(int head)
    {
        var totals = new double[2 * _half];
        for (int f = 0; f < totals.Length; f++)
        {
            for (int start = 0; start < _tokens; start += 1024)
            {
                var sums = new float[4];
                for (int i = start; i < Math.Min(_tokens, start + 1024); i++)
                {
                    sums[i % 16 / 4] += _x[head, i] * _features[head][i][f];
                }

                totals[f] += ((double)sums[0] + sums[1]) + ((double)sums[2] + sums[3]);
            }
        }

        return totals;
    }

    private double Energy()
    {
        Refresh();
        double energy = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            double[] totals = Totals(h);
            double products = 0;
            for (int f = 0; f < _half; f++)
            {
                products += totals[f] * totals[_half + f];
            }

            energy += (_steps[h] * products) + (0.5 * _shifts[h] * _selected[h] * _selected[h]);
        }

        for (int block = 0; block < _tokens; block += 16)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                for (int i = block; i < Math.Min(_tokens, block + 16); i++)
                {
                    energy += _x[h, i] != 0 ? _linear[h, i] + (0.5 * (double)_own[h, i]) : 0;
                }
            }
        }

        for (int i = 0; TPlan.Exclusion != 0 && i < _tokens; i++)
        {
            energy += 0.5 * TPlan.Exclusion * _count[i] * (_count[i] - 1);
        }

        return energy;
    }
}
