using System.Reflection;
using Qama.Annealing;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Everything that couplings kept as features come with, against couplings written out pair by pair: random mixtures of shapes, masks,
/// long-range penalties and bounds on sums. Moves are compared in registers of every width.</summary>
[Trait("Registers", "All")]
public class GeneralFactoredTests
{
    private static readonly Type[] _shapes = [typeof(Bits1), typeof(Bits2), typeof(Bits3), typeof(SharedBits), typeof(HardHeads), typeof(FreeLong)];

    private static readonly Type[] _masks =
    [
        typeof(AllPairs), typeof(Window1), typeof(Window7), typeof(Window19), typeof(Window40), typeof(Block3), typeof(Block16),
        typeof(Block20), typeof(Block33), typeof(WindowInBlock), typeof(WindowInSmallBlock),
    ];

    private static readonly Type[] _ranges =
    [
        typeof(NoRange), typeof(NearConstant), typeof(NearLinear), typeof(NearExponential), typeof(FarConstant), typeof(FarLinear),
        typeof(FarExponential), typeof(FarAway),
    ];

    private static readonly Type[] _bounds = [typeof(NoBound), typeof(AtMost4), typeof(Exactly5), typeof(Between), typeof(Unbalanced)];

    [Fact]
    public void Energies_and_slopes_of_random_mixtures_are_those_of_written_couplings() =>
        ForMixtures(60, 1, nameof(CompareEnergies));

    [Fact]
    public void Moves_of_random_mixtures_add_up_to_the_difference_of_energies_in_all_registers() =>
        ForMixtures(33, 2, nameof(CompareMoves));

    [Fact]
    public void Moves_among_picked_tokens_of_many_add_up_to_the_difference_of_energies()
    {
        CompareMoves<LongBits, AllPairs, NoRange, AtMost120>(0, "all");
        CompareMoves<LongBits, Window40, FarExponential, Exactly5>(1, "windows");
        CompareMoves<LongLevels, Block33, NearLinear, AtMost120>(2, "blocks");
        CompareMoves<LongLevels, AllPairs, FarLinear, Exactly75>(3, "levels");
    }

