using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Annealing of plain bits: couplings inside heads, linear terms, head exclusion. Bits are flipped, and where heads
/// exclude each other two heads hand tokens over. The state is kept as padded rows of signs beside the rows of local
/// fields, and 16 tokens of a head are proposed at once.
/// </summary>
/// <remarks>
/// The chain is the sequential one, head by head, token by token. All 16 energy changes of a block are computed from the
/// same state; up to the first accepted lane that is the sequential state, so the lane is flipped, the head's row of
/// local fields updated, the lanes behind it computed again, and so on. Where nothing is accepted a block costs a
/// handful of instructions.
/// </remarks>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector> : IAnnealingChain
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int LargestDescent = 256; // sweeps; rounding could make descent circle among equal energies
    private const int LargestTournaments = 8; // in a descent

    private readonly float* _pairs; // [heads, tokens, stride], times PairFactor
    private readonly float* _linear; // [heads, stride], +infinity in padded tokens, which are thus never selected
    private readonly float* _local; // [heads, stride]: linear + Σ_j a_ij x_j
    private readonly float* _signs; // [heads, stride]: 1 − 2x, the direction in which a flip goes
    private readonly float* _best; // [heads, stride]: signs, of the annealing under way
    private readonly float* _kept; // [heads, stride]: signs, of the best annealing so far
    private readonly float* _count; // [stride]: Σ_h x − ½
    private readonly int _tokenCount;
    private double _energy; // relative to the annealing's first state
    private int _firstRound; // of hand-overs at a fixed temperature

    private BinaryAnnealer(float* couplings, float* scratch, int tokenCount)
    {
        _linear = scratch;
        _local = _linear + RowsLength;
        _signs = _local + RowsLength;
        _best = _signs + RowsLength;
        _kept = _best + RowsLength;
        _count = _kept + RowsLength;
        _pairs = PairCoefficients<TPlan>.AreOwn || !PairCoefficients<TPlan>.AreAny ? _count + Stride : couplings;
        _tokenCount = tokenCount;
    }

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength =>
        5 * RowsLength + Stride + Width + (PairCoefficients<TPlan>.AreOwn ? PairCoefficients<TPlan>.Length : PairCoefficients<TPlan>.AreAny ? 0 : Stride);

    private static int Stride => Padding.Stride(TPlan.Tokens);

    // Whether a problem's couplings exceed the usual caches next to a core.
    private static bool OutgrowsCache => PairCoefficients<TPlan>.AreAny && sizeof(float) * (long)TPlan.Heads * TPlan.Tokens * Stride > 4 << 20;

    private static int RowsLength => TPlan.Heads * Stride;

    private static float PairFactor => PairCoefficients<TPlan>.Factor;

    /// <summary>See <see cref="Annealer{TPlan}.Run"/>; the arguments have been checked.</summary>
    public static void Run(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var annealer = new BinaryAnnealer<TPlan, TVector>(couplings, aligned, problem.TokenCount);
            annealer.Start(problem);
            AnnealingDriver.Run(ref annealer, schedule, ref random, state);
        }
    }

    /// <summary>See <see cref="Annealer{TPlan}.EnergyScale"/>; the arguments have been checked.</summary>
    public static TemperatureScale EnergyScale(in ProblemView problem, Span<float> scratch)
    {
        fixed (float* couplings = problem.Couplings, unaligned = scratch)
        {
            float* aligned = (float*)(((nuint)unaligned + 63) & ~(nuint)63);
            var annealer = new BinaryAnnealer<TPlan, TVector>(couplings, aligned, problem.TokenCount);
            annealer.Start(problem);
            annealer.Fill();
            return annealer.EnergyScale();
        }
    }

    // Nothing selected.
    private readonly void Start(in ProblemView problem)
    {
        if (PairCoefficients<TPlan>.AreOwn)
        {
            PairCoefficients<TPlan>.Write(problem, new Span<float>(_pairs, PairCoefficients<TPlan>.Length));
        }
        else if (!PairCoefficients<TPlan>.AreAny)
        {
            new Span<float>(_pairs, Stride).Clear();
        }

        Span<float> squares = new(_local, Stride); // free until the fields are computed
        for (int h = 0; h < TPlan.Heads; h++)
        {
            var linear = new Span<float>(_linear + h * Stride, Stride);
            TPlan.WriteLinear(problem, h, linear);
            if (TPlan.Curvature != 0 || TPlan.KeepsDiagonal)
            {
                PairCoefficients<TPlan>.WriteSquares(problem, h, squares);
                Rows.AddScaled(1, squares, linear); // x² = x
            }

            linear[_tokenCount..].Fill(float.PositiveInfinity);
        }

        new Span<float>(_signs, RowsLength).Fill(1);
        Refresh();
    }

    public static int RefreshInterval => 1024; // sweeps after which rounding errors of the updated fields are wiped out

    public readonly double EnergyChange => _energy;

    public void Fill()
    {
        RandomStream none = default;
        Sweep<GreedyRule>(0, ref none);
    }

    public void Cool(in AnnealingStep step, scoped ref RandomStream random)
    {
        Sweep<MetropolisRule>(step.Temperature, ref random);
        if (HasHandOvers && 2 * (long)step.Sweep > step.Sweeps) // while it is hot, flips do the same
        {
            HandOver<MetropolisRule>(step.Sweep, step.Temperature, ref random);
        }
    }

    // Chains that are continued again and again, by few sweeps, let every two heads meet too.
    public void StartSampling(scoped ref RandomStream random) =>
        _firstRound = HasHandOvers ? random.NextInt32(Tournament.Rounds(TPlan.Heads)) : 0;

    public void Sample(in AnnealingStep step, scoped ref RandomStream random)
    {
        Sweep<HeatBathRule>(step.Temperature, ref random);
        if (HasHandOvers)
        {
            HandOver<HeatBathRule>(_firstRound + step.Sweep, step.Temperature, ref random);
        }
    }

    // Flips until none lowers the energy, then hand-overs between all heads, a few times: in large problems the last of
    // them gain little and would take longer than the annealing.
    public void Descend(scoped ref RandomStream random, CancellationToken cancellation)
    {
        int tournaments = 0;
        do
        {
            for (int sweep = 0; sweep < LargestDescent && Sweep<DescentRule>(0, ref random); sweep++)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
        while (HasHandOvers && tournaments++ < LargestTournaments && DescendBetweenHeads(ref random, cancellation));
    }
}
