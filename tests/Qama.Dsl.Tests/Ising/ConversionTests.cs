using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests.Ising;

/// <summary>QUBO, Ising and the energy written out term by term are the same function.</summary>
public class ConversionTests
{
    [Fact]
    public void All_states_of_a_binary_model_have_one_energy_in_all_three_forms() => CompareAllStates<PairPenaltyPlan>();

    [Fact]
    public void All_states_of_a_model_with_several_levels_have_one_energy_in_all_three_forms() =>
        CompareAllStates<OverlapPlan>();

    [Fact]
    public void All_states_of_a_model_with_unbalanced_penalties_have_one_energy_in_all_three_forms() =>
        CompareAllStates<UnbalancedPlan>();

    [Fact]
    public void The_best_slack_of_the_qubo_gives_the_energy_without_slack()
    {
        ProblemBatch batch = RandomProblems.Batch<BoundedPlan>(1, 5);
        QuboMatrix qubo = batch.ToQubo(0);
        var random = new RandomStream(1);
        for (int trial = 0; trial < 12; trial++)
        {
            byte[] state = RandomProblems.State(random.NextInt32(1 << batch.VariableCount), batch.VariableCount);
            double best = Enumerable.Range(0, 1 << batch.SlackCount)
                .Min(slack => qubo.Energy([.. state, .. RandomProblems.State(slack, batch.SlackCount)]));
            Assert.Equal(batch.Energy(0, state), best, 1e-9);
        }
    }

    [Fact]
    public void Going_to_ising_and_back_changes_no_coefficient() => Holds(seed =>
    {
        QuboMatrix qubo = Random(seed);
        QuboMatrix back = qubo.ToIsing().ToQubo();
        return Near(qubo.Coefficients, back.Coefficients) && Math.Abs(qubo.Offset - back.Offset) < 1e-9;
    });

    [Fact]
    public void Going_to_binary_and_back_changes_no_coefficient() => Holds(seed =>
    {
        IsingProblem ising = Random(seed).ToIsing();
        IsingProblem back = ising.ToQubo().ToIsing();
        return Near(ising.Couplings, back.Couplings) && Near(ising.Fields, back.Fields)
            && Math.Abs(ising.Offset - back.Offset) < 1e-9;
    });

    [Fact]
    public void A_state_and_its_spins_have_the_same_energy() => Holds(seed =>
    {
        QuboMatrix qubo = Random(seed);
        var random = new RandomStream((ulong)seed + 1);
        byte[] state = [.. Enumerable.Range(0, qubo.Size).Select(_ => (byte)random.NextInt32(2))];
        return Math.Abs(qubo.Energy(state) - qubo.ToIsing().Energy(Spins(state))) < 1e-9;
    });

    [Fact]
    public void The_slope_of_a_plain_qubo_is_the_cost_of_switching_a_variable_on()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(9, 3));
        var slope = new float[9];
        for (int code = 0; code < 1 << 9; code++)
        {
            byte[] state = RandomProblems.State(code, 9);
            batch.Slope(0, [.. state.Select(x => (float)x)], slope);
            for (int i = 0; i < 9; i++)
            {
                byte[] on = RandomProblems.State(code | 1 << i, 9);
                byte[] off = RandomProblems.State(code & ~(1 << i), 9);
                Assert.Equal(batch.Energy(0, on) - batch.Energy(0, off), slope[i], 1e-5);
            }
        }
    }

    [Fact]
    public void A_plain_qubo_has_the_slope_of_the_model_it_was_written_from()
    {
        ProblemBatch model = RandomProblems.Batch<BinaryPlan>(1, 8);
        var plain = new QuboProblemBatch(model.ToQubo(0));
        var random = new RandomStream(2);
        float[] x = [.. Enumerable.Range(0, 20).Select(_ => (float)random.NextDouble())];
        var expected = new float[20];
        var actual = new float[20];
        model.Slope(0, x, expected);
        plain.Slope(0, x, actual);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void The_slope_of_a_model_is_that_of_its_literal_energy_at_real_points()
    {
        CompareSlopes<BinaryPlan>();
        CompareSlopes<PairPenaltyPlan>();
        CompareSlopes<WeightsPlan>();
        CompareSlopes<OverlapPlan>();
        CompareSlopes<ExactlyPlan>();
        CompareSlopes<BoundedPlan>();
        CompareSlopes<UnbalancedPlan>();
        CompareSlopes<DiagonalPlan>();
        CompareSlopes<DiagonalWeightsPlan>();
        CompareSlopes<HardExclusionPlan>();
        CompareSlopes<PartitionPlan>();
    }

    [Fact]
    public void A_slope_of_another_length_is_refused()
    {
        AttentionProblemBatch<TestModel<BinaryPlan>> batch = RandomProblems.Batch<BinaryPlan>(1, 3);
        Assert.Throws<ArgumentException>("state", () => batch.Slope(0, new float[19], new float[20]));
        Assert.Throws<ArgumentException>("slope", () => batch.Slope(0, new float[20], new float[21]));
    }

    // Against central differences: the energy is quadratic but for the kinks of bounds.
    private static void CompareSlopes<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, 8);
        var random = new RandomStream(4);
        float[] x = [.. Enumerable.Range(0, batch.VariableCount).Select(_ => (float)(1.5 * random.NextDouble()) - 0.25f)];
        double[] exact = [.. x.Select(v => (double)v)];
        var slope = new float[x.Length];
        batch.Slope(0, x, slope);
        for (int i = 0; i < x.Length; i++)
        {
            const double Step = 1e-4;
            exact[i] = x[i] + Step;
            double above = LiteralModel<TPlan>.Energy(batch.View(0), exact);
            exact[i] = x[i] - Step;
            double difference = (above - LiteralModel<TPlan>.Energy(batch.View(0), exact)) / (2 * Step);
            exact[i] = x[i];
            Assert.True(Math.Abs(difference - slope[i]) < 1e-3 * (1 + Math.Abs(difference)), $"{typeof(TPlan).Name}, {i}: {difference} {slope[i]}");
        }
    }

    private static void CompareAllStates<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, 11);
        int n = batch.VariableCount;
        QuboMatrix qubo = batch.ToQubo(0);
        IsingProblem ising = qubo.ToIsing();
        for (int code = 0; code < 1 << n; code++)
        {
            byte[] state = RandomProblems.State(code, n);
            double expected = batch.Energy(0, state);
            double tolerance = 1e-10 * (1 + Math.Abs(expected));
            Assert.InRange(qubo.Energy(state) - expected, -tolerance, tolerance);
            Assert.InRange(ising.Energy(Spins(state)) - expected, -tolerance, tolerance);
        }
    }

    private static void Holds(Func<int, bool> property) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), property).QuickCheckThrowOnFailure();

    private static QuboMatrix Random(int seed) => RandomProblems.Qubo(1 + (int)((uint)seed % 12), (ulong)seed);

    private static sbyte[] Spins(byte[] state) => [.. state.Select(x => (sbyte)(2 * x - 1))];

    private static bool Near(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (!(Math.Abs(a[i] - b[i]) < 1e-9))
            {
                return false;
            }
        }

        return a.Length == b.Length;
    }
}
