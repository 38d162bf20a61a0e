using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Units do not matter: a problem times a power of two has the same states, and a constant changes
/// none.</summary>
public class UnitTests
{
    private const int Size = 14; // enumeration takes part

    public static TheoryData<string> Names => EverySampler.Names;

    public static TheoryData<string> AtTemperature => EverySampler.AtTemperature;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_power_of_two_does_not_change_the_states_of_a_plain_problem(string name) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(8), Prop.ForAll(
            (from seed in Gen.Choose(0, 10_000)
             from exponent in Gen.Choose(-930, 997) // so that no digit of the smallest is lost
             from apart in Gen.Elements(0, 20, 60)
             select (seed, exponent, apart)).ToArbitrary(),
            ((int Seed, int Exponent, int Apart) given) =>
            {
                QuboMatrix qubo = Mixed(given.Seed, given.Apart);
                AssertScaled(name, new QuboProblemBatch(qubo), new QuboProblemBatch(Scaled(qubo, given.Exponent)), given.Exponent);
            }));

    [Theory]
    [MemberData(nameof(AtTemperature))]
    public void A_power_of_two_does_not_change_states_drawn_at_a_temperature_in_the_same_unit(string name)
    {
        QuboMatrix qubo = Mixed(1, 0);
        foreach (int exponent in new[] { -997, -300, -70, 70, 300, 997 })
        {
            AssertScaled(name, new QuboProblemBatch(qubo), new QuboProblemBatch(Scaled(qubo, exponent)), exponent, temperature: 1.7);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fields_alone_have_no_unit_either(string name)
    {
        var qubo = new QuboMatrix(4);
        qubo.AddLinear(0, -3);
        qubo.AddLinear(1, 2);
        qubo.AddLinear(3, -1e-9);
        foreach (int exponent in new[] { -997, -70, 70, 997 })
        {
            AssertScaled(name, new QuboProblemBatch(qubo), new QuboProblemBatch(Scaled(qubo, exponent)), exponent);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_power_of_two_does_not_change_the_states_of_couplings_and_fields(string name)
    {
        List<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> problems = RandomProblems.Dense<ShortRowPlan>(2, 5);
        foreach (int exponent in new[] { -100, -60, -30, 30, 60, 100 })
        {
            AssertScaled(name, Batch(problems, 0), Batch(problems, exponent), exponent);
        }

        static ProblemBatch Batch(List<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> problems, int exponent) =>
            AttentionProblemBatch<TestModel<ShortRowPlan>>.FromDense([.. problems.Select(
                p => (Scaled(p.Couplings, exponent), Scaled(p.Fields, exponent)))]);

        static ReadOnlyMemory<float> Scaled(ReadOnlyMemory<float> x, int exponent) =>
            x.ToArray().Select(v => MathF.ScaleB(v, exponent)).ToArray();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_unit_of_all_weights_of_a_declaration_does_not_change_states(string name)
    {
        Weights<PairPenaltyPlan>(name);
        Weights<OverlapPlan>(name);
        if (name != "enumeration")
        {
            Weights<HardExclusionPlan>(name);
            Weights<DiagonalWeightsPlan>(name);
        }

        if (name is not ("enumeration" or "tempering")) // which ask for the literal energy very often
        {
            Weights<BinaryPlan>(name);
            Weights<WeightsPlan>(name);
            Weights<ExactlyPlan>(name);
            Weights<BoundedPlan>(name);
            Weights<UnbalancedPlan>(name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_changes_no_state_and_no_order_of_reads(string name) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(6), Prop.ForAll(
            (from seed in Gen.Choose(0, 10_000)
             from constant in Gen.Elements(1e7, -1e9, 1e15, -3e17, 1e300, -0.3)
             from apart in Gen.Elements(0, 40)
             select (seed, constant, apart)).ToArbitrary(),
            ((int Seed, double Constant, int Apart) given) =>
            {
                QuboMatrix qubo = Mixed(given.Seed, given.Apart);
                SampleSet expected = Sample(name, new QuboProblemBatch(qubo));
                qubo.Offset = given.Constant;
                SampleSet actual = Sample(name, new QuboProblemBatch(qubo));
                for (int r = 0; r < expected.ReadCount; r++)
                {
                    Assert.Equal(expected.State(0, r).ToArray(), actual.State(0, r).ToArray());
                    Assert.Equal(expected.Energy(0, r) + given.Constant, actual.Energy(0, r));
                    Assert.Equal(qubo.Energy(actual.State(0, r)), actual.Energy(0, r));
                }
            }));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_sampler_did_before_does_not_change_its_results(string name) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5), Prop.ForAll(
            (from seed in Gen.Choose(0, 10_000)
             from exponent in Gen.Elements(-1000, -140, 0, 130, 997)
             from before in Gen.Elements(-900, -50, 0, 50, 900)
             from size in Gen.Choose(1, 16)
             select (seed, exponent, before, size)).ToArbitrary(),
            ((int Seed, int Exponent, int Before, int Size) given) =>
            {
                ISampler used = EverySampler.Make(name);
                QuboMatrix other = Scaled(RandomProblems.Qubo(given.Size, (ulong)given.Seed + 1), given.Before);
                used.Fill(new QuboProblemBatch(other), new SampleSet(1, 2, given.Size));
                ProblemBatch weights = name == "enumeration"
                    ? RandomProblems.Batch<TinyPlan>(1, (ulong)given.Seed) : RandomProblems.Batch<BoundedPlan>(1, (ulong)given.Seed);
                used.Fill(weights, new SampleSet(1, 1, weights.VariableCount));
                var batch = new QuboProblemBatch(Scaled(Mixed(given.Seed, 0), given.Exponent));
                SampleSet expected = Sample(name, batch);
                var actual = new SampleSet(1, 3, batch.VariableCount);
                Garble(actual);
                used.Fill(batch, actual, new SamplingKey(5));
                AssertSame(expected, actual, 0);
            }));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_problem_without_any_difference_between_states_does_not_return_what_was_there_before(string name)
    {
        ISampler used = EverySampler.Make(name);
        SampleSet actual = new(1, 3, Size);
        Garble(actual);
        used.Fill(new QuboProblemBatch(Mixed(3, 0)), new SampleSet(1, 1, Size));
        used.Fill(new QuboProblemBatch(new QuboMatrix(Size)), actual, new SamplingKey(5));
        AssertSame(Sample(name, new QuboProblemBatch(new QuboMatrix(Size))), actual, 0);
    }

    [Theory]
    [InlineData("tabu")]
    [InlineData("ballistic")]
    [InlineData("machine")]
    [InlineData("annealing")]
    [InlineData("tempering")]
    public void Traces_are_in_the_units_of_the_problem(string name)
    {
        QuboMatrix qubo = Scaled(Mixed(2, 0), 300);
        qubo.Offset = Math.ScaleB(40, 300);
        double last = 0;
        void Trace(int problem, int read, int step, double energy) => last = energy;
        ISampler sampler = EverySampler.Make(name);
        switch (sampler)
        {
            case SearchSampler search:
                search.Trace = Trace;
                break;
            case SimulatedAnnealingSampler annealing:
                annealing.Trace = Trace;
                break;
            default:
                ((ParallelTemperingSampler)sampler).Trace = Trace;
                break;
        }

        var result = new SampleSet(1, 1, Size);
        sampler.Fill(new QuboProblemBatch(qubo), result, new SamplingKey(5));
        Assert.InRange(Math.ScaleB(last - result.Energy(0), -300), -1e-4, 3);
    }

    /// <summary>Normal coefficients, some of them smaller by a power of two.</summary>
    private static QuboMatrix Mixed(int seed, int apart)
    {
        var random = new RandomStream((ulong)seed);
        var qubo = new QuboMatrix(Size);
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                qubo.AddPair(i, j, Math.ScaleB(random.NextNormal(), random.NextInt32(3) == 0 ? -random.NextInt32(apart + 1) : 0));
            }
        }

        return qubo;
    }

    private static QuboMatrix Scaled(QuboMatrix qubo, int exponent)
    {
        var scaled = new QuboMatrix(qubo.Size) { Offset = Math.ScaleB(qubo.Offset, exponent) };
        for (int i = 0; i < qubo.Size; i++)
        {
            scaled.AddLinear(i, Math.ScaleB(qubo[i, i], exponent));
            for (int j = 0; j < i; j++)
            {
                scaled.AddPair(i, j, Math.ScaleB(2 * qubo[i, j], exponent));
            }
        }

        return scaled;
    }

    private static void Weights<TPlan>(string name)
        where TPlan : struct, IAnnealingPlan
    {
        ProblemBatch batch = RandomProblems.Batch<TPlan>(1, 31);
        AssertScaled(name, batch, RandomProblems.Batch<InUnits<TPlan, Huge>>(1, 31), 100);
        AssertScaled(name, batch, RandomProblems.Batch<InUnits<TPlan, Tiny>>(1, 31), -100);
    }

    private static void AssertScaled(string name, ProblemBatch batch, ProblemBatch scaled, int exponent, double? temperature = null)
    {
        SampleSet expected = Sample(name, batch, temperature);
        SampleSet actual = Sample(name, scaled, temperature is double t ? Math.ScaleB(t, exponent) : null);
        for (int p = 0; p < batch.Count; p++)
        {
            AssertSame(expected, actual, exponent, p);
        }
    }

    private static void AssertSame(SampleSet expected, SampleSet actual, int exponent, int problem = 0)
    {
        for (int r = 0; r < expected.ReadCount; r++)
        {
            Assert.Equal(expected.State(problem, r).ToArray(), actual.State(problem, r).ToArray());
            Assert.Equal(Math.ScaleB(expected.Energy(problem, r), exponent), actual.Energy(problem, r));
        }
    }

    private static SampleSet Sample(string name, ProblemBatch batch, double? temperature = null)
    {
        var result = new SampleSet(batch.Count, 3, batch.VariableCount) { Temperature = temperature };
        EverySampler.Make(name).Fill(batch, result, new SamplingKey(5));
        return result;
    }

    private static void Garble(SampleSet result)
    {
        for (int r = 0; r < result.ReadCount; r++)
        {
            result.State(0, r).Fill(1);
            result.Energy(0, r) = double.NaN;
        }
    }

    /// <summary>Couplings and fields and nothing else.</summary>
    private struct ShortRowPlan : ITestPlan
    {
        public static int Tokens => 10;
        public static int Heads => 1;
        public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
            PlanParts.WriteFields(problem, head, linear, 1);
    }
}
