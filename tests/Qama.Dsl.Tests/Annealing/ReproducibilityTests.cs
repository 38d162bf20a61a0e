using Qama.Annealing;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Results depend on problem, seed, step and global sample index alone.</summary>
[Collection(Alone.Name)]
public class ReproducibilityTests
{
    [Fact]
    public void Threads_do_not_change_results()
    {
        Threads<PublishedPlan>();
        Threads<BoundedPlan>();
    }

    [Fact]
    public void The_split_of_a_batch_does_not_change_results()
    {
        List<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> problems = RandomProblems.Dense<BinaryPlan>(7, 77);
        AttentionProblemBatch<TestModel<BinaryPlan>> whole = AttentionProblemBatch<TestModel<BinaryPlan>>.FromDense(problems);
        SampleSet all = Sample(whole, new SamplingKey(3, 5, 100), 2);
        foreach (int first in new[] { 0, 4 })
        {
            int count = first == 0 ? 4 : 3;
            var part = AttentionProblemBatch<TestModel<BinaryPlan>>.FromDense(problems.GetRange(first, count));
            SampleSet some = Sample(part, new SamplingKey(3, 5, 100 + first), 2);
            for (int p = 0; p < count; p++)
            {
                AssertSame(all, first + p, some, p);
            }
        }
    }

    [Fact]
    public void Seed_step_and_sample_each_change_the_random_numbers()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(1, 2);
        SamplingKey[] keys = [new(1), new(2), new(1, 1), new(1, 0, 1)];
        byte[][] states = [.. keys.Select(k => Sample(batch, k, 1).State(0).ToArray())];
        Assert.Equal(keys.Length, states.Select(s => string.Join("", s)).Distinct().Count());
    }

    [Fact]
    public void A_reused_sampler_gives_the_same_results_and_allocates_nothing()
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(3, 2);
        var sampler = new SimulatedAnnealingSampler { Sweeps = 4, Threads = 1, Restarts = 2 };
        var first = new SampleSet(3, 2, batch.VariableCount);
        var second = new SampleSet(3, 2, batch.VariableCount);
        Run(first);
        // The model's energy is a test's and may allocate: a plain problem has none.
        var plain = new QuboProblemBatch(RandomProblems.Qubo(30, 1));
        var small = new SampleSet(1, 3, 30);
        sampler.Fill(plain, small);
        bool completed = false;
        Allocations.AssertNone(() => completed = IsCompleted(sampler.SampleAsync(plain, small, default)));
        Assert.True(completed);
        Run(second);
        for (int p = 0; p < 3; p++)
        {
            AssertSame(first, p, second, p);
        }

        static bool IsCompleted(ValueTask task) => task.IsCompletedSuccessfully;
        void Run(SampleSet result) => sampler.Fill(batch, result, new SamplingKey(8));
    }

    private static void Threads<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        ProblemBatch batch = RandomProblems.Batch<TPlan>(6, 1);
        SampleSet expected = Sample(batch, new SamplingKey(7), 1);
        foreach (int threads in new[] { 2, 7 })
        {
            SampleSet actual = Sample(new MeetingBatch(batch, threads), new SamplingKey(7), threads);
            for (int p = 0; p < batch.Count; p++)
            {
                AssertSame(expected, p, actual, p);
            }
        }
    }

    private static SampleSet Sample(ProblemBatch batch, SamplingKey key, int threads)
    {
        var result = new SampleSet(batch.Count, 3, batch.VariableCount);
        new SimulatedAnnealingSampler { Sweeps = 2, Threads = threads }.Fill(batch, result, key);
        return result;
    }

    private static void AssertSame(SampleSet a, int problemA, SampleSet b, int problemB)
    {
        for (int r = 0; r < a.ReadCount; r++)
        {
            Assert.Equal(a.State(problemA, r).ToArray(), b.State(problemB, r).ToArray());
            Assert.Equal(a.Energy(problemA, r), b.Energy(problemB, r));
        }
    }
}
