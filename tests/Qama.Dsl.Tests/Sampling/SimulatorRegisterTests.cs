using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Simulators give the same states, bit for bit, whatever registers they work in.</summary>
public class SimulatorRegisterTests
{
    public static TheoryData<string> Names => Simulators.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void States_and_energies_do_not_depend_on_the_registers(string name)
    {
        Check<BinaryPlan>(name);
        Check<LongRowPlan>(name);
        Check<PairPenaltyPlan>(name);
        Check<WeightsPlan>(name);
        Check<OverlapPlan>(name);
        Check<ExactlyPlan>(name);
        Check<BoundedPlan>(name);
        Check<UnbalancedPlan>(name);
        Check<DiagonalWeightsPlan>(name);
        Check<HardExclusionPlan>(name);
        Check(name, new QuboProblemBatch([.. Enumerable.Range(0, 2).Select(p => RandomProblems.Qubo(90, (ulong)p))]));
    }

    [Fact]
    public void A_machine_with_noise_does_not_either()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(40, 3));
        CheckSearch(CoherentIsingMachineSampler.ForMachine(new MachineLimits(100, 8)), batch);
    }

    private static void Check<TPlan>(string name)
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(3, 31);
        batch.TokenCounts[1] -= 1;
        Check(name, batch);
    }

    private static void Check(string name, ProblemBatch batch) => CheckSearch((IReadSearch)Simulators.Make(name, 60), batch);

    private static void CheckSearch(IReadSearch search, ProblemBatch batch)
    {
        SampleSet expected = Run(search, batch, 512);
        foreach (int bits in new[] { 256, 128 })
        {
            SampleSet actual = Run(search, batch, bits);
            for (int p = 0; p < batch.Count; p++)
            {
                for (int r = 0; r < expected.ReadCount; r++)
                {
                    Assert.Equal(expected.State(p, r).ToArray(), actual.State(p, r).ToArray());
                    Assert.Equal(expected.Energy(p, r), actual.Energy(p, r));
                }
            }
        }
    }

    // What improves states starts from all 0.
    private static SampleSet Run(IReadSearch search, ProblemBatch batch, int bits)
    {
        var result = new SampleSet(batch.Count, 3, batch.VariableCount);
        new SearchRun { RegisterBits = bits }.Run(
            search, batch, result, new SamplingKey(12), new SearchOptions(2, 1, null), CancellationToken.None);
        return result;
    }
}
