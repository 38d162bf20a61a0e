using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>What samplers refuse before any work: the result stays as it was.</summary>
public class SamplerValidationTests
{
    public static TheoryData<string> Samplers => ["annealing", "tempering", "exact", "fixed"];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_coefficient_that_is_not_finite_is_refused(string sampler)
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var couplings = new float[2 * 2 * 16];
            couplings[1] = bad;
            Refused(sampler, new AttentionProblemBatch<TestModel<TinyPlan>>(1, couplings, new float[32]), new(1, 1, 4), "NaN");
            var fields = new float[32];
            fields[17] = bad;
            Refused(sampler, new AttentionProblemBatch<TestModel<TinyPlan>>(1, new float[64], fields), new(1, 1, 4), "NaN");
        }

        var qubo = new QuboMatrix(4);
        qubo.AddPair(1, 2, double.NaN);
        Refused(sampler, new QuboProblemBatch(qubo), new(1, 1, 4), "NaN");
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_sample_set_of_the_wrong_size_is_refused(string sampler)
    {
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(2, 1);
        Refused(sampler, batch, new(2, 1, 5), "4 variables");
        Refused(sampler, batch, new(1, 1, 4), "2 problems");
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_temperature_that_is_not_positive_is_refused(string sampler)
    {
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(1, 1);
        foreach (double bad in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Refused(sampler, batch, new(1, 1, 4) { Temperature = bad }, "temperature");
        }
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_token_count_out_of_range_is_refused(string sampler)
    {
        AttentionProblemBatch<TestModel<TinyPlan>> batch = RandomProblems.Batch<TinyPlan>(1, 1);
        batch.TokenCounts[0] = 3;
        Refused(sampler, batch, new(1, 1, 4), "token count");
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_batch_without_problems_is_refused(string sampler)
    {
        AttentionProblemBatch<TestModel<TinyPlan>> batch = RandomProblems.Batch<TinyPlan>(1, 1);
        batch.SetCount(0);
        Refused(sampler, batch, new(1, 1, 4), "at least one problem");
    }

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_cancelled_token_ends_the_call_before_any_work(string sampler)
    {
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(1, 1);
        SampleSet result = Marked(new(1, 1, 4));
        Assert.ThrowsAny<OperationCanceledException>(
            () => { _ = Make(sampler).SampleAsync(batch, result, default, new CancellationToken(true)).AsTask(); });
        AssertUntouched(result);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(1, 1);
        Refused(new SimulatedAnnealingSampler { Sweeps = 0 }, batch, new(1, 1, 4), "sweep");
        Refused(new SimulatedAnnealingSampler { Cold = 0 }, batch, new(1, 1, 4), "cold");
        Refused(new SimulatedAnnealingSampler { Cold = 2, Hot = 1 }, batch, new(1, 1, 4), "cold");
        Refused(new SimulatedAnnealingSampler { Hot = double.NaN }, batch, new(1, 1, 4), "hot");
        Refused(new SimulatedAnnealingSampler { Restarts = 0 }, batch, new(1, 1, 4), "Restarts");
        Refused(new SimulatedAnnealingSampler { Threads = -1 }, batch, new(1, 1, 4), "Threads");
        Refused(new ParallelTemperingSampler { Replicas = 1 }, batch, new(1, 1, 4), "Replicas");
        Refused(new ParallelTemperingSampler { Rounds = 0 }, batch, new(1, 1, 4), "Rounds");
        Refused(new ParallelTemperingSampler { Sweeps = 0 }, batch, new(1, 1, 4), "sweep");
        Refused(new ParallelTemperingSampler { Hot = 0.01 }, batch, new(1, 1, 4), "cold");
        Refused(new ParallelTemperingSampler { Threads = -1 }, batch, new(1, 1, 4), "Threads");
    }

    [Fact]
    public void The_driver_refuses_memory_and_problems_of_the_wrong_size()
    {
        Driver("couplings", couplings: 63);
        Driver("token count", tokens: 3);
        Driver("state of 4", state: 3);
        Driver("scratch", scratch: Annealer<TinyPlan>.ScratchLength - 1);
        Driver("sweep", sweeps: 0);
    }

    [Fact]
    public void Plain_problems_must_have_one_size()
    {
        Assert.Throws<ArgumentException>(() => new QuboProblemBatch());
        Assert.Throws<ArgumentException>(() => new QuboProblemBatch(new QuboMatrix(2), new QuboMatrix(3)));
        Assert.Throws<ArgumentException>(() => new QuboProblemBatch(new QuboMatrix(2)).WriteQubo(0, new QuboMatrix(3)));
        Assert.Throws<ArgumentException>(() => new QuboProblemBatch(new QuboMatrix(2)).Slope(0, new float[3], new float[2]));
    }

    [Fact]
    public void An_ising_problem_is_solved_as_the_qubo_it_equals()
    {
        IsingProblem ising = RandomProblems.Qubo(8, 3).ToIsing();
        QuboProblemBatch batch = QuboProblemBatch.FromIsing(ising);
        var result = new SampleSet(1, 1, 8);
        new ExactSampler().Fill(batch, result);
        double best = Enumerable.Range(0, 256)
            .Min(code => ising.Energy([.. RandomProblems.State(code, 8).Select(x => (sbyte)(2 * x - 1))]));
        Assert.Equal(best, result.Energy(0), 1e-9);
    }

    private static void Driver(
        string words, int couplings = 64, int tokens = 2, int state = 4, int? scratch = null, int sweeps = 1)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() =>
        {
            var random = new RandomStream(1);
            Annealer<TinyPlan>.Run(
                new ProblemView(new float[couplings], new float[32], tokens), new AnnealingSchedule(sweeps, 1, 0.1), ref random,
                new byte[state], new float[scratch ?? Annealer<TinyPlan>.ScratchLength]);
        });
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static ISampler Make(string name) => name switch
    {
        "annealing" => new SimulatedAnnealingSampler(),
        "tempering" => new ParallelTemperingSampler(),
        "exact" => new ExactSampler(),
        _ => new FixedSampler([0, 1, 0, 1], [1, 1, 1, 1]),
    };

    private static void Refused(string sampler, ProblemBatch batch, SampleSet result, string words) =>
        Refused(Make(sampler), batch, result, words);

    private static void Refused(ISampler sampler, ProblemBatch batch, SampleSet result, string words)
    {
        Marked(result);
        var error = Assert.ThrowsAny<ArgumentException>(() => sampler.Fill(batch, result));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        AssertUntouched(result);
    }

    private static SampleSet Marked(SampleSet result)
    {
        result.State(0).Fill(9);
        result.Energy(0) = 1234;
        result.Provenance = "before";
        return result;
    }

    private static void AssertUntouched(SampleSet result)
    {
        Assert.All(result.State(0).ToArray(), x => Assert.Equal(9, x));
        Assert.Equal(1234, result.Energy(0));
        Assert.Equal("before", result.Provenance);
    }
}
