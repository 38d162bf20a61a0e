using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>What flips cost, against the energies of both states.</summary>
public class FlipCostTests
{
    [Fact]
    public void Flips_of_every_kind_of_model_cost_the_difference_of_its_literal_energies()
    {
        Check<BinaryPlan>(3);
        Check<LongRowPlan>(17);
        Check<PairPenaltyPlan>();
        Check<WeightsPlan>(2);
        Check<OverlapPlan>(2);
        Check<ExactlyPlan>();
        Check<BoundedPlan>(3);
        Check<UnbalancedPlan>(5);
        Check<DiagonalPlan>(0);
        Check<DiagonalWeightsPlan>(3);
        Check<HardExclusionPlan>();
        Check<PartitionPlan>(4);
    }

    [Fact]
    public void One_slope_and_an_energy_of_each_kind_of_flip_say_the_same()
    {
        CheckSlope<BinaryPlan>();
        CheckSlope<PairPenaltyPlan>();
        CheckSlope<WeightsPlan>();
        CheckSlope<OverlapPlan>();
        CheckSlope<ExactlyPlan>();
        CheckSlope<BoundedPlan>();
        CheckSlope<UnbalancedPlan>();
        CheckSlope<PartitionPlan>();
    }

    [Fact]
    public void Flips_of_models_whose_couplings_are_features_cost_the_difference_of_their_energies()
    {
        CheckFeatures<SmallFeatures>();
        CheckFeatures<ThreeHeads>();
        CheckFeatures<FreeHeads>();
        CheckFeatures<CurvedFeatures>();
    }

    [Fact]
    public void Flips_of_couplings_that_cannot_be_written_out_have_a_cost()
    {
        ProblemBatch batch = FeatureProblems.Batch<TooManyToWriteOut>(1, 3, dense: false).Factored;
        byte[] state = FeatureProblems.RandomState(batch, 0, 4);
        var costs = new double[state.Length];
        batch.FlipCosts(0, state, costs);
        double energy = batch.Energy(0, state);
        foreach (int v in new[] { 0, 17, 4_000, state.Length - 1 })
        {
            Assert.Equal(Flipped(batch, 0, state, v) - energy, costs[v], 1e-4 * (1 + Math.Abs(costs[v])));
        }
    }

