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
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector>
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out
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

    private BinaryAnnealer(float* couplings, float* scratch, int tokenCount)
    {
        _linear = scratch;
        _local = _linear + RowsLength;
        _signs = _local + RowsLength;
        _best = _signs + RowsLength;
        _kept = _best + RowsLength;
        _count = _kept + RowsLength;
        _pairs = PairCoefficients<TPlan>.AreOwn ? _count + Stride : couplings;
        _tokenCount = tokenCount;
    }

    /// <summary>Floats of scratch memory needed; some are lost to alignment.</summary>
    public static int ScratchLength =>
        5 * RowsLength + Stride + Width + (PairCoefficients<TPlan>.AreOwn ? PairCoefficients<TPlan>.Length : 0);

    private static int Stride => Padding.Stride(TPlan.Tokens);

    // Whether a problem's couplings exceed the usual caches next to a core.
    private static bool OutgrowsCache => sizeof(float) * (long)TPlan.Heads * TPlan.Tokens * Stride > 4 << 20;

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
            if (schedule.Continues)
            {
                annealer.Read(state);
            }

            if (schedule.FixedTemperature is null)
            {
                annealer.Cool(schedule, ref random, state);
            }
            else
            {
                annealer.Sample(schedule, ref random);
            }

            annealer.Write(state);
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
            RandomStream none = default;
            annealer.Sweep<GreedyRule>(0, ref none);
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
        ComputeFields();
    }

    // The first annealing of a problem starts from nothing, made greedy: a good start where fields decide most variables.
    // Where they do not it may lie in the wrong valley, so the others start from random states.
    private void Cool(in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state)
    {
        if (!schedule.Continues)
        {
            Sweep<GreedyRule>(0, ref random);
        }

        TemperatureScale scale = schedule.Sweeps == 0 ? default : EnergyScale();
        CoolOnce(schedule, scale, ref random, state);
        if (schedule.Restarts == 1)
        {
            return;
        }

        double least = Energy();
        Copy(_signs, _kept);
        for (int restart = 1; restart < schedule.Restarts; restart++)
        {
            Randomise(ref random);
            CoolOnce(schedule, scale, ref random, state);
            double energy = Energy();
            if (energy < least)
            {
                least = energy;
                Copy(_signs, _kept);
            }
        }

        Copy(_kept, _signs);
    }

    // Ends in the best state seen after a sweep, lowered to a local minimum.
    private void CoolOnce(in AnnealingSchedule schedule, TemperatureScale scale, ref RandomStream random, Span<byte> state)
    {
        var cooling = new Cooling(schedule, scale);
        double best = double.PositiveInfinity;
        int bestSweep = 0;
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            float temperature = cooling.Next();
            Sweep<MetropolisRule>(temperature, ref random);
            if (HasHandOvers && 2 * (long)sweep > schedule.Sweeps) // while it is hot, flips do the same
            {
                HandOver<MetropolisRule>(sweep, temperature, ref random);
            }

            if (!(_energy >= best)) // also when it is no number: what is kept is never left from before
            {
                (best, bestSweep) = (_energy, sweep);
                Copy(_signs, _best);
            }

            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }

            if (schedule.Observer is not null)
            {
                Write(state);
                schedule.Observer(state);
            }
        }

        if (bestSweep != schedule.Sweeps)
        {
            Copy(_best, _signs);
            ComputeFields();
        }

        Descend(ref random, schedule.Cancellation);
    }

    // Flips until none lowers the energy, then hand-overs between all heads, a few times: in large problems the last of
    // them gain little and would take longer than the annealing.
    private void Descend(ref RandomStream random, CancellationToken cancellation)
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

    // From a random state, so that reads fall into every basin.
    private void Sample(in AnnealingSchedule schedule, ref RandomStream random)
    {
        if (!schedule.Continues)
        {
            Randomise(ref random);
        }

        // Chains that are continued again and again, by few sweeps, let every two heads meet too.
        int first = HasHandOvers ? random.NextInt32(Tournament.Rounds(TPlan.Heads)) : 0;
        var cooling = new Cooling(schedule, default);
        for (int sweep = 1; sweep <= schedule.Sweeps; sweep++)
        {
            schedule.Cancellation.ThrowIfCancellationRequested();
            float temperature = cooling.Next();
            Sweep<HeatBathRule>(temperature, ref random);
            if (HasHandOvers)
            {
                HandOver<HeatBathRule>(first + sweep, temperature, ref random);
            }

            if (sweep % RefreshInterval == 0)
            {
                ComputeFields();
            }
        }
    }
}
