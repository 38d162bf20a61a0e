using Qama.Annealing;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Xunit.Abstractions;

namespace Qama.Tests.Sampling;

/// <summary>Every simulator finds the enumerated minimum of problems with every kind of penalty.</summary>
public class SimulatorMinimumTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => Simulators.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_bits_with_exclusion(string name) => ReachesMinimum<BinaryPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_in_one_long_row(string name) => ReachesMinimum<LongRowPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_with_pair_penalties(string name) => ReachesMinimum<PairPenaltyPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_curved_weights(string name) => ReachesMinimum<WeightsPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_with_exclusion_on_bits(string name) => ReachesMinimum<OverlapPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_with_unbalanced_penalties(string name) => ReachesMinimum<UnbalancedPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_with_a_diagonal(string name) => ReachesMinimum<DiagonalPlan>(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_under_exact_constraints(string name) => ReachesMinimum<ExactlyPlan>(name, 30);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_between_bounds_on_weights(string name) => ReachesMinimum<BoundedPlan>(name, 30);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_weights_with_a_diagonal_and_a_bound(string name) => ReachesMinimum<DiagonalWeightsPlan>(name, 30);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_heads_that_share_no_token(string name) => ReachesMinimum<HardExclusionPlan>(name, 30);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_plain_problems(string name) =>
        ReachesMinimum(name, 8, new QuboProblemBatch([.. Enumerable.Range(0, 4).Select(p => RandomProblems.Qubo(18, (ulong)p))]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Reaches_minima_of_ising_problems(string name) =>
        ReachesMinimum(name, 8, QuboProblemBatch.FromIsing([.. Enumerable.Range(0, 3).Select(p => RandomProblems.Qubo(16, (ulong)p).ToIsing())]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Never_selects_padded_tokens(string name)
    {
        AttentionProblemBatch<TestModel<BoundedPlan>> weights = RandomProblems.Batch<BoundedPlan>(4, 4, fieldScale: 5);
        AttentionProblemBatch<TestModel<LongRowPlan>> bits = RandomProblems.Batch<LongRowPlan>(4, 3, fieldScale: 5);
        for (int p = 0; p < 4; p++)
        {
            weights.TokenCounts[p] = p;
            bits.TokenCounts[p] = p * 6;
        }

        ReachesMinimum(name, 30, weights);
        ReachesMinimum(name, 8, bits);
    }

    private void ReachesMinimum<TPlan>(string name, int restarts = 8)
        where TPlan : struct, IAnnealingPlan =>
        ReachesMinimum(name, restarts, Enumerated<TPlan>.Batch, Enumerated<TPlan>.Minima.Value);

    private void ReachesMinimum(string name, int restarts, ProblemBatch batch) =>
        ReachesMinimum(name, restarts, batch, Enumerate(batch));

    private static SampleSet Enumerate(ProblemBatch batch)
    {
        var exact = new SampleSet(batch.Count, 1, batch.VariableCount);
        new ExactSampler().Fill(batch, exact);
        return exact;
    }

    private void ReachesMinimum(string name, int restarts, ProblemBatch batch, SampleSet exact)
    {
        const int Reads = 5;
        var result = new SampleSet(batch.Count, Reads, batch.VariableCount);
        Simulators.Make(name, 200, restarts).Fill(batch, result, new SamplingKey(99));
        int failures = 0;
        for (int p = 0; p < batch.Count; p++)
        {
            for (int r = 0; r < Reads; r++)
            {
                Assert.Equal(batch.Energy(p, result.State(p, r)), result.Energy(p, r));
                Assert.True(r == 0 || result.Energy(p, r - 1) <= result.Energy(p, r));
                double gap = result.Energy(p, r) - exact.Energy(p);
                Assert.True(gap > -1e-9, "below the minimum");
                failures += gap > 1e-4 * (1 + Math.Abs(exact.Energy(p))) ? 1 : 0;
                Assert.All(Enumerable.Range(0, batch.VariableCount).Where(v => !batch.IsPresent(p, v)),
                    v => Assert.Equal(0, result.State(p, r)[v]));
            }
        }

        output.WriteLine($"{result.Provenance}: {failures} of {Reads * batch.Count} reads missed the minimum");
        Assert.True(failures <= 1, $"{failures} of {Reads * batch.Count} reads missed the minimum");
    }

    // Enumerated once for all simulators.
    private static class Enumerated<TPlan>
        where TPlan : struct, IAnnealingPlan
    {
        public static ProblemBatch Batch { get; } = RandomProblems.Batch<TPlan>(4, 17);

        public static Lazy<SampleSet> Minima { get; } = new(() => Enumerate(Batch));
    }
}