    // Every mask with every range, shapes and bounds in turn.
    private static void ForMixtures(int count, int seed, string check)
    {
        MethodInfo method = typeof(GeneralFactoredTests).GetMethod(check, BindingFlags.Static | BindingFlags.NonPublic)!;
        var random = new Random(seed);
        List<string> failures = [];
        for (int k = 0; k < count; k++)
        {
            Type[] parts =
            [
                _shapes[random.Next(_shapes.Length)], _masks[k % _masks.Length], _ranges[k % _ranges.Length],
                _bounds[random.Next(_bounds.Length)],
            ];
            string name = $"{k}: {string.Join(", ", parts.Select(p => p.Name))}";
            try
            {
                method.MakeGenericMethod(parts).Invoke(null, [k, name]);
            }
            catch (TargetInvocationException failure)
            {
                failures.Add($"{name}: {failure.InnerException!.Message}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static void CompareEnergies<TShape, TMask, TRange, TBound>(int k, string name)
        where TShape : IMixedShape
        where TMask : IMixedMask
        where TRange : IMixedRange
        where TBound : IMixedBound
    {
        foreach (int tokens in new[] { TShape.Tokens, TShape.Tokens - 3, 1, 0 })
        {
            var problem = new MixedProblem<Mixed<TShape, TMask, TRange, TBound>>(
                (ulong)k, tokens, Mixed<TShape, TMask, TRange, TBound>.Interact, shifts: k % 3 == 0);
            byte[] state = problem.RandomState(5);
            double expected = problem.Energy(state);
            double actual = DeclaredEnergy<Mixed<TShape, TMask, TRange, TBound>>.Of(problem.Factored, state);
            Assert.True(Math.Abs(expected - actual) < 1e-10 * (100 + Math.Abs(expected)), $"{name}: {expected} {actual}");

            var structure = new StructuredEnergy();
            structure.Load<DeclaredPlan<Mixed<TShape, TMask, TRange, TBound>>>(problem.Dense);
            var random = new RandomStream(3);
            float[] x = [.. state.Select(_ => (float)random.NextDouble())];
            float[] slope = new float[x.Length], dense = new float[x.Length];
            structure.Slope(x, dense);
            DeclaredEnergy<Mixed<TShape, TMask, TRange, TBound>>.Slope(problem.Factored, x, slope);
            float largest = dense.Max(Math.Abs);
            for (int v = 0; v < x.Length; v++)
            {
                Assert.True(Math.Abs(dense[v] - slope[v]) < 3e-6 * (1 + largest), $"{name}, {v}: {dense[v]} {slope[v]}");
            }
        }
    }

    private static void CompareBounds<TShape, TMask, TRange, TBound>(int k, string name)
        where TShape : IMixedShape
        where TMask : IMixedMask
        where TRange : IMixedRange
        where TBound : IMixedBound
    {
        int tokens = TShape.Tokens - (k % 4), stride = Qama.Numerics.Matrices.Padding.Stride(TShape.Tokens);
        var problem = new MixedProblem<Mixed<TShape, TMask, TRange, TBound>>(
            (ulong)k, tokens, Mixed<TShape, TMask, TRange, TBound>.Interact, shifts: k % 3 == 0);
        for (int h = 0; h < TShape.Heads; h++)
        {
            RowBound[] exact = new RowBound[tokens], bounds = new RowBound[tokens];
            RowBounds.Write(
                problem.Dense.Couplings[(h * TShape.Tokens * stride)..], problem.Dense.Fields[(h * stride)..], stride, false, exact);
            FactoredBounds<Mixed<TShape, TMask, TRange, TBound>>.Write(problem.Factored, h, stride, bounds);
            for (int i = 0; i < tokens; i++)
            {
                (RowBound e, RowBound b) = (exact[i], bounds[i]);
                bool isBound = b.Gain >= e.Gain * 0.999999 && b.Loss >= e.Loss * 0.999999 && b.Size >= e.Size * 0.999999
                    && b.LargestGain >= e.LargestGain * 0.999999 && b.LargestLoss >= e.LargestLoss * 0.999999;
                Assert.True(isBound, $"{name}, head {h}, token {i}: {e} {b}");
                Assert.Equal(e.Field, b.Field);
            }
        }
    }

    private static void CompareMoves<TShape, TMask, TRange, TBound>(int k, string name)
        where TShape : IMixedShape
        where TMask : IMixedMask
        where TRange : IMixedRange
        where TBound : IMixedBound
    {
        int tokens = TShape.Tokens - (k % 4);
        var problem = new MixedProblem<Mixed<TShape, TMask, TRange, TBound>>(
            (ulong)k, tokens, Mixed<TShape, TMask, TRange, TBound>.Interact, shifts: k % 3 == 0);
        byte[] first = problem.RandomState(5);
        AnnealingSchedule[] schedules =
        [
            new(4, 0.6, 0.05, 1.5, Continues: true),
            new(40, 0.6, 0.05, 0.4, Continues: true), // so many are refreshed, which must not change anything either
            new(1, 0.6, 0.3, Continues: true),
            AnnealingSchedule.Descent,
            new(4, 0.6, 0.05, Continues: true),
        ];
        foreach (AnnealingSchedule schedule in schedules)
        {
            byte[] one = Run<Mixed<TShape, TMask, TRange, TBound>, Register512<float>>(problem, schedule, first, name);
            Assert.Equal(one, Run<Mixed<TShape, TMask, TRange, TBound>, Registers256<float>>(problem, schedule, first, name));
            Assert.Equal(one, Run<Mixed<TShape, TMask, TRange, TBound>, Registers128<float>>(problem, schedule, first, name));
            Assert.NotEqual(first, one);
        }
    }

    [Fact]
    public void Bounds_of_rows_are_no_less_than_what_written_couplings_have() => ForMixtures(22, 4, nameof(CompareBounds));

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void Small_mixtures_sample_the_boltzmann_distribution(double temperature)
    {
        CompareDistribution<Mixed<SixBits, AllPairs, NoRange, Exactly2>>(temperature, Mixed<SixBits, AllPairs, NoRange, Exactly2>.Interact);
        CompareDistribution<Mixed<SixBits, Window1, FarLinear, AtMost2>>(temperature, Mixed<SixBits, Window1, FarLinear, AtMost2>.Interact);
        CompareDistribution<Mixed<FourLevels, AllPairs, NearConstant, Exactly1>>(
            temperature, Mixed<FourLevels, AllPairs, NearConstant, Exactly1>.Interact);
        CompareDistribution<Mixed<SharedLevels, Block3, NoRange, NoBound>>(temperature, Mixed<SharedLevels, Block3, NoRange, NoBound>.Interact);
        CompareDistribution<Mixed<SharedLevels, AllPairs, FarLinear, Exactly1>>(
            temperature, Mixed<SharedLevels, AllPairs, FarLinear, Exactly1>.Interact);
        CompareDistribution<Mixed<HardThree, AllPairs, NoRange, Exactly1>>(temperature, Mixed<HardThree, AllPairs, NoRange, Exactly1>.Interact);
    }

    [Fact]
    public void Annealing_finds_the_minima_of_small_mixtures()
    {
        FindMinima<Mixed<SixBits, AllPairs, NoRange, Exactly2>>(Mixed<SixBits, AllPairs, NoRange, Exactly2>.Interact);
        FindMinima<Mixed<SixBits, Window1, FarLinear, AtMost2>>(Mixed<SixBits, Window1, FarLinear, AtMost2>.Interact);
        FindMinima<Mixed<FourLevels, AllPairs, NearConstant, Exactly1>>(Mixed<FourLevels, AllPairs, NearConstant, Exactly1>.Interact);
        FindMinima<Mixed<SharedLevels, Block3, NoRange, NoBound>>(Mixed<SharedLevels, Block3, NoRange, NoBound>.Interact);
        FindMinima<Mixed<HardThree, AllPairs, FarLinear, Exactly1>>(Mixed<HardThree, AllPairs, FarLinear, Exactly1>.Interact);
    }

    [Fact]
    public void Equal_sweeps_find_energies_as_low_as_those_of_written_couplings()
    {
        CompareQuality<Mixed<Bits2, AllPairs, FarExponential, Exactly5>>(Mixed<Bits2, AllPairs, FarExponential, Exactly5>.Interact);
        CompareQuality<Mixed<HardHeads, Window19, NoRange, AtMost4>>(Mixed<HardHeads, Window19, NoRange, AtMost4>.Interact);
        CompareQuality<Mixed<HardHeads, AllPairs, NoRange, Exactly16>>(Mixed<HardHeads, AllPairs, NoRange, Exactly16>.Interact);
        CompareQuality<Mixed<LongBits, AllPairs, NoRange, Exactly16>>(Mixed<LongBits, AllPairs, NoRange, Exactly16>.Interact);
        CompareQuality<Mixed<SharedBits, Block20, NearLinear, NoBound>>(Mixed<SharedBits, Block20, NearLinear, NoBound>.Interact);
        CompareQuality<Mixed<FreeLong, Window40, NearExponential, Exactly75>>(Mixed<FreeLong, Window40, NearExponential, Exactly75>.Interact);
    }

    [Fact]
    public void Long_lines_keep_their_digits()
    {
        // A decay over few of very many tokens: products of decays over the whole line are no numbers.
        var problem = new MixedProblem<Mixed<LongLine, AllPairs, FarExponential, NoBound>>(
            3, LongLine.Tokens, Mixed<LongLine, AllPairs, FarExponential, NoBound>.Interact, shifts: true, 0.02, dense: false);
        byte[] first = problem.RandomState(1), state = (byte[])first.Clone();
        var scratch = new float[FactoredAnnealer<DeclaredPlan<Mixed<LongLine, AllPairs, FarExponential, NoBound>>>.ScratchLength(3)];
        RandomStream random = new(4);
        double moves = GeneralFactoredChain<DeclaredPlan<Mixed<LongLine, AllPairs, FarExponential, NoBound>>, Registers256<float>>.RunAndMeasure(
            problem.Factored, new(2, 1, 1, 2_000, Continues: true), ref random, state, scratch);
        double before = DeclaredEnergy<Mixed<LongLine, AllPairs, FarExponential, NoBound>>.Of(problem.Factored, first);
        double after = DeclaredEnergy<Mixed<LongLine, AllPairs, FarExponential, NoBound>>.Of(problem.Factored, state);
        Assert.NotEqual(before, after);
        Assert.Equal(after - before, moves, 1e-4 * Math.Abs(before));
    }

    private static void CompareDistribution<TEnergy>(double temperature, Func<int, int, bool> interact)
        where TEnergy : struct, IFeatureEnergy
    {
        const int Reads = 12_000;
        var problem = new MixedProblem<TEnergy>(7, TEnergy.Tokens, interact, shifts: true, 0.7);
        var scratch = new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(TEnergy.Rank)];
        int variables = TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits;
        var observed = new int[1 << variables];
        var state = new byte[variables];
        for (int r = 0; r < Reads; r++)
        {
            RandomStream random = new SamplingKey(5).Stream(r);
            FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(
                problem.Factored, new(30, 1, 1, temperature), ref random, state, scratch);
            observed[RandomProblems.Code(state)]++;
        }

        double[] weights = [.. Enumerable.Range(0, observed.Length)
            .Select(code => Math.Exp(-problem.Energy(RandomProblems.State(code, variables)) / temperature))];
        double total = weights.Sum(), chi = 0, rareExpected = 0, rareObserved = 0;
        int cells = 0;
        for (int code = 0; code < observed.Length; code++)
        {
            double expected = Reads * weights[code] / total;
            if (expected < 5)
            {
                (rareExpected, rareObserved) = (rareExpected + expected, rareObserved + observed[code]);
                continue;
            }

            chi += Math.Pow(observed[code] - expected, 2) / expected;
            cells++;
        }

        chi += rareExpected < 1 ? 0 : Math.Pow(rareObserved - rareExpected, 2) / rareExpected;
        double limit = cells + (6 * Math.Sqrt(2.0 * cells));
        Assert.True(chi < limit, $"{typeof(TEnergy)} at {temperature}: chi-square {chi:F1} over {cells} cells, limit {limit:F1}");
    }

    private static void FindMinima<TEnergy>(Func<int, int, bool> interact)
        where TEnergy : struct, IFeatureEnergy
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            var problem = new MixedProblem<TEnergy>(seed, TEnergy.Tokens - (int)(seed % 2), interact, shifts: seed % 3 == 0);
            int variables = TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits;
            double least = Enumerable.Range(0, 1 << variables).Min(code => problem.Energy(RandomProblems.State(code, variables)));
            Assert.Equal(least, problem.Energy(Anneal(problem, new(100, 0.6, 0.07, Restarts: 5), seed)), 1e-9);
        }
    }

    private static void CompareQuality<TEnergy>(Func<int, int, bool> interact)
        where TEnergy : struct, IFeatureEnergy
    {
        double ours = 0, theirs = 0;
        var scratch = new float[Annealer<DeclaredPlan<TEnergy>>.ScratchLength];
        for (ulong seed = 0; seed < 12; seed++)
        {
            var problem = new MixedProblem<TEnergy>(seed, TEnergy.Tokens, interact, shifts: false);
            AnnealingSchedule schedule = new(60, 0.6, 0.07);
            ours += problem.Energy(Anneal(problem, schedule, seed));
            var state = new byte[TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits];
            RandomStream random = new SamplingKey(5).Stream((int)seed);
            Annealer<DeclaredPlan<TEnergy>>.Run(problem.Dense, schedule, ref random, state, scratch);
            theirs += problem.Energy(state);
        }

        Assert.True(ours < theirs + (0.01 * Math.Abs(theirs)), $"{typeof(TEnergy)}: {ours} against {theirs}");
    }

    private static byte[] Anneal<TEnergy>(MixedProblem<TEnergy> problem, in AnnealingSchedule schedule, ulong seed)
        where TEnergy : struct, IFeatureEnergy
    {
        var state = new byte[TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits];
        var scratch = new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(TEnergy.Rank)];
        RandomStream random = new SamplingKey(5).Stream((int)seed);
        FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(problem.Factored, schedule, ref random, state, scratch);
        return state;
    }

