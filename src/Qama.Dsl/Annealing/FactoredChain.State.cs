using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The state, and what follows from it.</content>
internal unsafe ref partial struct FactoredChain<TPlan, TVector>
{
    // Features and linear terms; nothing selected.
    private void Start(in FactoredView problem)
    {
        fixed (float* a = problem.Rows, b = problem.Columns)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                long first = (long)h * problem.Rank * Stride;
                for (int block = 0; block < _blocks; block++)
                {
                    int start = block * Width;
                    FactorTiles<TVector>.Pack(
                        a + first + start, b + first + start, Stride, problem.Rank, _tokenCount - start, TileOf(block, h));
                }
            }
        }

        new Span<float>(_partner, _vectorLength).Clear();
        var row = new Span<float>(_kept, Stride);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            TPlan.WriteLinear(problem.WithoutCouplings, h, row);
            row[_tokenCount..].Fill(float.PositiveInfinity);
            for (int block = 0; block < _blocks; block++)
            {
                long at = RowOf(block, h);
                TVector self = TVector.All(-_steps[h]) * FactorTiles<TVector>.Self(TileOf(block, h), _quads);
                TVector.Store(
                    _linear + at, TVector.Load(_kept + (block * Width)) + TVector.All(TPlan.Curvature) + self);
                TVector.Store(_constant + at, TVector.All(TPlan.Exclusion / 2) - self);
                TVector.Store(_signs + at, TVector.All(1));
            }
        }

        Refresh();
    }

    // The heads' vectors, the column sums and the couplings' energy, from nothing.
    public void Refresh()
    {
        for (int block = 0; block < _blocks; block++)
        {
            TVector.Store(_count + (block * Width), TVector.All(-0.5f));
        }

        _pairEnergy = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            new Span<float>(_sums, _quads * Width).Clear();
            new Span<double>(_totals, _quads * 4).Clear();
            for (int block = 0; block < _blocks; block++)
            {
                uint selected = TVector.Below(TVector.Load(_signs + RowOf(block, h)), TVector.Zero);
                if (selected != 0)
                {
                    TVector x = TVector.Keep(selected, TVector.All(1));
                    TVector.Store(_count + (block * Width), TVector.Load(_count + (block * Width)) + x);
                    FactorTiles<TVector>.AddWeighted(TileOf(block, h), x, _sums, _quads);
                }

                if ((block + 1) % BlocksPerSum == 0)
                {
                    FactorTiles<TVector>.Drain(_sums, _totals, _quads);
                }
            }

            FactorTiles<TVector>.Drain(_sums, _totals, _quads);
            _pairEnergy += WriteVector(_vectors + (h * _vectorLength), _steps[h]);
        }
    }

    // m from Σ s a and Σ s b; the energy of the pairs that they stand for, those of a token with itself included.
    private readonly double WriteVector(float* vector, float step)
    {
        int half = _quads * 2;
        double products = 0;
        for (int f = 0; f < half; f++)
        {
            vector[f] = (float)(step * _totals[half + f]);
            vector[half + f] = (float)(step * _totals[f]);
            products += _totals[f] * _totals[half + f];
        }

        new Span<float>(vector + (2 * half), _vectorLength - (2 * half)).Clear();
        return step * products;
    }

    // Self terms are in the pairs with one sign and in the linear terms with the other.
    public double ComputeEnergy()
    {
        Refresh();
        double energy = _pairEnergy;
        for (long k = 0; k < RowsLength; k++)
        {
            energy += _signs[k] < 0 ? _linear[k] : 0;
        }

        for (int i = 0; TPlan.Exclusion != 0 && i < _tokenCount; i++)
        {
            double count = _count[i] + 0.5;
            energy += 0.5 * TPlan.Exclusion * count * (count - 1);
        }

        return energy;
    }

    private readonly float* TileOf(int block, int head) => _tiles + ((((long)block * TPlan.Heads) + head) * _tileLength);

    private static long RowOf(int block, int head) => (((long)block * TPlan.Heads) + head) * Width;

    public readonly void KeepBest() => Copy(_signs, _best);

    public void TakeBest(bool isPresent)
    {
        if (!isPresent)
        {
            Copy(_best, _signs);
            Refresh();
        }
    }

    public readonly void KeepLowest() => Copy(_signs, _kept);

    public readonly void TakeLowest() => Copy(_kept, _signs);

    private readonly void Copy(float* source, float* destination) =>
        Buffer.MemoryCopy(source, destination, RowsLength * sizeof(float), RowsLength * sizeof(float));

    public void Randomise(scoped ref RandomStream random)
    {
        var row = new Span<float>(_best, Stride);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            RandomBits.Fill(ref random, row, _tokenCount);
            for (int i = 0; i < _tokenCount; i++)
            {
                _signs[RowOf(i / Width, h) + (i % Width)] = 1 - (2 * row[i]);
            }
        }

        Refresh();
    }

    public void Read(scoped ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                _signs[RowOf(i / Width, h) + (i % Width)] = 1 - (2 * state[(h * TPlan.Tokens) + i]);
            }
        }

        Refresh();
    }

    public readonly void Write(scoped Span<byte> state)
    {
        state.Clear();
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                state[(h * TPlan.Tokens) + i] = _signs[RowOf(i / Width, h) + (i % Width)] < 0 ? (byte)1 : (byte)0;
            }
        }
    }
}
