using System.Runtime.CompilerServices;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The state, and what follows from it.</content>
internal unsafe partial struct FactoredChain<TPlan, TVector>
{
    // Whether the chain reads features of that form now.
    private readonly bool Reads<TFormat>()
        where TFormat : struct, IFeatureFormat => TFormat.IsPaired == (TPlan.HasCompactFeatures && !_isExact);

    private static int TileLength(int quads) => TPlan.HasCompactFeatures
        ? FactorTiles<TVector, PairedFeatures>.Length(quads)
        : FactorTiles<TVector, SingleFeatures>.Length(quads);

    // Whether tiles are in the memory of tiles; in another form than there they are packed when a block has its turn.
    private static bool IsKept<TFormat>()
        where TFormat : struct, IFeatureFormat => TFormat.IsPaired == TPlan.HasCompactFeatures;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float* TileOf<TFormat>(long row, int head)
        where TFormat : struct, IFeatureFormat
    {
        int length = FactorTiles<TVector, TFormat>.Length(_quads);
        return IsKept<TFormat>() ? _tiles + (row * length) : _passing + (head * length);
    }

    // Before tiles of a block are read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Prepare<TFormat>(int block, HeadRange heads)
        where TFormat : struct, IFeatureFormat
    {
        if (!IsKept<TFormat>())
        {
            Pack<TFormat>(block, heads);
        }
    }

    private readonly void Pack<TFormat>(int block, HeadRange heads)
        where TFormat : struct, IFeatureFormat
    {
        for (int h = heads.First; h < heads.End; h += heads.By)
        {
            long first = ((long)h * _rank * Stride) + (block * Width);
            FactorTiles<TVector, TFormat>.Pack(
                _a + first, _b + first, Stride, _rank, _tokenCount - (block * Width),
                TileOf<TFormat>(RowOf(block, h), h));
        }
    }

    // Features and linear terms; nothing selected.
    private void Start(in FactoredView problem)
    {
        Divide(TPlan.HasCompactFeatures ? &Pack<PairedFeatures> : &Pack<SingleFeatures>, TPlan.Heads, default);
        new Span<float>(_partner, _vectorLength).Clear();
        var row = new Span<float>(_count, Stride); // free until columns are counted
        for (int h = 0; h < TPlan.Heads; h++)
        {
            TPlan.WriteLinear(problem.WithoutCouplings, h, row);
            row[_tokenCount..].Fill(float.PositiveInfinity);
            for (int block = 0; block < _blocks; block++)
            {
                TVector.Store(
                    _linear + (RowOf(block, h) * Width), TVector.Load(_count + (block * Width)) + TVector.All(TPlan.Curvature));
            }
        }

        new Span<ushort>(_bits, checked((int)Rows)).Clear();
        Read(isExact: false);
    }

    private static void Pack<TFormat>(FactoredChain<TPlan, TVector>* chain, int first, int end, CancellationToken cancellation)
        where TFormat : struct, IFeatureFormat
    {
        for (int block = 0; block < chain->_blocks; block++)
        {
            chain->Pack<TFormat>(block, new(first, end));
        }
    }

    // From now on features in single precision, or those of the tiles.
    private void Read(bool isExact)
    {
        _isExact = isExact;
        Divide(Reads<PairedFeatures>() ? &WriteOwn<PairedFeatures> : &WriteOwn<SingleFeatures>, TPlan.Heads, default);
        Refresh();
    }

    private static void WriteOwn<TFormat>(FactoredChain<TPlan, TVector>* chain, int first, int end, CancellationToken cancellation)
        where TFormat : struct, IFeatureFormat
    {
        for (int block = 0; block < chain->_blocks; block++)
        {
            chain->Prepare<TFormat>(block, new(first, end));
            for (int h = first; h < end; h++)
            {
                long row = chain->RowOf(block, h);
                TVector self = FactorTiles<TVector, TFormat>.Self(chain->TileOf<TFormat>(row, h), chain->_quads);
                TVector own = TVector.All(-2 * chain->_steps[h]) * self;
                TVector.Store(chain->_own + (row * Width), own - TVector.All(chain->_shifts[h]));
            }
        }
    }

    /// <inheritdoc/>
    public void Refresh()
    {
        new Span<float>(_sums, TPlan.Heads * 2 * _quads * Width).Clear();
        new Span<double>(_totals, TPlan.Heads * 2 * _quads * 4).Clear();
        new Span<float>(_selected, TPlan.Heads * Width).Clear();
        Divide(Reads<PairedFeatures>() ? &AddSelected<PairedFeatures> : &AddSelected<SingleFeatures>, TPlan.Heads, default);
        _pairEnergy = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            double n = _selected[h * Width];
            _pairEnergy += WriteVector(_vectors + (h * _vectorLength), _steps[h], TotalsOf(h)) + (0.5 * _shifts[h] * n * n);
        }