    private static byte[] Run<TEnergy, TVector>(
        MixedProblem<TEnergy> problem, in AnnealingSchedule schedule, byte[] first, string name)
        where TEnergy : struct, IFeatureEnergy
        where TVector : struct, IVector<TVector, float>
    {
        var state = (byte[])first.Clone();
        var scratch = new float[GeneralFactoredChain<DeclaredPlan<TEnergy>, TVector>.ScratchLength(TEnergy.Rank) + 3];
        Array.Fill(scratch, float.NaN);
        RandomStream random = new SamplingKey(6).Stream(1);
        double measured = GeneralFactoredChain<DeclaredPlan<TEnergy>, TVector>.RunAndMeasure(
            problem.Factored, schedule, ref random, state, scratch.AsSpan(schedule.Sweeps % 3));
        double difference = problem.Energy(state) - problem.Energy(first);
        if (schedule.FixedTemperature is not null || schedule.Sweeps <= 1) // nothing goes back to a state before
        {
            Assert.True(
                Math.Abs(measured - difference) < 2e-4 * (1 + Math.Abs(problem.Energy(first))),
                $"{name}, {schedule}: moves say {measured}, energies {difference}");
        }

        if (schedule.FixedTemperature is null)
        {
            Assert.True(difference < 0, $"{name}: annealing raised the energy by {difference}");
        }

        return state;
    }
}
