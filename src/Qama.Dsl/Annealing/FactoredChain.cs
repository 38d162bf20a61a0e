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
/// Memory is in blocks of 16 tokens, all heads of a block together: a sweep goes block by block, in a block head by head, and then
/// pairs of heads hand tokens over to each other (x_a = 1, x_b = 0 exchange their values), for which no product is computed
/// anew. Every pair of heads has its turn in H − 1 sweeps (H for an odd number), as in a round-robin tournament.
/// </remarks>
internal unsafe ref partial struct FactoredChain<TPlan, TVector> : IAnnealingChain
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 32; // sweeps: all pairs of eight heads four times; more would gain next to nothing
    private const int BlocksPerSum = 64; // features are added up in single precision over so many blocks, then in double
    private const int SampleBlocks = 32; // of what the temperature is estimated from

    private readonly float* _tiles; // [blocks, heads, tile]
    private readonly float* _linear; // [blocks, heads, 16]: what selecting costs besides pairs, self terms added; +infinity in padding
    private readonly float* _constant; // [blocks, heads, 16]: half the exclusion less the self terms
    private readonly float* _signs; // [blocks, heads, 16]: 1 − 2x, the direction in which a flip goes
    private readonly float* _best; // [blocks, heads, 16]: signs, of the annealing under way
    private readonly float* _kept; // [blocks, heads, 16]: signs, of the best annealing so far; a row of tokens before that
    private readonly float* _count; // [blocks, 16]: Σ_h x − ½
    private readonly float* _vectors; // [heads, vector]: m
    private readonly float* _raw; // [heads, 16]: features of the present block times m
    private readonly float* _gains; // [16]: energy of flips since the sweep began
    private readonly float* _partner; // [vector]: features of a token that flips
    private readonly float* _sums; // [quads, 16]
    private readonly double* _totals; // [quads, 4]
    private readonly float* _sample; // [sample blocks, tile]
    private readonly float* _sampleRows; // [3, sample blocks, 16]
    private readonly int _tokenCount;
    private readonly int _blocks;
    private readonly int _quads;
    private readonly int _tileLength;
    private readonly int _vectorLength;
    private readonly float* _steps; // [heads]: −w c
    private double _energy; // relative to the annealing's first state
    private double _pairEnergy; // of the state that vectors were last computed from
    private int _round;

    private FactoredChain(in FactoredView problem, float* scratch)
    {
        _tokenCount = problem.TokenCount;
        _blocks = RowLayout.Stride(_tokenCount) / Width;
        _quads = FactorTiles<TVector>.Quads(problem.Rank);
        _tileLength = FactorTiles<TVector>.Length(problem.Rank);
        _vectorLength = FactorTiles<TVector>.VectorLength(problem.Rank);
        long rows = (long)TPlan.Heads * Stride;
        _tiles = scratch;
        _linear = _tiles + (rows / Width * _tileLength);
        _constant = _linear + rows;
        _signs = _constant + rows;
        _best = _signs + rows;
        _kept = _best + rows;
        _count = _kept + rows;
        _vectors = _count + Stride;
        _raw = _vectors + (TPlan.Heads * _vectorLength);
        _gains = _raw + (TPlan.Heads * Width);
        _partner = _gains + Width;
        _sums = _partner + _vectorLength;
        _totals = (double*)(_sums + (_quads * Width));
        _sample = _sums + (2 * _quads * Width);
        _sampleRows = _sample + (SampledBlocks * _tileLength);
        _steps = _sampleRows + (3 * SampledBlocks * Width);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            _steps[h] = (float)(0.5 * TPlan.PairScale * problem.Scales[h]);
        }
    }

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength(int rank)
    {
        long rows = (long)TPlan.Heads * Stride;
        int quads = FactorTiles<TVector>.Quads(rank), tile = FactorTiles<TVector>.Length(rank);
        long vectors = (TPlan.Heads + 1L) * (FactorTiles<TVector>.VectorLength(rank) + Width);
        return checked((int)(
            (rows / Width * tile) + (5 * rows) + Stride + vectors + (2 * quads * Width)
            + (SampledBlocks * (tile + (3 * Width))) + TPlan.Heads + Width));
    }

    private static int Stride => Padding.Stride(TPlan.Tokens);

    private static int SampledBlocks => Math.Min(SampleBlocks, Stride / Width);

    private readonly long RowsLength => (long)TPlan.Heads * _blocks * Width;

    /// <summary>One annealing read, or one drawn at a fixed temperature; the arguments have been checked.</summary>
    public static void Run(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new FactoredChain<TPlan, TVector>(problem, Aligned(unaligned));
            chain.Start(problem);
            AnnealingDriver.Run(ref chain, schedule, ref random, state);
        }
    }

    /// <summary>The units of temperatures, after a greedy sweep; the arguments have been checked.</summary>
    public static TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch)
    {
        fixed (float* unaligned = scratch)
        {
            var chain = new FactoredChain<TPlan, TVector>(problem, Aligned(unaligned));
            chain.Start(problem);
            chain.Fill();
            return chain.EnergyScale();
        }
    }

    private static float* Aligned(float* memory) => (float*)(((nuint)memory + 63) & ~(nuint)63);

    public static int RefreshInterval => 32; // sweeps after which rounding errors of the heads' vectors are wiped out

    public readonly double EnergyChange => _energy;

    public void Fill()
    {
        RandomStream none = default;
        Sweep<GreedyRule>(0, ref none);
    }

    public void Cool(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<MetropolisRule>(step.Temperature, ref random);

    public readonly void StartSampling(scoped ref RandomStream random)
    {
    }

    public void Sample(in AnnealingStep step, scoped ref RandomStream random) =>
        Sweep<HeatBathRule>(step.Temperature, ref random);

    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
