using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The state, and what follows from it.</content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    // Features and linear terms; nothing selected.
    private readonly void Start(in FactoredView problem)
    {
        int stride = RowLayout.Stride(TPlan.Tokens);
        SumPenaltyTable<TPlan>.Write(problem.WithoutCouplings, _penalties);
        if (LongRangeKernel<TPlan>.IsPresent)
        {
            LongRangeKernel<TPlan>.WriteTable(new Span<float>(_table, LongRangeKernel<TPlan>.TableLength));
            for (int lane = 0; lane < Width; lane++)
            {
                _laneDecays[lane] = _laneDecays[(2 * Width) - 1 - lane] = (float)LongRangeKernel<TPlan>.DecayOf(lane);
            }
        }

        var row = new Span<float>(_kept, stride);
        fixed (float* a = problem.Rows, b = problem.Columns)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                long first = (long)h * problem.Rank * stride;
                TPlan.WriteLinear(problem.WithoutCouplings, h, row);
                for (int tile = 0; tile < _tileCount; tile++)
                {
                    int token = GeneralFactoredLayout<TPlan>.FirstToken(tile);
                    int lanes = GeneralFactoredLayout<TPlan>.Lanes(tile, _tokenCount);
                    Pack(a + first + token, b + first + token, stride, problem.Rank, Math.Min(lanes, stride - token), TileOf(tile, h));
                    var linear = new Span<float>(_linear + RowOf(tile, h), Width);
                    linear.Fill(float.PositiveInfinity);
                    row.Slice(token, lanes).CopyTo(linear);
                    TVector self = TVector.All(2 * _steps[h]) * FactorTiles<TVector, SingleFeatures>.Self(TileOf(tile, h), _quads);
                    TVector.Store(
                        _self + RowOf(tile, h), TVector.Keep((1u << lanes) - 1, self + TVector.All(_shifts[h])));
                }
            }
        }

        new Span<float>(_partner, _vectorLength).Clear();
        new Span<float>(_levels, (int)RowsLength).Clear();
        Refresh();
    }

    // Rows of tokens end behind the last whole tile of their own layout only: the last tiles of blocks may reach over the end.
    private readonly void Pack(float* a, float* b, long pitch, int rank, int lanes, float* tile)
    {
        if (GeneralFactoredLayout<TPlan>.IsWhole || lanes == Width)
        {
            FactorTiles<TVector, SingleFeatures>.Pack(a, b, pitch, rank, lanes, tile);
            return;
        }

        new Span<float>(tile, _tileLength).Clear();
        int half = _quads * 4 * Width;
        for (int d = 0; d < rank; d++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                int at = (d / 4 * 4 * Width) + (d % 4) + ((lane & 3) * Width) + (lane >> 2) * 4;
                tile[at] = a[(d * pitch) + lane];
                tile[half + at] = b[(d * pitch) + lane];
            }
        }
    }

    /// <inheritdoc/>
    public readonly void Refresh()
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            (_headSums[h], _weights[h], _from[h], _to[h]) = (0, 0, 0, 0);
            new Span<float>(_vectors + (h * _vectorLength), _vectorLength).Clear();
        }

        new Span<float>(_counts, CountRows * _tileCount * Width).Clear();
        for (int tile = 0; tile < _tileCount; tile++)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                TVector levels = TVector.Load(_levels + RowOf(tile, h));
                _selected[SelectedOf(tile, h)] = TVector.Below(TVector.Zero, levels);
                _headSums[h] += (int)TVector.Sum(levels);
                for (int b = 0; b < CountRows; b++)
                {
                    float* counts = CountsOf(tile) + (b * Width);
                    TVector.Store(counts, TVector.Load(counts) + (CountsBits ? TVector.Digit(levels, b) : levels));
                }
            }
        }

        for (int h = 0; h < TPlan.Heads && GeneralFactoredLayout<TPlan>.IsWhole; h++)
        {
            AddAll(h);
        }
    }

    // The vector of a head whose tokens all interact.
    private readonly void AddAll(int head)
    {
        new Span<float>(_sums, 2 * _quads * Width).Clear();
        new Span<double>(_totals, 2 * _quads * 4).Clear();
        for (int tile = 0; tile < _tileCount; tile++)
        {
            if (_selected[SelectedOf(tile, head)] != 0)
            {
                FactorTiles<TVector, SingleFeatures>.AddWeighted(TileOf(tile, head), TVector.Load(_levels + RowOf(tile, head)), _sums, _quads);
            }

            if ((tile + 1) % TilesPerSum == 0)
            {
                FactorTiles<TVector, SingleFeatures>.Drain(_sums, _totals, _quads);
            }
        }

        FactorTiles<TVector, SingleFeatures>.Drain(_sums, _totals, _quads);
        int half = _quads * 4;
        float* vector = _vectors + (head * _vectorLength);
        double step = (double)_steps[head] * Unit;
        for (int f = 0; f < half; f++)
        {
            vector[f] = (float)(step * _totals[half + f]);
            vector[half + f] = (float)(step * _totals[f]);
        }

        (_from[head], _to[head]) = (0, _tileCount * Width);
        _weights[head] = (double)_headSums[head] * Unit;
    }

    /// <inheritdoc/>
    public readonly double ComputeEnergy()
    {
        Refresh();
        StartPass();
        double energy = 0;
        for (int tile = 0; tile < _tileCount; tile++)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                TVector raw = Field(tile, h);
                TVector s = TVector.All(Unit) * TVector.Load(_levels + RowOf(tile, h));
                TVector pairs = raw - (s * TVector.Load(_self + RowOf(tile, h)));
                TVector linear = TVector.Load(_linear + RowOf(tile, h)) + TVector.All(TPlan.Curvature) * s;
                TVector.Store(_raw, s * (linear + (TVector.All(0.5f) * pairs)));
                for (int lane = 0; lane < Width; lane++)
                {
                    energy += (_selected[SelectedOf(tile, h)] >> lane & 1) == 0 ? 0 : _raw[lane];
                }
            }

            energy += HasExclusion ? _exclusion * Overlaps(tile) : 0;
        }

        for (int h = 0; h < TPlan.Heads && HasSums; h++)
        {
            energy += TVector.Sum(SumPenaltyTable<TPlan>.Evaluate(_penalties, TVector.All(_headSums[h] * Unit))) / Width;
        }

        return energy;
    }

    // Σ_{a<b} s_a s_b, or of their bits: with the sum C and the sum of squares Q, (C² − Q)/2.
    private readonly double Overlaps(int tile)
    {
        double twice = 0;
        for (int k = 0; k < CountRows * Width; k++)
        {
            double count = CountsOf(tile)[k];
            twice += CountsBits ? count * (count - 1) : count * count;
        }

        for (int k = 0; k < TPlan.Heads * Width && !CountsBits; k++)
        {
            double level = _levels[RowOf(tile, k / Width) + (k % Width)];
            twice -= level * level;
        }

        return CountsBits ? twice / 2 : twice * Unit * Unit / 2;
    }

    // Changes a level and all that follows from it but for the fields of the present tile.
    private readonly void SetLevel(int head, int place, int difference)
    {
        int tile = place / Width, lane = place % Width;
        float* level = _levels + RowOf(tile, head) + lane;
        var old = (int)*level;
        int next = old + difference;
        *level = next;
        uint* selected = _selected + SelectedOf(tile, head);
        *selected = next == 0 ? *selected & ~(1u << lane) : *selected | (1u << lane);
        _headSums[head] += difference;
        float* counts = CountsOf(tile) + lane;
        for (int b = 0; b < CountRows; b++)
        {
            counts[b * Width] += CountsBits ? ((next >> b) & 1) - ((old >> b) & 1) : difference;
        }
    }

    // The same of a token anywhere, its head's vector included.
    private readonly void SetLevelAnywhere(int head, int place, int difference)
    {
        SetLevel(head, place, difference);
        if (IsInVector(head, place))
        {
            AddToVector(head, place, difference);
        }
    }

    private readonly bool IsInVector(int head, int place) => place >= _from[head] && place < _to[head];

    private readonly void AddToVector(int head, int place, float levels)
    {
        int lane = place % Width, half = _quads;
        float* a = TileOf(place / Width, head) + ((lane & 3) * Width) + (lane >> 2) * 4;
        float* b = a + (half * 4 * Width);
        Vector128<float> factor = Vector128.Create(_steps[head] * Unit * levels);
        float* first = _vectors + (head * _vectorLength);
        for (float* second = first + (half * 4), end = second; first < end; first += 4, second += 4)
        {
            Vector128.Store(Vector128.FusedMultiplyAdd(factor, Vector128.Load(b), Vector128.Load(first)), first);
            Vector128.Store(Vector128.FusedMultiplyAdd(factor, Vector128.Load(a), Vector128.Load(second)), second);
            a += 4 * Width;
            b += 4 * Width;
        }

        _weights[head] += (double)levels * Unit;
    }

    // The product of one token's features with its head's vector.
    private readonly float Product(int head, int place)
    {
        int lane = place % Width, half = _quads;
        float* a = TileOf(place / Width, head) + ((lane & 3) * Width) + (lane >> 2) * 4;
        float* b = a + (half * 4 * Width);
        Vector128<float> sum = Vector128<float>.Zero, other = Vector128<float>.Zero;
        float* first = _vectors + (head * _vectorLength);
        for (float* second = first + (half * 4), end = second; first < end; first += 4, second += 4)
        {
            sum = Vector128.FusedMultiplyAdd(Vector128.Load(a), Vector128.Load(first), sum);
            other = Vector128.FusedMultiplyAdd(Vector128.Load(b), Vector128.Load(second), other);
            a += 4 * Width;
            b += 4 * Width;
        }

        sum += other;
        return (sum[0] + sum[2]) + (sum[1] + sum[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float* TileOf(int tile, int head) => _tiles + ((((long)head * _tileCount) + tile) * _tileLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long RowOf(int tile, int head) => (((long)head * _tileCount) + tile) * Width;

    private readonly int SelectedOf(int tile, int head) => (head * _tileCount) + tile;

    private readonly float* CountsOf(int tile) => _counts + ((long)tile * CountRows * Width);

    private readonly long IndexOf(int head, int token)
    {
        int place = GeneralFactoredLayout<TPlan>.PlaceOf(token);
        return RowOf(place / Width, head) + (place % Width);
    }

    private readonly void Copy(float* source, float* destination) =>
        Buffer.MemoryCopy(source, destination, RowsLength * sizeof(float), RowsLength * sizeof(float));

    /// <inheritdoc/>
    public readonly void KeepBest() => Copy(_levels, _best);

    /// <inheritdoc/>
    public readonly void TakeBest(bool isPresent)
    {
        if (!isPresent)
        {
            Copy(_best, _levels);
            Refresh();
        }
    }

    /// <inheritdoc/>
    public readonly void KeepLowest() => Copy(_levels, _kept);

    /// <inheritdoc/>
    public readonly void TakeLowest() => Copy(_kept, _levels);

    /// <inheritdoc/>
    public readonly void Randomise(scoped ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                _levels[IndexOf(h, i)] = random.NextInt32(LargestLevel + 1);
            }
        }

        Refresh();
    }

    /// <inheritdoc/>
    public readonly void Read(scoped ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                int level = 0;
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    level |= state[(((h * TPlan.Tokens) + i) * TPlan.Bits) + b] << b;
                }

                _levels[IndexOf(h, i)] = level;
            }
        }

        Refresh();
    }

    /// <inheritdoc/>
    public readonly void Write(scoped Span<byte> state)
    {
        state.Clear();
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                var level = (int)_levels[IndexOf(h, i)];
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    state[(((h * TPlan.Tokens) + i) * TPlan.Bits) + b] = (byte)((level >> b) & 1);
                }
            }
        }
    }
}
