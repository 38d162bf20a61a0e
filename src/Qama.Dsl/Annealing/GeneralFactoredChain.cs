using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of everything that couplings kept as features come with besides plain bits that all interact: weights of several levels,
/// curvature, bounds on a head's sum, hard exclusion, windows, blocks, the long-range penalty.
/// </summary>
/// <remarks>
/// What couplings say to a tile of 16 tokens is its features times a vector per head, the sum over the selected tokens that interact with
/// it. With windows and blocks the vector goes along with the sweep, from token to token where each has partners of
/// its own. The long-range penalty is added from sums over what lies on either side
/// (<see cref="DistanceSums"/>) and a table for what lies at their edges. Moves are those of the dense
/// annealer, but for those that keep a head's sum: some of a weight goes to the place that a heat bath over all tokens chooses, for which one pass
/// over the features is enough. Derivation: docs/mathematics.md, "Couplings of finite rank".
/// </remarks>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector> : IAnnealingChain
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 32; // sweeps
    private const int TilesPerSum = 64; // features are added up in single precision over so many tiles, then in double

    private readonly float* _tiles; // [heads, tiles, tile]
    private readonly float* _linear; // [heads, tiles, 16]: what s costs besides pairs; +infinity in padding, whose level stays 0
    private readonly float* _self; // [heads, tiles, 16]: what a token's own s = 1 says to it in products with vectors
    private readonly float* _levels; // [heads, tiles, 16]
    private readonly float* _best; // [heads, tiles, 16]: levels, of the annealing under way
    private readonly float* _kept; // [heads, tiles, 16]: levels, of the best annealing so far; rows of tokens before that
    private readonly float* _counts; // [tiles, count rows, 16]: Σ_h level, or per bit Σ_h x
    private readonly float* _costs; // [tiles, 16]: of the places that an amount can go to
    private readonly float* _shares; // [tiles, 16]: their probabilities, up to a factor
    private readonly float* _before; // [heads, tiles, 3]: terms of the sums of what lies before a sweep
    private readonly DistanceSums* _behind; // [heads]: sums of what lies behind it
    private readonly int* _tradeTiles; // tiles in which two heads differ
    private readonly float* _pickedTiles; // [picked tiles, tile]
    private readonly float* _pickedCounts; // [picked tiles, count rows, 16]
    private readonly float* _pickedRaw; // [picked tiles, 16]: what pairs say to picked tokens
    private readonly float* _pickedChange; // [picked tiles, 16]
    private readonly int* _picked; // [picked tiles, 16]: places, −1 for none
    private readonly long _pickedRow; // where picked tokens begin in the rows of linear terms, products and levels
    private readonly float* _table; // see LongRangeKernel
    private readonly float* _laneDecays; // [2, 16]: e^(−k/ℓ) of the lanes from the first on, and from the last on
    private readonly float* _vectors; // [heads, vector]: step times the sum of features of the places from _from to _to
    private readonly float* _raw; // [heads, 16]: what pairs say to the present tile
    private readonly float* _partner; // [vector]: features of one token
    private readonly float* _sums; // [2 quads, 16]
    private readonly double* _totals; // [2 quads, 4]
    private readonly float* _penalties; // see SumPenaltyTable
    private readonly float* _steps; // [heads]: −w c
    private readonly float* _shifts; // [heads]: −2 w shift
    private readonly double* _weights; // [heads]: Σ s of the places in the head's vector
    private readonly int* _from; // [heads]
    private readonly int* _to; // [heads]
    private readonly int* _headSums; // [heads]: Σ level
    private readonly int* _turn; // [heads]: which of the selected tokens is next to be moved
    private readonly uint* _selected; // [heads, tiles]: a bit per lane whose level is not 0
    private readonly float _exclusion;
    private readonly int _tokenCount;
    private readonly int _tileCount;
    private readonly int _quads;
    private readonly int _tileLength;
    private readonly int _vectorLength;
    private readonly bool _hasShifts;
    private double _energy; // relative to the first state
    private int _round;

    private GeneralFactoredChain(in FactoredView problem, float* scratch)
    {
        _tokenCount = problem.TokenCount;
        _tileCount = GeneralFactoredLayout<TPlan>.Tiles(_tokenCount);
        _quads = FactorTiles<TVector, SingleFeatures>.Quads(problem.Rank);
        _tileLength = FactorTiles<TVector, SingleFeatures>.Length(_quads);
        _vectorLength = FactorTiles<TVector, SingleFeatures>.VectorLength(_quads);
        _exclusion = TPlan.ComputesExclusion ? TPlan.GetExclusion(problem.WithoutCouplings) : TPlan.Exclusion;
        _hasShifts = !problem.Shifts.IsEmpty;
        var memory = new Divider(scratch);
        long rows = (long)LargestTiles * TPlan.Heads * Width;
        int places = LargestTiles * Width;
        _tiles = memory.Take(rows / Width * _tileLength);
        int picked = LargestPicked * Width;
        _linear = memory.Take(rows + picked);
        _self = memory.Take(rows + picked);
        _levels = memory.Take(rows + picked);
        _pickedRow = rows;
        _best = memory.Take(rows);
        _kept = memory.Take(Math.Max(rows, TPlan.Heads * (long)RowLayout.Stride(TPlan.Tokens)));
        _counts = memory.Take((long)CountRows * places);
        _costs = memory.Take(HasSums ? Math.Max(places, picked) : 0);
        _shares = memory.Take(HasSums ? Math.Max(places, picked) : 0);
        _tradeTiles = (int*)memory.Take(HasSums ? LargestTiles : 0);
        _pickedTiles = memory.Take(LargestPicked * (long)_tileLength);
        _pickedCounts = memory.Take(CountRows * picked);
        _pickedRaw = memory.Take(picked);
        _pickedChange = memory.Take(picked);
        _picked = (int*)memory.Take(picked);
        _before = memory.Take(LongRangeKernel<TPlan>.IsPresent ? LargestTiles * TPlan.Heads * 3L : 0);
        _behind = (DistanceSums*)memory.Take(TPlan.Heads * (sizeof(DistanceSums) / sizeof(float)));
        _table = memory.Take(LongRangeKernel<TPlan>.TableLength);
        _laneDecays = memory.Take(2 * Width);
        _vectors = memory.Take(TPlan.Heads * (long)_vectorLength);
        _raw = memory.Take(TPlan.Heads * Width);
        _partner = memory.Take(_vectorLength);
        _sums = memory.Take(2 * _quads * Width);
        _totals = (double*)memory.Take(4 * _quads * 4);
        _penalties = memory.Take(SumPenaltyTable<TPlan>.Length);
        _steps = memory.Take(TPlan.Heads);
        _shifts = memory.Take(TPlan.Heads);
        _weights = (double*)memory.Take(2 * TPlan.Heads);
        _from = (int*)memory.Take(TPlan.Heads);
        _to = (int*)memory.Take(TPlan.Heads);
        _headSums = (int*)memory.Take(TPlan.Heads);
        _turn = (int*)memory.Take(TPlan.Heads);
        _selected = (uint*)memory.Take(rows / Width);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            _steps[h] = (float)(0.5 * TPlan.PairScale * problem.Scales[h]);
            _shifts[h] = (float)(TPlan.PairScale * problem.ShiftOf(h));
            _turn[h] = 0;
        }
    }

    /// <inheritdoc/>
    public static int RefreshInterval => 32;

    /// <inheritdoc/>
    public readonly double EnergyChange => _energy;

    private static float Unit => 1f / LargestLevel;

    private static int LargestLevel => (1 << TPlan.Bits) - 1;

    private static bool HasSums => TPlan.SumPenaltyCount > 0;

    private static bool HasExclusion => TPlan.Heads > 1 && (TPlan.ComputesExclusion || TPlan.Exclusion != 0);

    private static bool CountsBits => TPlan.ExclusionOnBits && TPlan.Bits > 1;

    private static int CountRows => CountsBits ? TPlan.Bits : 1;

    private static int LargestTiles => GeneralFactoredLayout<TPlan>.Tiles(TPlan.Tokens);

    private readonly long RowsLength => (long)TPlan.Heads * _tileCount * Width;

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength(int rank)
    {
        long rows = (long)LargestTiles * TPlan.Heads * Width, places = (long)LargestTiles * Width;
        int quads = FactorTiles<TVector, SingleFeatures>.Quads(rank), vector = FactorTiles<TVector, SingleFeatures>.VectorLength(quads);
        long perHead = vector + Width + (sizeof(DistanceSums) / sizeof(float)) + 8;
        return checked((int)(
            (rows / Width * (FactorTiles<TVector, SingleFeatures>.Length(quads) + 1)) + (4 * rows)
            + Math.Max(rows, TPlan.Heads * (long)RowLayout.Stride(TPlan.Tokens))
            + ((CountRows + (HasSums ? 3 : 0)) * places)
            + (LargestPicked * (FactorTiles<TVector, SingleFeatures>.Length(quads) + ((CountRows + 8L) * Width)))
            + (LongRangeKernel<TPlan>.IsPresent ? LargestTiles * TPlan.Heads * 3L : 0) + LongRangeKernel<TPlan>.TableLength
            + (perHead * TPlan.Heads) + vector + (6 * quads * Width) + (2 * Width) + SumPenaltyTable<TPlan>.Length
            + (Divider.Parts * Width) + Width));
    }

    /// <summary>One read; the arguments have been checked.</summary>
    public static void Run(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        _ = RunAndMeasure(problem, schedule, ref random, state, scratch);

    /// <summary>One read, and the energy that the moves of all its sweeps have added up to.</summary>
    public static double RunAndMeasure(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new GeneralFactoredChain<TPlan, TVector>(problem, Aligned(unaligned));
            chain.Start(problem);
            if (problem.TokenCount == 0)
            {
                state.Clear();
                return 0;
            }

            AnnealingDriver.Run(ref chain, schedule, ref random, state);
            return chain._energy;
        }
    }

    /// <summary>The units of temperatures, after a greedy sweep; the arguments have been checked.</summary>
    public static TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch)
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new GeneralFactoredChain<TPlan, TVector>(problem, Aligned(unaligned));
            chain.Start(problem);
            if (problem.TokenCount == 0)
            {
                return default;
            }

            chain.Fill();
            return chain.EnergyScale();
        }
    }

    private static float* Aligned(float* memory) => (float*)(((nuint)memory + 63) & ~(nuint)63);

    /// <inheritdoc/>
    public void Fill()
    {
        RandomStream none = default; // the rule draws nothing
        StartPass();
        for (int tile = 0; tile < _tileCount; tile++)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                TVector raw = Field(tile, h);
                ChangeLevels<GreedyRule>(tile, h, LargestLevel, 0, ref none, ref raw);
            }
        }
    }

    /// <inheritdoc/>
    public void Cool(in AnnealingStep step, scoped ref RandomStream random)
    {
        Sweep<MetropolisRule>(step.Temperature, ref random, step.Cancellation);
        MoveAmounts(step.Temperature, isRandom: false, ref random, step.Cancellation);
    }

    /// <inheritdoc/>
    public void StartSampling(scoped ref RandomStream random) => _round = random.NextInt32(1 << 20);

    /// <inheritdoc/>
    public void Sample(in AnnealingStep step, scoped ref RandomStream random)
    {
        Sweep<HeatBathRule>(step.Temperature, ref random, step.Cancellation);
        MoveAmounts(step.Temperature, isRandom: true, ref random, step.Cancellation);
    }

    /// <inheritdoc/>
    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        for (int sweep = 0; sweep < LargestDescent; sweep++)
        {
            bool moved = Sweep<DescentRule>(0, ref random, cancellation);
            if (!(MoveAmounts(0, isRandom: false, ref random, cancellation) || moved))
            {
                return;
            }
        }
    }

    // Pieces of the scratch memory, each aligned as registers want it.
    private ref struct Divider(float* start)
    {
        public const int Parts = 35;

        private float* _next = start;

        public float* Take(long length)
        {
            float* taken = _next;
            _next += (length + Width - 1) & -Width;
            return taken;
        }
    }
}
