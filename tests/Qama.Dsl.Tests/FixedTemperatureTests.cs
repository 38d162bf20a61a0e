using Qama.Ising;
using Qama.Kernels;
using Qama.Sampling;

namespace Qama.Tests;

/// <summary>Reads at a temperature: the ends of independent chains, compared with the exact distribution.</summary>
public class FixedTemperatureTests
{
    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void A_binary_chain_samples_the_boltzmann_distribution(double temperature) => Check<TinyPlan>(temperature, 31);

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void A_chain_of_levels_and_trades_samples_the_boltzmann_distribution(double temperature) =>
        Check<TinyWeightsPlan>(temperature, 32);

    [Fact]
    public void Variables_that_cost_nothing_are_not_flipped_in_step()
    {
        // All energies equal: a chain that accepts every free flip would only ever see two states.
        AttentionProblemBatch<TestModel<TinyPlan>> batch = Free();
        var result = Sample(batch, new SamplingKey(4), sweeps: 1, temperature: 1);
        Boltzmann.AssertDistribution(batch, result);

        AttentionProblemBatch<TestModel<TinyPlan>> Free()
        {
            var couplings = new float[2 * 2 * 16];
            return new AttentionProblemBatch<TestModel<TinyPlan>>(1, couplings, new float[2 * 16]);
        }
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
    public void A_single_long_chain_visits_states_as_often_as_independent_ones()
    {
        // Frozen couplings would show here: an equal number of flips through a barrier from both sides.
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
