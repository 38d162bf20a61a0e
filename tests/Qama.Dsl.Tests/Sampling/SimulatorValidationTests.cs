using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>What simulators refuse before any work: the result stays as it was.</summary>
public class SimulatorValidationTests
{
    public static TheoryData<string> Names => Simulators.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_problems_and_memory_are_refused(string name)
    {
        ISampler sampler = Simulators.Make(name);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var couplings = new float[2 * 2 * 16];
            couplings[1] = bad;
            Refused(sampler, new AttentionProblemBatch<TestModel<TinyPlan>>(1, couplings, new float[32]), new(1, 1, 4), "NaN");
        }

        var qubo = new QuboMatrix(4);
        qubo.AddPair(1, 2, double.NaN);
        Refused(sampler, new QuboProblemBatch(qubo), new(1, 1, 4), "NaN");
        AttentionProblemBatch<TestModel<TinyPlan>> batch = RandomProblems.Batch<TinyPlan>(2, 1);
        Refused(sampler, batch, new(2, 1, 5), "4 variables");
        Refused(sampler, batch, new(1, 1, 4), "2 problems");
        batch.TokenCounts[1] = 3;
        Refused(sampler, batch, new(2, 1, 4), "token count");
        batch.TokenCounts[1] = 2;
        batch.SetCount(0);
        Refused(sampler, batch, new(2, 1, 4), "at least one problem");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_temperature_is_refused(string name)
    {
        ISampler sampler = Simulators.Make(name);
        Assert.False(sampler.SamplesAtTemperature);
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(1, 1);
        Refused(sampler, batch, new(1, 1, 4) { Temperature = double.NaN }, "temperature");
        Assert.Throws<NotSupportedException>(() => sampler.Fill(batch, new SampleSet(1, 1, 4) { Temperature = 1 }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cancelled_token_ends_the_call_before_any_work(string name)
    {
        SampleSet result = Marked(new(1, 1, 4));
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            _ = Simulators.Make(name).SampleAsync(RandomProblems.Batch<TinyPlan>(1, 1), result, default, new CancellationToken(true)).AsTask();
        });
        AssertUntouched(result);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_problem_has_the_empty_state(string name)
    {
        var result = new SampleSet(1, 2, 0);
        Simulators.Make(name).Fill(new QuboProblemBatch(new QuboMatrix(0) { Offset = 3 }), result);
        Assert.Equal(3, result.Energy(0, 1));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Setting(new BifurcationSampler { Steps = 0 }, "Steps");
        Setting(new BifurcationSampler { TimeStep = 0 }, "TimeStep");
        Setting(new BifurcationSampler { TimeStep = double.NaN }, "TimeStep");
        Setting(new BifurcationSampler { Coupling = -1 }, "Coupling");
        Setting(new BifurcationSampler { Variant = (BifurcationVariant)7 }, "Variant");
        Setting(new BifurcationSampler { Restarts = 0 }, "Restarts");
        Setting(new BifurcationSampler { Threads = -1 }, "Threads");
        Setting(new CoherentIsingMachineSampler { Steps = 0 }, "Steps");
        Setting(new CoherentIsingMachineSampler { TimeStep = -1 }, "TimeStep");
        Setting(new CoherentIsingMachineSampler { PumpStart = double.NaN }, "PumpStart");
        Setting(new CoherentIsingMachineSampler { PumpEnd = 11 }, "PumpEnd");
        Setting(new CoherentIsingMachineSampler { Coupling = 0 }, "Coupling");
        Setting(new CoherentIsingMachineSampler { ErrorRate = -1 }, "ErrorRate");
        Setting(new CoherentIsingMachineSampler { TargetAmplitude = 0 }, "TargetAmplitude");
        Setting(new CoherentIsingMachineSampler { Noise = -1 }, "Noise");
        Setting(new CoherentIsingMachineSampler { Limits = new MachineLimits(550, 1) }, "Bits");
        Setting(new CoherentIsingMachineSampler { Limits = new MachineLimits(1, 8) }, "Spins");
        Setting(new TabuSampler { Steps = 0 }, "Steps");
        Setting(new TabuSampler { Stall = -1 }, "Stall");
        Setting(new PolishedSampler(new TabuSampler()) { TabuSteps = -1 }, "TabuSteps");
        Setting(new PolishedSampler(new TabuSampler()) { Stall = -1 }, "Stall");
        Setting(new PolishedSampler(new TabuSampler()) { Threads = -1 }, "Threads");
        Setting(new PolishedSampler(new TabuSampler { Steps = 0 }), "Steps");
        Assert.Throws<ArgumentNullException>(() => new PolishedSampler(null!));
    }

    private static void Setting(ISampler sampler, string words) =>
        Refused(sampler, RandomProblems.Batch<TinyPlan>(1, 1), new(1, 1, 4), words);

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