    [Fact]
    public void Flips_of_a_plain_qubo_are_computed_in_double()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(9, 3), RandomProblems.Qubo(9, 4));
        Compare(batch, 1, 1e-12);
        Compare(new MeetingBatch(batch, 1), 1, 1e-12); // from energies
    }

    [Fact]
    public void A_flip_that_costs_nothing_costs_exactly_nothing()
    {
        // 0.1 + 0.2 − 0.3 in single and in double precision.
        float[] couplings = [0, 0.1f, 0.2f, -0.3f, 0.1f, 0, 0, 0, 0.2f, 0, 0, 0, -0.3f, 0, 0, 0];
        var declared = AttentionProblemBatch<TestModel<FreePlan>>.FromDense([(couplings, new float[4])]);
        var qubo = new QuboMatrix(4);
        qubo.AddPair(0, 1, 0.1);
        qubo.AddPair(0, 2, 0.2);
        qubo.AddPair(0, 3, -0.3);
        var plain = new QuboProblemBatch(qubo);
        foreach (ProblemBatch batch in new ProblemBatch[] { declared, plain, new MeetingBatch(plain, 1) })
        {
            var costs = new double[4];
            batch.FlipCosts(0, [1, 1, 1, 1], costs);
            Assert.Equal(0, costs[0]);
            Assert.DoesNotContain(0.0, costs[1..]);
        }

        var slope = new double[4];
        CostsOfFlips.FromSlope(declared, 0, 1, 1, [1, 1, 1, 1], slope);
        Assert.Equal(0, slope[0]);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(-80)]
    public void Costs_are_in_units_of_energy_whatever_the_kernels_compute_in(int exponent)
    {
        float factor = (float)Math.ScaleB(1, exponent);
        (ReadOnlyMemory<float> j, ReadOnlyMemory<float> f) = RandomProblems.Dense<LongRowPlan>(1, 33)[0];
        var one = AttentionProblemBatch<TestModel<LongRowPlan>>.FromDense([(j, f)]);
        var other = AttentionProblemBatch<TestModel<LongRowPlan>>.FromDense([(Scaled(j), Scaled(f))]);
        byte[] state = FeatureProblems.RandomState(one, 0, 2);
        double[] costs = new double[state.Length], scaled = new double[state.Length];
        one.FlipCosts(0, state, costs);
        other.FlipCosts(0, state, scaled);
        Assert.Equal(costs, scaled.Select(c => c / factor));

        ReadOnlyMemory<float> Scaled(ReadOnlyMemory<float> numbers) => numbers.ToArray().Select(x => factor * x).ToArray();
    }

    [Fact]
    public void Lengths_and_values_are_checked()
    {
        foreach (ProblemBatch batch in new ProblemBatch[]
        {
            RandomProblems.Batch<TinyPlan>(1, 2), new QuboProblemBatch(new QuboMatrix(4)),
            FeatureProblems.Batch<TinyFeatures>(1, 2).Factored, new MeetingBatch(new QuboProblemBatch(new QuboMatrix(4)), 1),
        })
        {
            Assert.Equal("states", Assert.Throws<ArgumentException>(() => batch.FlipCosts(0, new byte[5], new double[5])).ParamName);
            Assert.Equal("states", Assert.Throws<ArgumentException>(() => batch.FlipCosts(0, [0, 1, 2, 0], new double[4])).ParamName);
            Assert.Equal("costs", Assert.Throws<ArgumentException>(() => batch.FlipCosts(0, new byte[8], new double[4])).ParamName);
            batch.FlipCosts(0, [], []);
        }
    }

    private static void Check<TPlan>(int tokens = -1)
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(2, 23);
        batch.TokenCounts[1] = tokens >= 0 ? tokens : batch.TokenCounts[1];
        batch.UpdatePenaltyWeights(1);
        Compare(batch, 0, 1e-5);
        Compare(batch, 1, 1e-5);
    }

    private static void CheckSlope<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, 29);
        batch.TokenCounts[0]--;
        for (ulong seed = 0; seed < 20; seed++)
        {
            byte[] state = FeatureProblems.RandomState(batch, 0, seed);
            var costs = new double[state.Length];
            CostsOfFlips.FromSlope(batch, 0, TPlan.Heads, TPlan.Bits, state, costs);
            AssertCosts(batch, 0, state, costs, 1e-5);
        }
    }

    private static void CheckFeatures<TEnergy>()
        where TEnergy : struct, IFeatureEnergy
    {
        FactoredProblemBatch<FactoredModel<TEnergy>> batch = FeatureProblems.Batch<TEnergy>(2, 31).Factored;
        batch.TokenCounts[1]--;
        Compare(batch, 0, 1e-5);
        Compare(batch, 1, 1e-5);
    }

    // Several states in one call, among them all zeros and all ones.
    private static void Compare(ProblemBatch batch, int problem, double tolerance)
    {
        int n = batch.VariableCount;
        byte[][] states =
        [
            new byte[n],
            [.. Enumerable.Range(0, n).Select(v => (byte)(batch.IsPresent(problem, v) ? 1 : 0))],
            .. Enumerable.Range(0, 20).Select(seed => FeatureProblems.RandomState(batch, problem, (ulong)seed)),
        ];
        var costs = new double[states.Length * n];
        costs.AsSpan().Fill(double.NaN);
        batch.FlipCosts(problem, [.. states.SelectMany(s => s)], costs);
        for (int s = 0; s < states.Length; s++)
        {
            AssertCosts(batch, problem, states[s], costs.AsSpan(s * n, n), tolerance);
        }
    }

    private static void AssertCosts(ProblemBatch batch, int problem, byte[] state, ReadOnlySpan<double> costs, double tolerance)
    {
        double energy = batch.Energy(problem, state);
        double size = 1 + Math.Abs(energy);
        for (int v = 0; v < state.Length; v++)
        {
            double expected = batch.IsPresent(problem, v) ? Flipped(batch, problem, state, v) - energy : 0;
            Assert.Equal(expected, costs[v], tolerance * Math.Max(size, Math.Abs(expected)));
        }
    }

    private static double Flipped(ProblemBatch batch, int problem, byte[] state, int variable)
    {
        byte[] other = [.. state];
        other[variable] ^= 1;
        return batch.Energy(problem, other);
    }

    /// <summary>Couplings of rank two with a curvature, which of a bit is linear: the slope alone does not say what a flip costs.</summary>
    private struct CurvedFeatures : IFeatureEnergy
    {
        public static int Tokens => 7;
        public static int Heads => 2;
        public static int Rank => 2;
        public static double Curvature => 0.9;
        public static bool HasExclusion => true;
        public static double GetExclusion(ReadOnlySpan<double> computed) => 0.5;
    }
}
