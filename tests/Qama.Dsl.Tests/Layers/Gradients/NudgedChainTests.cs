using Qama.Ising;
using Qama.Layers.Gradients;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Layers.Gradients;

/// <summary>Runs from a given state: chains leave the Boltzmann distribution as it is, where constraints hold flips back too; descents
/// end in minima.</summary>
public class NudgedChainTests
{
    [Theory]
    [InlineData(0.4)]
    [InlineData(2.0)]
    public void A_chain_from_one_state_ends_in_the_distribution(double temperature)
    {
        Check<TinyPlan>(temperature);
        Check<TinyWeightsPlan>(temperature);
    }

    [Fact]
    public void A_chain_changes_places_where_a_sum_is_bound_exactly() => Check<TinyPartition>(1.5);

    [Fact]
    public void A_descent_ends_no_higher_than_it_began_and_where_no_flip_gains()
    {
        ProblemBatch batch = RandomProblems.Batch<TinyWeightsPlan>(1, 8);
        var start = new byte[batch.VariableCount];
        for (int r = 0; r < 10; r++)
        {
            var random = new RandomStream((ulong)r);
            for (int v = 0; v < start.Length; v++)
            {
                start[v] = (byte)random.NextInt32(2);
            }

            double before = batch.Energy(0, start);
            SampleSet one = new(1, 1, batch.VariableCount);
            start.CopyTo(one.State(0));
            new SearchRun().Run(new NudgedSearch(), batch, one, new SamplingKey(1), new SearchOptions(1, 1, null), default);
            Assert.True(one.Energy(0) <= before + 1e-6);
            var costs = new double[batch.VariableCount];
            batch.FlipCosts(0, one.State(0), costs);
            Assert.True(costs.Min() >= -1e-5);
        }
    }

    private static void Check<TPlan>(double temperature)
        where TPlan : struct, IAnnealingPlan
    {
        const int Reads = 5_000;
        ProblemBatch batch = RandomProblems.Batch<TPlan>(1, 5);
        var result = new SampleSet(1, Reads, batch.VariableCount) { Temperature = temperature };
        byte[] start = new byte[batch.VariableCount];
        start[0] = start[1] = 1;
        for (int r = 0; r < Reads; r++)
        {
            start.CopyTo(result.State(0, r));
        }

        var search = new NudgedSearch { Temperature = temperature };
        new SearchRun().Run(search, batch, result, new SamplingKey(2), new SearchOptions(1, 1, null), default);
        Boltzmann.AssertDistribution(batch, result);
    }

    /// <summary>One head of eight tokens, of which two are selected: no single flip leads from one selection to another.</summary>
    private struct TinyPartition : ITestPlan
    {
        public static int Tokens => 8;
        public static int Heads => 1;
        public static float PairScale => -2;
        public static int SumPenaltyCount => 1;
        public static SumPenalty GetSumPenalty(int index, in ProblemView problem) => new(ConstraintKind.Exactly, 2, 60);
        public static void WriteLinear(in ProblemView problem, int head, Span<float> linear)
        {
            for (int i = 0; i < Tokens; i++)
            {
                linear[i] = -problem.Fields[i];
            }
        }
    }
}
