using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of plain bits whose couplings are a product of features. What couplings say to a token is its features times a vector per
/// head, m = −w c [Σ s b; Σ s a]; a flip adds the token's features to that vector and corrects the 16 fields at hand.
/// </summary>
/// <remarks>
/// Memory is in blocks of 16 tokens, a row for each head, all heads of a block together: a sweep goes block by block, in a block head by head, and then
/// pairs of heads hand tokens over to each other (x_a = 1, x_b = 0 exchange their values), for which no product is computed
/// anew. Every pair of heads has its turn in H − 1 sweeps (H for an odd number), as in a round-robin tournament.
/// With H heads of rank D, rounded up to a multiple of 4, a token takes H (8D + 8⅜) + 4 bytes; with features as bfloat16
/// H (4D + 8⅜) + 4. Those anneal with what bfloat16 keeps of the features, and descend at the end with all of them.
/// Long problems are swept by pairs of heads that work on different parts of the tokens, so that several threads can share a sweep;
/// there all blocks of a head are together.
/// </remarks>
internal unsafe partial struct FactoredChain<TPlan, TVector> : IAnnealingChain
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 32; // sweeps: all pairs of eight heads four times; more would gain next to nothing
    private const int BlocksPerSum = 64; // features are added up in single precision over so many blocks, then in double
    private const int BlocksPerLook = 256; // after which a sweep looks whether it is cancelled
    private const int SampleBlocks = 32; // of what the temperature is estimated from
    private const int LongTokens = 16_384; // from here on threads share a sweep; shorter ones end sooner than threads wake up
    private const int NearBytes = 24 << 10; // of tiles that stay in the first cache
    private const long LargeBytes = 32 << 20; // of all tiles: so many that the processor does not ask for the next ones in time

    private readonly float* _tiles; // [rows, tile]
    private readonly float* _linear; // [rows, 16]: what selecting costs besides pairs; +infinity in padding
    private readonly float* _own; // [rows, 16]: less what products say to a selected token of itself
    private readonly ushort* _bits; // [rows]: a bit per token
    private readonly ushort* _best; // the same, of the annealing under way
    private readonly ushort* _kept; // the same, of the best annealing so far
    private readonly float* _count; // [blocks, 16]: Σ_h x − ½
    private readonly float* _vectors; // [heads, vector]: m
    private readonly float* _fields; // [heads, 16]: of the present block, without exclusion
    private readonly float* _thresholds; // [heads, 16]
    private readonly float* _gains; // [units, 16]: energy of flips since the sweep began
    private readonly int* _done; // [units, 16]: parts of the tokens that a unit is done with; whether any move was made
    private readonly float* _partner; // [vector]
    private readonly float* _sums; // [heads, 2 quads, 16]
    private readonly double* _totals; // [heads, 2 quads, 4]
    private readonly float* _sample; // [sample blocks, tile]
    private readonly float* _sampleRows; // [3, sample blocks, 16]
    private readonly float* _steps; // [heads]: −w c
    private readonly float* _shifts; // [heads]: −2 w times the constant part of couplings
    private readonly float* _selected; // [heads, 16]: tokens that are selected, the same number 16 times
    private readonly float* _passing; // [heads, tile]: features of a block in single precision, where tiles are not
    private readonly float* _a; // [heads, rank, stride]
    private readonly float* _b;
    private readonly int _rank;
    private readonly int _tokenCount;
    private readonly int _blocks;
    private readonly int _quads;
    private readonly int _vectorLength;
    private readonly float _exclusion = TPlan.Exclusion;
    private readonly float _halfExclusion = TPlan.Exclusion / 2;
    private readonly bool _hasShifts;
    private readonly bool _isLarge;
    private readonly bool _isLong;
    private readonly int _blockPitch; // rows from block to block
    private readonly int _headPitch; // and from head to head
    private bool _isExact; // whether single precision is read although tiles are not
    private double _energy; // relative to the annealing's first state
    private double _pairEnergy; // of the state that vectors were last computed from
    private int _round;
    private UnitSweep _sweep;
    private long _undecided;

    private FactoredChain(in FactoredView problem, float* a, float* b, float* scratch, int longTokens)
    {
        _a = a;
        _b = b;
        (_rank, _tokenCount) = (problem.Rank, problem.TokenCount);
        _blocks = RowLayout.Stride(_tokenCount) / Width;
        _quads = FactorTiles<TVector, SingleFeatures>.Quads(problem.Rank);
        _vectorLength = FactorTiles<TVector, SingleFeatures>.VectorLength(_quads);
        _isLarge = sizeof(float) * (long)_blocks * TPlan.Heads * TileLength(_quads) > LargeBytes;
        _isLong = _tokenCount >= longTokens;
        (_blockPitch, _headPitch) = _isLong ? (1, _blocks) : (TPlan.Heads, 1);
        _hasShifts = !problem.Shifts.IsEmpty;
        var memory = new Layout(scratch);
        _tiles = memory.Take(Rows * TileLength(_quads));
        _linear = memory.Take(Rows * Width);
        _own = memory.Take(Rows * Width);
        _count = memory.Take(Stride);
        _bits = (ushort*)memory.Take((Rows + 1) / 2);
        _best = (ushort*)memory.Take((Rows + 1) / 2);
        _kept = (ushort*)memory.Take((Rows + 1) / 2);
        _vectors = memory.Take(TPlan.Heads * _vectorLength);
        _fields = memory.Take(TPlan.Heads * Width);
        _thresholds = memory.Take(TPlan.Heads * Width);
        _gains = memory.Take(Units * Width);
        _done = (int*)memory.Take(Units * Width);
        _partner = memory.Take(_vectorLength);
        _sums = memory.Take(TPlan.Heads * 2 * _quads * Width);
        _totals = (double*)memory.Take(TPlan.Heads * 2 * 2 * _quads * 4);
        _sample = memory.Take(SampledBlocks * FactorTiles<TVector, SingleFeatures>.Length(_quads));
        _sampleRows = memory.Take(3 * SampledBlocks * Width);
        _steps = memory.Take(TPlan.Heads);
        _shifts = memory.Take(TPlan.Heads);
        _selected = memory.Take(TPlan.Heads * Width);
        _passing = memory.Take(TPlan.HasCompactFeatures ? TPlan.Heads * FactorTiles<TVector, SingleFeatures>.Length(_quads) : 0);
        for (int h = 0; h < TPlan.Heads && scratch is not null; h++)
        {
            _steps[h] = (float)(0.5 * TPlan.PairScale * problem.Scales[h]);
            _shifts[h] = (float)(TPlan.PairScale * problem.ShiftOf(h));
        }

        Length = memory.Taken;
    }

    /// <summary>Floats that all takes.</summary>
    private long Length { get; }

    private static int Stride => Padding.Stride(TPlan.Tokens);

    private static long Rows => (long)TPlan.Heads * (Stride / Width);

    private static int SampledBlocks => Math.Min(SampleBlocks, Stride / Width);

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    /// <exception cref="OverflowException">They fit into no array.</exception>
    public static int ScratchLength(int rank) => checked(
        (int)(new FactoredChain<TPlan, TVector>(new(default, default, default, rank, default, default, 0), null, null, null, 0).Length + Width));

    /// <summary>One annealing read, or one drawn at a fixed temperature; the arguments have been checked. Problems of
    /// <paramref name="longTokens"/> are long.</summary>
    public static void Run(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch,
        int longTokens = LongTokens)
    {
        fixed (float* a = problem.Rows, b = problem.Columns, unaligned = scratch)
        {
            var chain = new FactoredChain<TPlan, TVector>(problem, a, b, Aligned(unaligned), longTokens);
            chain.Start(problem);
            AnnealingDriver.Run(ref chain, schedule, ref random, state);
        }
    }

    /// <summary>The units of temperatures, after a greedy sweep; the arguments have been checked.</summary>
    public static TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch, int longTokens = LongTokens)
    {
        fixed (float* a = problem.Rows, b = problem.Columns, unaligned = scratch)
        {
            var chain = new FactoredChain<TPlan, TVector>(problem, a, b, Aligned(unaligned), longTokens);
            chain.Start(problem);
            chain.Fill();
            return chain.EnergyScale();
        }
    }

    public static int RefreshInterval => 32; // sweeps after which rounding errors of the heads' vectors are wiped out

    public readonly double EnergyChange => _energy;

    public void Fill()
    {
        RandomStream none = default; // by one thread: all heads that begin together leave better states than pairs of them
        Sweep<GreedyRule>(0, false, ref none, default);
    }

    public void Cool(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<MetropolisRule>(step.Temperature, HasUnits, ref random, step.Cancellation);

    public readonly void StartSampling(scoped ref RandomStream random)
    {
    }

    public void Sample(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<HeatBathRule>(step.Temperature, HasUnits, ref random, step.Cancellation);

    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        Lower(ref random, cancellation);
        if (TPlan.HasCompactFeatures)
        {
            Read(isExact: true);
            Lower(ref random, cancellation);
        }
    }

    private void Lower(scoped ref RandomStream random, CancellationToken cancellation)
    {
        for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, HasUnits, ref random, cancellation); sweep++)
        {
        }
    }

    private static float* Aligned(float* memory) => (float*)(((nuint)memory + 63) & ~(nuint)63);

    // Hands out memory, every piece aligned as the first.
    private ref struct Layout(float* start)
    {
        public long Taken { get; private set; }

        public float* Take(long floats)
        {
            float* piece = start + Taken;
            Taken += (floats + Width - 1) & -Width;
            return piece;
        }
    }
}
