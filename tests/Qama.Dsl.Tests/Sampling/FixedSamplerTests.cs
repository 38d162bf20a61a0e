using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

public class FixedSamplerTests
{
    private static readonly ProblemBatch Batch = RandomProblems.Batch<TinyPlan>(2, 51);

    [Fact]
    public void Replays_one_state_per_problem_with_energies_of_the_problems_at_hand()
    {
        byte[] first = [1, 0, 0, 1];
        var result = new SampleSet(2, 1, 4);
        new FixedSampler(first, [0, 1, 1, 1]).Fill(Batch, result);
        Assert.Equal(first, result.State(0).ToArray());
        Assert.Equal([0, 1, 1, 1], result.State(1).ToArray());
        Assert.Equal(Batch.Energy(0, first), result.Energy(0));
    }

    [Fact]
    public void Replays_a_sample_set_of_another_sampler()
    {
        var recorded = new SampleSet(2, 3, 4);
        new ExactSampler().Fill(Batch, recorded);
        var result = new SampleSet(2, 3, 4);
        new FixedSampler(recorded).Fill(Batch, result);
        for (int k = 0; k < 6; k++)
        {
            Assert.Equal(recorded.State(k / 3, k % 3).ToArray(), result.State(k / 3, k % 3).ToArray());
            Assert.Equal(recorded.Energy(k / 3, k % 3), result.Energy(k / 3, k % 3));
        }
    }

    [Fact]
    public void Replays_reads_at_the_temperature_they_were_drawn_at_and_no_other()
    {
        var recorded = new SampleSet(2, 3, 4) { Temperature = 2 };
        new ExactSampler().Fill(Batch, recorded);
        var sampler = new FixedSampler(recorded);
        Assert.True(sampler.SamplesAtTemperature);
        var result = new SampleSet(2, 3, 4) { Temperature = 2 };
        sampler.Fill(Batch, result);
        Assert.Equal(recorded.State(1, 2).ToArray(), result.State(1, 2).ToArray());
        result.Temperature = 1;
        Assert.Throws<NotSupportedException>(() => sampler.Fill(Batch, result));
    }

    [Fact]
    public void Says_what_is_missing()
    {
        AssertRefused("Selections of 1 problems", () => new FixedSampler([1, 0, 0, 1]).Fill(Batch, new SampleSet(2, 1, 4)));
        AssertRefused("1 reads", () => new FixedSampler([1, 0, 0, 1], [0, 0, 0, 0]).Fill(Batch, new SampleSet(2, 2, 4)));
        AssertRefused("variables", () => new FixedSampler([1, 0], [0, 0]).Fill(Batch, new SampleSet(2, 1, 4)));
        AssertRefused("at least one state", () => _ = new FixedSampler());
        AssertRefused("one length", () => _ = new FixedSampler([1, 0], [0]));
        AssertRefused("0 or 1", () => _ = new FixedSampler([1, 2]));
    }

    private static void AssertRefused(string words, Action action) =>
        Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
