using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Reads at a temperature: the ends of independent chains, compared with the exact distribution.</summary>
public class FixedTemperatureTests
{
    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void A_binary_chain_samples_the_boltzmann_distribution(double temperature) => Check<TinyPlan>(temperature, 31);

    [Theory]
    [InlineData(1.5)]
    [InlineData(4)]
    public void Heads_that_hand_tokens_over_sample_the_boltzmann_distribution(double temperature) =>
        Check<TinyHeadsPlan>(temperature, 32);

    [Theory]
    [InlineData(0.8, 34)]
    [InlineData(0.8, 35)]
    [InlineData(3, 36)]
    public void A_chain_of_levels_and_trades_samples_the_boltzmann_distribution(double temperature, ulong seed) =>
        Check<TinyWeightsPlan>(temperature, seed);

    [Fact]
    public void Variables_that_cost_nothing_are_not_flipped_in_step()
    {
        // All energies equal, and the same random numbers: one sweep more decides anew about every variable. A chain that
        // accepts every free flip would turn all of them over in every sweep.
        var batch = new AttentionProblemBatch<TestModel<FreePlan>>(1, new float[4 * 16], new float[16]);
        SampleSet before = Sample(batch, new SamplingKey(4), 4, 1);
        SampleSet after = Sample(batch, new SamplingKey(4), 5, 1);
        int reads = before.ReadCount;
        var changes = new int[16];
        for (int r = 0; r < reads; r++)
        {
            changes[RandomProblems.Code(before.State(0, r)) ^ RandomProblems.Code(after.State(0, r))]++;
        }

        Assert.All(changes, count => Assert.InRange(count, reads / 16 - 250, reads / 16 + 250));
        Boltzmann.AssertDistribution(batch, after);
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void A_chain_on_a_plain_qubo_samples_the_boltzmann_distribution(double temperature)
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(5, 33));
        Boltzmann.AssertDistribution(batch, Sample(batch, new SamplingKey(5), 60, temperature));
    }

    [Fact]
    public void A_chain_crosses_a_barrier_from_both_sides_equally_often()
    {
        var qubo = new QuboMatrix(3);
        qubo.AddPair(0, 1, -4);
        qubo.AddLinear(0, 2);
        qubo.AddLinear(1, 2);
        qubo.AddPair(1, 2, 1);
        var batch = new QuboProblemBatch(qubo);
        Boltzmann.AssertDistribution(batch, Sample(batch, new SamplingKey(6), 100, 1));
    }

    private static void Check<TPlan>(double temperature, ulong seed)
        where TPlan : struct, IAnnealingPlan
    {
        ProblemBatch batch = RandomProblems.Batch<TPlan>(1, seed);
        Boltzmann.AssertDistribution(batch, Sample(batch, new SamplingKey((long)seed), 60, temperature));
    }

    private static SampleSet Sample(ProblemBatch batch, SamplingKey key, int sweeps, double temperature)
    {
        var result = new SampleSet(1, 20_000, batch.VariableCount) { Temperature = temperature };
        new SimulatedAnnealingSampler { Sweeps = sweeps }.Fill(batch, result, key);
        return result;
    }
}
