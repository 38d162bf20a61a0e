using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Problems;

/// <summary>What simulators see of a problem against its literal energy: tabu search with one step is the best flip.</summary>
public class StructuredEnergyTests
{
    [Fact]
    public void Descent_from_every_kind_of_model_ends_where_no_flip_lowers_the_literal_energy()
    {
        EndsInMinimum<BinaryPlan>(3);
        EndsInMinimum<LongRowPlan>(17);
        EndsInMinimum<PairPenaltyPlan>(-1);
        EndsInMinimum<WeightsPlan>(-1);
        EndsInMinimum<OverlapPlan>(2);
        EndsInMinimum<ExactlyPlan>(-1);
        EndsInMinimum<BoundedPlan>(3);
        EndsInMinimum<UnbalancedPlan>(5);
        EndsInMinimum<DiagonalPlan>(-1);
        EndsInMinimum<DiagonalWeightsPlan>(3);
        EndsInMinimum<HardExclusionPlan>(-1);
        EndsInMinimum<PartitionPlan>(4);
    }

    [Fact]
    public void A_batch_that_knows_only_its_qubo_is_searched_with_its_slack()
    {
        AttentionProblemBatch<TestModel<BoundedPlan>> structured = RandomProblems.Batch<BoundedPlan>(1, 17);
        var exact = new SampleSet(1, 1, 16);
        new ExactSampler().Fill(structured, exact);
        var result = new SampleSet(1, 1, 16);
        new TabuSampler { Steps = 4000, Restarts = 20 }.Fill(new QuboOnlyBatch(structured), result);
        Assert.Equal(exact.Energy(0), result.Energy(0), 1e-6);
    }

    // From random states: the only move is the steepest flip, so the end depends on every cost along the way.
    private static void EndsInMinimum<TPlan>(int tokens)
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(3, 23);
        if (tokens >= 0)
        {
            batch.TokenCounts[1] = tokens;
        }

        var random = new RandomStream(5);
        byte[][] states = new byte[3][];
        for (int p = 0; p < 3; p++)
        {
            states[p] = [.. Enumerable.Range(0, batch.VariableCount).Select(v => (byte)(batch.IsPresent(p, v) ? random.NextInt32(2) : 0))];
        }

        var result = new SampleSet(3, 1, batch.VariableCount);
        new PolishedSampler(new FixedSampler(states)).Fill(batch, result);
        for (int p = 0; p < 3; p++)
        {
            byte[] expected = Steepest(batch, p, states[p]);
            Assert.Equal(expected, result.State(p).ToArray());
        }
    }

    private static byte[] Steepest(ProblemBatch batch, int problem, byte[] start)
    {
        byte[] state = [.. start];
        double energy = batch.Energy(problem, state);
        while (true)
        {
            (int best, double lowest) = (-1, energy - 1e-5);
            for (int v = 0; v < state.Length; v++)
            {
                if (batch.IsPresent(problem, v))
                {
                    state[v] ^= 1;
                    double changed = batch.Energy(problem, state);
                    state[v] ^= 1;
                    (best, lowest) = changed < lowest ? (v, changed) : (best, lowest);
                }
            }

            if (best < 0)
            {
                return state;
            }

            state[best] ^= 1;
            energy = lowest;
        }
    }

    private sealed class QuboOnlyBatch(ProblemBatch inner) : ProblemBatch
    {
        public override int Count => inner.Count;

        public override int VariableCount => inner.VariableCount;

        public override int SlackCount => inner.SlackCount;

        public override int ScratchLength => inner.ScratchLength;

        public override bool IsFinite(int problem) => inner.IsFinite(problem);

        public override double Energy(int problem, ReadOnlySpan<byte> state) => inner.Energy(problem, state);

        public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope) => inner.Slope(problem, state, slope);

        public override void WriteQubo(int problem, QuboMatrix destination) => inner.WriteQubo(problem, destination);

        public override void Anneal(
            int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
            inner.Anneal(problem, schedule, ref random, state, scratch);
    }
}
