using System.Numerics;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The temperatures to start and to end at.</content>
internal unsafe partial struct FactoredChain<TPlan, TVector>
{
    private const int SampleTokens = SampleBlocks * Width;
    private const int SampleRows = 16; // tokens whose couplings with the sample are looked at one by one
    private const int PowerSteps = 8;

    // Couplings that agree order at about half the largest eigenvalue of w J; a read starts at 0.6 of the unit.
    private const double OrderingUnit = 0.5 / 0.6;

    // As in the dense annealer, of a sample of tokens; but no less than where couplings that agree order by themselves, which random
    // states say nothing about.
    public TemperatureScale EnergyScale()
    {
        (double squares, double largest) = (0, 0);
        for (int h = 0; h < TPlan.Heads && _tokenCount > 0; h++)
        {
            (double ofHead, double eigenvalue) = MeasureCouplings(h);
            squares += ofHead / TPlan.Heads;
            largest += eigenvalue / TPlan.Heads;
        }

        double all = squares + ((double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1));
        double fluctuation = 0.5 * Math.Sqrt(all);
        TemperatureScale scale = TemperatureScale.Of(
            fluctuation * Cooling.Share(CountUndecided(fluctuation), TPlan.Heads * _tokenCount), Cooling.Ratio(squares, all));
        return scale with { Hot = Math.Max(scale.Hot, OrderingUnit * largest) };
    }

    private long CountUndecided(double fluctuation)
    {
        (_undecided, _gains[0]) = (0, (float)fluctuation);
        Divide(Reads<PairedFeatures>() ? &CountUndecided<PairedFeatures> : &CountUndecided<SingleFeatures>, TPlan.Heads, default);
        return _undecided;
    }

    private static void CountUndecided<TFormat>(FactoredChain<TPlan, TVector>* chain, int first, int end, CancellationToken cancellation)
        where TFormat : struct, IFeatureFormat
    {
        var bound = TVector.All(chain->_gains[0]);
        long undecided = 0;
        for (int block = 0; block < chain->_blocks; block++)
        {
            chain->Prepare<TFormat>(block, new(first, end));
            TVector count = TVector.Load(chain->_count + (block * Width));
            for (int h = first; h < end; h++)
            {
                long row = chain->RowOf(block, h);
                TVector field = chain->Field<TFormat>(chain->TileOf<TFormat>(row, h), row, h, 0);
                TVector change = chain->Change(Sign(chain->_bits[row]), chain->WithCount(count, field));
                undecided += BitOperations.PopCount(TVector.Below(TVector.Abs(change), bound));
            }
        }

        Interlocked.Add(ref chain->_undecided, undecided);
    }

    // Σ_j a_ij² of a token, a = −2 w J, and the largest eigenvalue of w J; both estimated from tokens at equal distances.
    private readonly (double Squares, double Eigenvalue) MeasureCouplings(int head)
    {
        int count = Math.Min(SampleTokens, _tokenCount);
        TakeSample(head, count);
        int blocks = (count + Width - 1) / Width;
        int rows = Math.Min(SampleRows, count);
        double squares = 0;
        for (int k = 0; k < rows; k++)
        {
            int token = (int)((long)k * count / rows);
            new Span<float>(_partner, _vectorLength).Clear();
            FactorTiles<TVector, SingleFeatures>.AddPartner(
                _sample + (token / Width * SampleLength), token % Width, _steps[head], _partner, _quads);
            for (int block = 0; block < blocks; block++)
            {
                TVector pairs = Product(block, _partner) + TVector.All(_shifts[head]);
                TVector.Store(_sums, pairs);
                for (int lane = 0; lane < Math.Min(Width, count - (block * Width)); lane++)
                {
                    squares += (block * Width) + lane == token ? 0 : (double)_sums[lane] * _sums[lane];
                }
            }
        }

        double share = (double)_tokenCount / count;
        return (squares / rows * share, LargestEigenvalue(head, count, blocks) * share);
    }

    private readonly int SampleLength => FactorTiles<TVector, SingleFeatures>.Length(_quads);

    private readonly TVector Product(int block, float* vector) =>
        FactorTiles<TVector, SingleFeatures>.Dot(_sample + (block * SampleLength), vector, _quads, 0);

