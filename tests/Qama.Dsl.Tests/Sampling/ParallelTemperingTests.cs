using Qama.Annealing;
using Qama.Ising;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

public class ParallelTemperingTests
{
    [Fact]
    public void Reaches_the_minimum_of_20_bits_with_exclusion() => ReachesMinimum(RandomProblems.Batch<BinaryPlan>(4, 17));

    [Fact]
    public void Reaches_the_minimum_of_weights_with_a_diagonal() =>
        ReachesMinimum(RandomProblems.Batch<DiagonalWeightsPlan>(4, 17));

    [Fact]
    public void Reaches_the_minimum_under_a_constraint_that_freezes_single_flips() =>
        ReachesMinimum(RandomProblems.Batch<ExactlyPlan>(4, 17));

    [Fact]
    public void Reaches_the_minimum_of_a_plain_qubo() =>
        ReachesMinimum(new QuboProblemBatch([.. Enumerable.Range(0, 4).Select(p => RandomProblems.Qubo(16, (ulong)p))]));

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void Reads_at_a_temperature_have_the_boltzmann_distribution(double temperature)
    {
        Check(RandomProblems.Batch<TinyPlan>(1, 31), temperature);
        Check(new QuboProblemBatch(RandomProblems.Qubo(5, 33)), temperature);
    }

    [Fact]
    public void Replicas_leave_a_valley_that_one_cold_chain_does_not()
    {
        // All eight bits off or all on: one flip costs 3, and the two valleys are equally deep.
        var qubo = new QuboMatrix(8);
        for (int i = 0; i < 8; i++)
        {
            qubo.AddLinear(i, 3);
            for (int j = 0; j < i; j++)
            {
                qubo.AddPair(i, j, -6.0 / 7);
            }
        }

        var batch = new QuboProblemBatch(qubo);
        var result = new SampleSet(1, 200, 8) { Temperature = 0.3 };
        new ParallelTemperingSampler { Replicas = 6, Rounds = 300, Sweeps = 1, Hot = 4 }.Fill(batch, result, new SamplingKey(2));
        int off = Enumerable.Range(0, 200).Count(r => result.State(0, r).ToArray().Sum(x => x) < 4);
        Assert.InRange(off, 60, 140);
    }

    [Fact]
    public void Threads_do_not_change_results_and_a_reused_sampler_repeats_them()
    {
        ProblemBatch batch = RandomProblems.Batch<BinaryPlan>(5, 1);
        var sampler = new ParallelTemperingSampler { Rounds = 3, Threads = 1 };
        SampleSet expected = Sample(sampler, batch, 2);
        foreach (int threads in new[] { 1, 2, 7 })
        {
            sampler.Threads = threads;
            SampleSet actual = Sample(sampler, batch, 2);
            for (int k = 0; k < 10; k++)
            {
                Assert.Equal(expected.State(k / 2, k % 2).ToArray(), actual.State(k / 2, k % 2).ToArray());
            }
        }
    }

    [Fact]
    public void Energies_are_those_of_local_minima_and_rise()
    {
        ProblemBatch batch = RandomProblems.Batch<BinaryPlan>(2, 12);
        SampleSet result = Sample(new ParallelTemperingSampler { Rounds = 1, Sweeps = 1 }, batch, 5);
        for (int k = 0; k < 10; k++)
        {
            byte[] state = result.State(k / 5, k % 5).ToArray();
            double energy = batch.Energy(k / 5, state);
            Assert.Equal(energy, result.Energy(k / 5, k % 5));
            Assert.True(k % 5 == 0 || result.Energy(k / 5, k % 5 - 1) <= energy);
            for (int i = 0; i < state.Length; i++)
            {
                state[i] ^= 1;
                Assert.True(batch.Energy(k / 5, state) > energy - 1e-4);
                state[i] ^= 1;
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call_of_a_shape()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(20, 1));
        var result = new SampleSet(1, 2, 20);
        var sampler = new ParallelTemperingSampler { Rounds = 2, Threads = 1 };
        sampler.Fill(batch, result);
        bool completed = false;
        Allocations.AssertNone(() => completed = IsCompleted(sampler.SampleAsync(batch, result, default)));
        Assert.True(completed);

        static bool IsCompleted(ValueTask task) => task.IsCompletedSuccessfully;
    }

    private static void ReachesMinimum(ProblemBatch batch)
    {
        var exact = new SampleSet(batch.Count, 1, batch.VariableCount);
        new ExactSampler().Fill(batch, exact);
        SampleSet result = Sample(new ParallelTemperingSampler { Replicas = 6, Rounds = 25, Sweeps = 10, Hot = 1 }, batch, 5);
        for (int k = 0; k < 5 * batch.Count; k++)
        {
            double least = exact.Energy(k / 5);
            Assert.InRange(result.Energy(k / 5, k % 5) - least, -1e-9, 1e-4 * (1 + Math.Abs(least)));
        }
    }

    private static void Check(ProblemBatch batch, double temperature)
    {
        var result = new SampleSet(1, 20_000, batch.VariableCount) { Temperature = temperature };
        new ParallelTemperingSampler { Replicas = 3, Rounds = 20, Sweeps = 2, Hot = 4 }.Fill(batch, result, new SamplingKey(5));
        Boltzmann.AssertDistribution(batch, result);
    }

    private static SampleSet Sample(ISampler sampler, ProblemBatch batch, int reads)
    {
        var result = new SampleSet(batch.Count, reads, batch.VariableCount);
        sampler.Fill(batch, result, new SamplingKey(99));
        return result;
    }
}