        for (int block = 0; block < _blocks; block++)
        {
            TVector count = TVector.All(-0.5f);
            for (int h = 0; h < TPlan.Heads; h++)
            {
                count += TVector.Keep(_bits[RowOf(block, h)], TVector.All(1));
            }

            TVector.Store(_count + (block * Width), count);
        }
    }

    // What selected tokens' features add up to, and their number.
    private static void AddSelected<TFormat>(FactoredChain<TPlan, TVector>* chain, int first, int end, CancellationToken cancellation)
        where TFormat : struct, IFeatureFormat
    {
        int quads = chain->_quads;
        for (int block = 0; block < chain->_blocks; block++)
        {
            chain->Prepare<TFormat>(block, new(first, end));
            bool isLast = (block + 1) % BlocksPerSum == 0 || block + 1 == chain->_blocks;
            for (int h = first; h < end; h++)
            {
                long row = chain->RowOf(block, h);
                uint selected = chain->_bits[row];
                if (selected != 0)
                {
                    TVector x = TVector.Keep(selected, TVector.All(1));
                    chain->_selected[h * Width] += System.Numerics.BitOperations.PopCount(selected);
                    FactorTiles<TVector, TFormat>.AddWeighted(chain->TileOf<TFormat>(row, h), x, chain->SumsOf(h), quads);
                }

                if (isLast)
                {
                    FactorTiles<TVector, TFormat>.Drain(chain->SumsOf(h), chain->TotalsOf(h), quads);
                }
            }
        }
    }

    private readonly float* SumsOf(int head) => _sums + (head * 2 * _quads * Width);

    private readonly double* TotalsOf(int head) => _totals + (head * 2 * _quads * 4);

    // m from Σ s a and Σ s b; the energy of the pairs that they stand for, those of a token with itself included.
    private readonly double WriteVector(float* vector, float step, double* totals)
    {
        int half = _quads * 4;
        double products = 0;
        for (int f = 0; f < half; f++)
        {
            vector[f] = (float)(step * totals[half + f]);
            vector[half + f] = (float)(step * totals[f]);
            products += totals[f] * totals[half + f];
        }

        new Span<float>(vector + (2 * half), _vectorLength - (2 * half)).Clear();
        return step * products;
    }

    /// <inheritdoc/>
    public double ComputeEnergy()
    {
        Refresh();
        double energy = _pairEnergy;
        for (long visit = 0; visit < (long)_blocks * TPlan.Heads; visit++)
        {
            long row = RowOf((int)(visit / TPlan.Heads), (int)(visit % TPlan.Heads));
            for (uint selected = _bits[row]; selected != 0; selected &= selected - 1)
            {
                long k = (row * Width) + System.Numerics.BitOperations.TrailingZeroCount(selected);
                energy += _linear[k] + (0.5 * (double)_own[k]); // half of what a token says to itself is a pair
            }
        }

        for (int i = 0; TPlan.Exclusion != 0 && i < _tokenCount; i++)
        {
            double count = _count[i] + 0.5;
            energy += 0.5 * TPlan.Exclusion * count * (count - 1);
        }

        return energy;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long RowOf(int block, int head) => ((long)block * _blockPitch) + ((long)head * _headPitch);

    public readonly void KeepBest() => Copy(_bits, _best);

    public void TakeBest(bool isPresent)
    {
        if (!isPresent)
        {
            Copy(_best, _bits);
            Refresh();
        }
    }

    public readonly void KeepLowest() => Copy(_bits, _kept);

    public readonly void TakeLowest() => Copy(_kept, _bits);

    private static void Copy(ushort* source, ushort* destination) =>
        Buffer.MemoryCopy(source, destination, Rows * sizeof(ushort), Rows * sizeof(ushort));

    public void Randomise(scoped ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _blocks; block += 4)
            {
                ulong bits = random.NextUInt64();
                for (int b = block; b < Math.Min(block + 4, _blocks); b++, bits >>= Width)
                {
                    int present = Math.Min(_tokenCount - (b * Width), Width);
                    _bits[RowOf(b, h)] = (ushort)(bits & ((1u << present) - 1));
                }
            }
        }

        Read(isExact: false);
    }

    public void Read(scoped ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _blocks; block++)
            {
                uint selected = 0;
                for (int i = block * Width; i < Math.Min((block + 1) * Width, _tokenCount); i++)
                {
                    selected |= state[(h * TPlan.Tokens) + i] != 0 ? 1u << (i % Width) : 0;
                }

                _bits[RowOf(block, h)] = (ushort)selected;
            }
        }

        Refresh();
    }

    public readonly void Write(scoped Span<byte> state)
    {
        state.Clear();
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < _blocks; block++)
            {
                for (uint selected = _bits[RowOf(block, h)]; selected != 0; selected &= selected - 1)
                {
                    int token = (block * Width) + System.Numerics.BitOperations.TrailingZeroCount(selected);
                    state[(h * TPlan.Tokens) + token] = 1;
                }
            }
        }
    }
}