    // Packs every so many tokens, as if they were a problem's first.
    private readonly void TakeSample(int head, int count)
    {
        new Span<float>(_sample, SampledBlocks * SampleLength).Clear();
        for (int k = 0; k < count; k++)
        {
            int lane = k % Width;
            float* target = _sample + (k / Width * SampleLength) + ((lane & 3) * Width) + (lane >> 2) * 4;
            long source = ((long)head * _rank * Stride) + ((long)k * _tokenCount / count);
            for (int f = 0; f < _rank; f++, source += Stride)
            {
                int at = (f / 4 * 4 * Width) + (f % 4);
                target[at] = _a[source];
                target[at + (_quads * 4 * Width)] = _b[source];
            }
        }
    }

    // Power iteration through the features. If the eigenvalue of largest size is negative, once more with all of them raised by it.
    private readonly double LargestEigenvalue(int head, int count, int blocks)
    {
        double dominant = PowerIteration(head, count, blocks, 0);
        return dominant >= 0 ? dominant : Math.Max(0, PowerIteration(head, count, blocks, (float)-dominant) + dominant);
    }

    // Rayleigh's quotient of w J + shift.
    private readonly double PowerIteration(int head, int count, int blocks, float shift)
    {
        float* v = _sampleRows;
        float* image = v + (SampledBlocks * Width);
        float* diagonal = image + (SampledBlocks * Width);
        var random = new RandomStream(0);
        RandomBits.Fill(ref random, new Span<float>(v, blocks * Width), count);
        for (int i = 0; i < count; i++)
        {
            v[i] = (2 * v[i]) - 1;
        }

        for (int block = 0; block < blocks; block++)
        {
            // The zero diagonal, and the shift.
            TVector self = FactorTiles<TVector, SingleFeatures>.Self(_sample + (block * SampleLength), _quads);
            TVector own = TVector.FusedMultiplyAdd(TVector.All(_steps[head]), self, TVector.All(_shifts[head] / 2));
            TVector.Store(diagonal + (block * Width), own + TVector.All(shift));
        }

        float* vector = _partner;
        for (int iteration = 1; ; iteration++)
        {
            Multiply(head, v, image, diagonal, count, vector);
            if (iteration == PowerSteps)
            {
                return Quotient(v, image, count);
            }

            TVector largest = TVector.Zero;
            for (int block = 0; block < blocks; block++)
            {
                largest = TVector.MaxNative(largest, TVector.Abs(TVector.Load(image + (block * Width))));
            }

            float size = TVector.Largest(largest);
            if (!(size > 0))
            {
                return 0;
            }

            for (int block = 0; block < blocks; block++)
            {
                TVector.Store(v + (block * Width), TVector.Load(image + (block * Width)) / TVector.All(size));
            }
        }
    }

    private readonly void Multiply(int head, float* v, float* image, float* diagonal, int count, float* vector)
    {
        new Span<float>(_sums, 2 * _quads * Width).Clear();
        new Span<double>(_totals, 2 * _quads * 4).Clear();
        double total = 0;
        int blocks = (count + Width - 1) / Width;
        for (int block = 0; block < blocks; block++)
        {
            TVector values = TVector.Load(v + (block * Width));
            total += TVector.Sum(values);
            FactorTiles<TVector, SingleFeatures>.AddWeighted(_sample + (block * SampleLength), values, _sums, _quads);
        }

        FactorTiles<TVector, SingleFeatures>.Drain(_sums, _totals, _quads);
        WriteVector(vector, _steps[head], _totals);
        var half = TVector.All(-0.5f);
        var constant = TVector.All((float)(total * _shifts[head]));
        for (int block = 0; block < blocks; block++)
        {
            TVector own = TVector.Load(diagonal + (block * Width)) * TVector.Load(v + (block * Width));
            TVector all = TVector.FusedMultiplyAdd(half, Product(block, vector) + constant, own);
            TVector.Store(image + (block * Width), TVector.Keep(all, count - (block * Width)));
        }
    }

    private static double Quotient(float* v, float* image, int count)
    {
        (double product, double norm) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            product += (double)v[i] * image[i];
            norm += (double)v[i] * v[i];
        }

        return norm > 0 ? product / norm : 0;
    }
}
