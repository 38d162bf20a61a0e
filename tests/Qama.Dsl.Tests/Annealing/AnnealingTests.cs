using Qama.Annealing;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

public class AnnealingTests
{
    [Fact]
    public void Reaches_the_minimum_of_20_bits_with_exclusion() => ReachesMinimum<BinaryPlan>();

    [Fact]
    public void Reaches_the_minimum_of_20_bits_in_one_long_row() => ReachesMinimum<LongRowPlan>();

    [Fact]
    public void Reaches_the_minimum_with_pair_penalties() => ReachesMinimum<PairPenaltyPlan>();

    [Fact]
    public void Reaches_the_minimum_of_curved_weights() => ReachesMinimum<WeightsPlan>();

    [Fact]
    public void Reaches_the_minimum_with_exclusion_on_bits() => ReachesMinimum<OverlapPlan>();

    [Fact]
    public void Reaches_the_minimum_under_a_constraint_that_freezes_single_flips() => ReachesMinimum<ExactlyPlan>();

    [Fact]
    public void Reaches_the_minimum_between_two_bounds_on_weights() => ReachesMinimum<BoundedPlan>();

    [Fact]
    public void Reaches_the_minimum_with_unbalanced_penalties() => ReachesMinimum<UnbalancedPlan>();

    [Fact]
    public void Reaches_the_minimum_with_a_diagonal() => ReachesMinimum<DiagonalPlan>();

    [Fact]
    public void Reaches_the_minimum_of_weights_with_a_diagonal() => ReachesMinimum<DiagonalWeightsPlan>();

    [Fact]
    public void Reaches_the_minimum_of_heads_that_share_no_token() => ReachesMinimum<HardExclusionPlan>();

    [Fact]
    public void Reaches_the_minimum_of_heads_that_divide_all_tokens() => ReachesMinimum<PartitionPlan>();

    [Fact]
    public void Reaches_the_minimum_of_a_plain_qubo() =>
        ReachesMinimum(new QuboProblemBatch([.. Enumerable.Range(0, 4).Select(p => RandomProblems.Qubo(16, (ulong)p))]));

    [Fact]
    public void Never_selects_padded_tokens_and_still_reaches_the_minimum()
    {
        AttentionProblemBatch<TestModel<LongRowPlan>> batch = RandomProblems.Batch<LongRowPlan>(4, 3, fieldScale: 5);
        for (int p = 0; p < 4; p++)
        {
            batch.TokenCounts[p] = p * 6;
        }

        ReachesMinimum(batch);
    }

    [Fact]
    public void Never_selects_padded_tokens_of_constrained_weights()
    {
        AttentionProblemBatch<TestModel<BoundedPlan>> batch = RandomProblems.Batch<BoundedPlan>(3, 4, fieldScale: 5);
        for (int p = 0; p < 3; p++)
        {
            batch.TokenCounts[p] = p + 1;
        }

        ReachesMinimum(batch);
    }

    [Fact]
    public void A_problem_without_tokens_has_nothing_selected()
    {
        AttentionProblemBatch<TestModel<BoundedPlan>> batch = RandomProblems.Batch<BoundedPlan>(1, 4);
        batch.TokenCounts[0] = 0;
        SampleSet result = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 3 });
        Assert.All(result.State(0).ToArray(), x => Assert.Equal(0, x));
    }

    [Fact]
    public void Ends_where_no_flip_lowers_the_energy()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(3, 9);
        SampleSet result = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 1 });
        for (int p = 0; p < 3; p++)
        {
            byte[] state = result.State(p).ToArray();
            for (int i = 0; i < state.Length; i++)
            {
                state[i] ^= 1;
                Assert.True(batch.Energy(p, state) > result.Energy(p) - 1e-3);
                state[i] ^= 1;
            }
        }
    }

    [Fact]
    public void Energies_are_those_of_the_states_and_rise()
    {
        ProblemBatch batch = RandomProblems.Batch<ExactlyPlan>(2, 12);
        SampleSet result = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 2 }, reads: 9);
        for (int p = 0; p < 2; p++)
        {
            for (int r = 0; r < 9; r++)
            {
                Assert.Equal(batch.Energy(p, result.State(p, r)), result.Energy(p, r));
                Assert.True(r == 0 || result.Energy(p, r - 1) <= result.Energy(p, r));
            }
        }
    }

    [Fact]
    public void More_restarts_never_give_a_higher_energy()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(4, 13);
        SampleSet one = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 3 });
        SampleSet eight = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 3, Restarts = 8 });
        Assert.All(Enumerable.Range(0, 4), p => Assert.True(eight.Energy(p) <= one.Energy(p)));
        Assert.Contains(Enumerable.Range(0, 4), p => eight.Energy(p) < one.Energy(p));
    }

    private static void ReachesMinimum<TPlan>()
        where TPlan : struct, IAnnealingPlan =>
        ReachesMinimum(RandomProblems.Batch<TPlan>(4, 17));

    // 100 seeds, shared among the problems of the batch; at least 99 must reach the enumerated minimum.
    private static void ReachesMinimum(ProblemBatch batch)
    {
        var exact = new SampleSet(batch.Count, 1, batch.VariableCount);
        new ExactSampler().Fill(batch, exact);
        int reads = 100 / batch.Count;
        SampleSet result = Sample(batch, new SimulatedAnnealingSampler { Sweeps = 1000, Hot = 1, Cold = 0.05 }, reads);
        int failures = 0;
        for (int p = 0; p < batch.Count; p++)
        {
            for (int r = 0; r < reads; r++)
            {
                double gap = result.Energy(p, r) - exact.Energy(p);
                Assert.True(gap > -1e-9, "below the minimum");
                failures += gap > 1e-4 * (1 + Math.Abs(exact.Energy(p))) ? 1 : 0;
                Assert.All(Enumerable.Range(0, batch.VariableCount).Where(v => !batch.IsPresent(p, v)),
                    v => Assert.Equal(0, result.State(p, r)[v]));
            }
        }

        Assert.True(failures <= 1, $"{failures} of {reads * batch.Count} reads missed the minimum");
    }

    private static SampleSet Sample(ProblemBatch batch, SimulatedAnnealingSampler sampler, int reads = 1)
    {
        var result = new SampleSet(batch.Count, reads, batch.VariableCount);
        sampler.Fill(batch, result, new SamplingKey(99));
        return result;
    }
}
