using System.Numerics;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The temperatures to start and to end at.</content>
internal unsafe ref partial struct FactoredChain<TPlan, TVector>
{
    private const int SampleTokens = SampleBlocks * Width;
    private const int SampleRows = 16; // tokens whose couplings with the sample are looked at one by one
    private const int PowerSteps = 8;

    // Couplings that agree order at about half the largest eigenvalue of w J; a read starts at 0.6 of the unit.
    private const double OrderingUnit = 0.5 / 0.6;

    // As in the dense annealer, of a sample of tokens; but no less than where couplings that agree order by themselves, which random
    // states say nothing about.
    public readonly TemperatureScale EnergyScale()
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

    private readonly long CountUndecided(double fluctuation)
    {
        var bound = TVector.All((float)fluctuation);
        long undecided = 0;
        for (int block = 0; block < _blocks; block++)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                long row = ((long)block * TPlan.Heads) + h;
                TVector raw = FactorTiles<TVector>.Dot(TileOf(block, h), _vectors + (h * _vectorLength), _quads);
                TVector change = TVector.FusedMultiplyAdd(
                    TVector.Load(_signs + (row * Width)), Rest(block, row) + raw, TVector.Load(_constant + (row * Width)));
                undecided += BitOperations.PopCount(TVector.Below(TVector.Abs(change), bound));
            }
        }

        return undecided;
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
            FactorTiles<TVector>.ReadPartner(_sample + (token / Width * _tileLength), token % Width, _quads, _partner);
            for (int block = 0; block < blocks; block++)
            {
                TVector.Store(_sums, FactorTiles<TVector>.Dot(_sample + (block * _tileLength), _partner, _quads));
                for (int lane = 0; lane < Width; lane++)
                {
                    squares += (block * Width) + lane == token ? 0 : (double)_sums[lane] * _sums[lane];
                }
            }
        }

        double share = (double)_tokenCount / count;
        return (squares / rows * _steps[head] * _steps[head] * share, LargestEigenvalue(_steps[head], count, blocks) * share);
    }

    // Packs every so many tokens, as if they were a problem's first.
    private readonly void TakeSample(int head, int count)
    {
        for (int block = 0; block * Width < count; block++)
        {
            float* tile = _sample + (block * _tileLength);
            new Span<float>(tile, _tileLength).Clear();
            for (int lane = 0; lane < Math.Min(Width, count - (block * Width)); lane++)
            {
                int token = (int)((long)((block * Width) + lane) * _tokenCount / count);
                float* source = TileOf(token / Width, head) + LaneOffset(token % Width);
                float* target = tile + LaneOffset(lane);
                for (int f = 0; f < _quads * 4; f++)
                {
                    int at = (f / 4 * 4 * Width) + (f % 4);
                    target[at] = source[at];
                }
            }
        }

        static int LaneOffset(int lane) => ((lane & 3) * Width) + (lane >> 2) * 4;
    }

    // Power iteration through the features. If the eigenvalue of largest size is negative, once more with all of them raised by it.
    private readonly double LargestEigenvalue(float step, int count, int blocks)
    {
        double dominant = PowerIteration(step, count, blocks, 0);
        return dominant >= 0 ? dominant : Math.Max(0, PowerIteration(step, count, blocks, (float)-dominant) + dominant);
    }

    // Rayleigh's quotient of w J + shift.
    private readonly double PowerIteration(float step, int count, int blocks, float shift)
    {
        float* v = _sampleRows;
        float* image = v + (SampledBlocks * Width);
        float* self = image + (SampledBlocks * Width);
        var random = new RandomStream(0);
        RandomBits.Fill(ref random, new Span<float>(v, blocks * Width), count);
        for (int i = 0; i < count; i++)
        {
            v[i] = (2 * v[i]) - 1;
        }

        for (int block = 0; block < blocks; block++)
        {
            // The zero diagonal, and the shift.
            TVector own = TVector.All(step) * FactorTiles<TVector>.Self(_sample + (block * _tileLength), _quads);
            TVector.Store(self + (block * Width), own + TVector.All(shift));
        }

        float* vector = _partner;
        for (int iteration = 1; ; iteration++)
        {
            Multiply(step, v, image, self, blocks, vector);
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

    private readonly void Multiply(float step, float* v, float* image, float* diagonal, int blocks, float* vector)
    {
        new Span<float>(_sums, _quads * Width).Clear();
        new Span<double>(_totals, _quads * 4).Clear();
        for (int block = 0; block < blocks; block++)
        {
            FactorTiles<TVector>.AddWeighted(_sample + (block * _tileLength), TVector.Load(v + (block * Width)), _sums, _quads);
        }

        FactorTiles<TVector>.Drain(_sums, _totals, _quads);
        WriteVector(vector, step);
        var half = TVector.All(-0.5f);
        for (int block = 0; block < blocks; block++)
        {
            TVector own = TVector.Load(diagonal + (block * Width)) * TVector.Load(v + (block * Width));
            TVector products = FactorTiles<TVector>.Dot(_sample + (block * _tileLength), vector, _quads);
            TVector.Store(image + (block * Width), TVector.FusedMultiplyAdd(half, products, own));
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
