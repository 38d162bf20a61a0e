using Qama.Numerics;

namespace Qama.Annealing;

/// <content>At which temperature couplings that agree order.</content>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector>
{
    private const double Prevailing = 0.8; // share of all variance that is the couplings'
    private const int SampledBlocks = 8; // of tokens
    private const int FirstSteps = 3;
    private const int AllSteps = 8;

    // By how much the couplings of some head exceed independent ones in order, in the terms of Cooling.Scale. The
    // greedy state tells at no cost, but not where couplings prevail and it has gone to a wrong valley: there their
    // eigenvalues are asked.
    private readonly double Order(double pairs, double all)
    {
        if (!HasHandOvers)
        {
            return 0;
        }

        double independent = 0.5 * Math.Sqrt(pairs);
        double order = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            int row = h * Stride;
            double attraction = Cooling.Attraction<TVector>(_linear + row, _local + row, _signs + row, 1, Stride);
            order = Math.Max(order, Cooling.AttractionWeight * (attraction - independent));
        }

        if (pairs > Prevailing * all && order < Cooling.Enough * independent)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                order = Math.Max(order, BeyondIndependent(h, independent));
            }
        }

        return order;
    }

    // The largest eigenvalue of a head's couplings J less that of independent ones, 2 sqrt(N var), from below. Of N
    // tokens at most 128 are sampled, in blocks; with clusters it grows like their number, with independent couplings
    // like its square root.
    private readonly double BeyondIndependent(int head, double independent)
    {
        int step = (Stride / Width + SampledBlocks - 1) / SampledBlocks * Width;
        float* vector = _best; // rows that are free before an annealing
        float* product = _kept;
        int count = 0;
        for (int block = 0; block < _tokenCount; block += step)
        {
            count += Math.Min(Width, _tokenCount - block);
            for (int i = block; i < block + Width; i++)
            {
                vector[i] = i >= _tokenCount ? 0 : (i * 0x9E3779B9 & 0x80000000) != 0 ? 1 : -1;
            }
        }

        float unit = PowerOfTwo.SingleInverse(independent); // squares of couplings may exceed single precision

        // Power iteration finds the largest in size, which may be a negative one; with that added to all, the largest.
        (double size, float shift) = (0, 0);
        for (int k = 0; k < AllSteps && count > 0; k++)
        {
            shift = k == FirstSteps ? (float)size : shift;
            size = Multiply(head, -0.5f * PairFactor * unit, shift, step, vector, product);
        }

        double ratio = (double)_tokenCount / Math.Max(1, count);
        return ratio * ((size - shift) / unit - 2 * independent / Math.Sqrt(ratio));
    }

    // By how much a multiple of the pair coefficients plus one of the identity lengthens a vector, which is replaced by
    // the product, made as long as before.
    private readonly double Multiply(int head, float scale, float shift, int step, float* vector, float* product)
    {
        TVector before = TVector.Zero;
        TVector after = TVector.Zero;
        for (int block = 0; block < _tokenCount; block += step)
        {
            TVector old = TVector.Load(vector + block);
            TVector even = TVector.All(shift) * old;
            TVector odd = TVector.Zero;
            for (int from = 0; from < _tokenCount; from += step)
            {
                int end = Math.Min(from + Width, _tokenCount);
                for (int i = from; i < end; i++)
                {
                    TVector factor = TVector.All(scale * vector[i]);
                    TVector sum = TVector.FusedMultiplyAdd(factor, TVector.Load(Row(head, i) + block), even);
                    (even, odd) = (odd, sum);
                }
            }

            TVector changed = TVector.Keep(even + odd, _tokenCount - block);
            TVector.Store(product + block, changed);
            before = TVector.FusedMultiplyAdd(old, old, before);
            after = TVector.FusedMultiplyAdd(changed, changed, after);
        }

        double size = Math.Sqrt((double)TVector.Sum(after) / TVector.Sum(before));
        for (int block = 0; block < _tokenCount && size > 0; block += step)
        {
            TVector.Store(vector + block, TVector.All((float)(1 / size)) * TVector.Load(product + block));
        }

        return size;
    }
}
