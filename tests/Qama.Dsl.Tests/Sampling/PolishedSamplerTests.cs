using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

public class PolishedSamplerTests
{
    [Fact]
    public void Descent_ends_where_no_flip_lowers_the_energy()
    {
        ProblemBatch batch = RandomProblems.Batch<BinaryPlan>(4, 5);
        var result = new SampleSet(4, 1, 20);
        new PolishedSampler(new FixedSampler([.. Enumerable.Repeat(new byte[20], 4)])).Fill(batch, result);
        Assert.Equal("fixed selections, then descent", result.Provenance);
        for (int p = 0; p < 4; p++)
        {
            byte[] state = result.State(p).ToArray();
            Assert.True(result.Energy(p) < 0);
            for (int i = 0; i < state.Length; i++)
            {
                state[i] ^= 1;
                Assert.True(batch.Energy(p, state) > result.Energy(p) - 1e-4);
                state[i] ^= 1;
            }
        }
    }

    [Fact]
    public void A_minimum_is_left_as_it_is()
    {
        ProblemBatch batch = RandomProblems.Batch<BoundedPlan>(3, 6);
        var exact = new SampleSet(3, 1, 16);
        new ExactSampler().Fill(batch, exact);
        var result = new SampleSet(3, 1, 16);
        new PolishedSampler(new ExactSampler()) { TabuSteps = 100 }.Fill(batch, result);
        for (int p = 0; p < 3; p++)
        {
            Assert.Equal(exact.State(p).ToArray(), result.State(p).ToArray());
        }
    }

    [Fact]
    public void Tabu_search_leaves_local_minima()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(3, 7);
        var plain = new SampleSet(3, 4, 392);
        new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 2 }).Fill(batch, plain);
        var searched = new SampleSet(3, 4, 392);
        new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 2 }) { TabuSteps = 1000 }.Fill(batch, searched);
        Assert.All(Enumerable.Range(0, 3), p => Assert.True(searched.Energy(p, 3) < plain.Energy(p, 3)));
    }

    [Fact]
    public async Task An_answer_that_comes_later_is_polished_when_it_comes()
    {
        ProblemBatch batch = RandomProblems.Batch<BinaryPlan>(1, 5);
        var machine = new SlowSampler();
        var result = new SampleSet(1, 1, 20);
        ValueTask sampling = new PolishedSampler(machine).SampleAsync(batch, result, default);
        Assert.False(sampling.IsCompleted);
        machine.Answer.SetResult();
        await sampling;
        Assert.True(result.Energy(0) < 0);
        Assert.Equal("slow, then descent", result.Provenance);
    }

    // Answers with nothing selected when it is told to.
    private sealed class SlowSampler : ISampler
    {
        public string Name => "slow";

        public TaskCompletionSource Answer { get; } = new();

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            await Answer.Task;
            result.State(0).Clear();
            result.Provenance = "slow";
        }
    }
}
