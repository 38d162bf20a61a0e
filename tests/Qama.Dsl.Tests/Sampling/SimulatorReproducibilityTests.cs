using System.Collections.Concurrent;
using Qama.Annealing;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Simulators' results depend on problem, seed, step and global sample index alone.</summary>
[Collection(Alone.Name)]
public class SimulatorReproducibilityTests
{
    public static TheoryData<string> Names => Simulators.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_results(string name)
    {
        Threads<BinaryPlan>(name);
        Threads<BoundedPlan>(name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_split_of_a_batch_does_not_change_results(string name)
    {
        List<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> problems = RandomProblems.Dense<OverlapPlan>(7, 77);
        SampleSet all = Sample(name, Batch(problems), new SamplingKey(3, 5, 100), 2);
        foreach (int first in new[] { 0, 4 })
        {
            int count = first == 0 ? 4 : 3;
            SampleSet some = Sample(name, Batch(problems.GetRange(first, count)), new SamplingKey(3, 5, 100 + first), 2);
            for (int p = 0; p < count; p++)
            {
                AssertSame(all, first + p, some, p);
            }
        }

        static ProblemBatch Batch(List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)> p) =>
            AttentionProblemBatch<TestModel<OverlapPlan>>.FromDense(p);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Seed_step_and_sample_each_change_the_random_numbers(string name)
    {
        ProblemBatch batch = new QuboProblemBatch(RandomProblems.Qubo(500, 2)); // so rugged that no two searches end alike
        SamplingKey[] keys = [new(1), new(2), new(1, 1), new(1, 0, 1)];
        byte[][] states = [.. keys.Select(k => Sample(name, batch, k, 1, steps: 1).State(0).ToArray())];
        Assert.Equal(keys.Length, states.Select(s => string.Join("", s)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reused_sampler_gives_the_same_results_and_allocates_nothing(string name)
    {
        ISampler sampler = Simulators.Make(name, 20, 2);
        ProblemBatch batch = new QuboProblemBatch([.. Enumerable.Range(0, 3).Select(p => RandomProblems.Qubo(30, (ulong)p))]);
        var first = new SampleSet(3, 2, 30);
        var second = new SampleSet(3, 2, 30);
        sampler.Fill(batch, first, new SamplingKey(8));
        sampler.Fill(RandomProblems.Batch<BoundedPlan>(2, 2), new SampleSet(2, 2, 16));
        sampler.Fill(batch, second, new SamplingKey(9));
        bool completed = false;
        Allocations.AssertNone(() => completed = IsCompleted(sampler.SampleAsync(batch, second, new SamplingKey(8))));
        Assert.True(completed);
        for (int p = 0; p < 3; p++)
        {
            AssertSame(first, p, second, p);
        }

        static bool IsCompleted(ValueTask task) => task.IsCompletedSuccessfully;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Traces_fall_and_end_at_the_energy_of_the_read(string name)
    {
        ProblemBatch batch = RandomProblems.Batch<PublishedPlan>(2, 3);
        var seen = new ConcurrentDictionary<(int, int), List<(int Step, double Energy)>>();
        void Trace(int problem, int read, int step, double energy) => seen.GetOrAdd((problem, read), _ => []).Add((step, energy));
        ISampler sampler = Simulators.Make(name, 60, threads: 2);
        if (sampler is PolishedSampler polished)
        {
            polished.Trace = Trace;
        }
        else
        {
            ((SearchSampler)sampler).Trace = Trace;
        }

        var result = new SampleSet(2, 2, batch.VariableCount);
        sampler.Fill(batch, result, new SamplingKey(4));
        Assert.Equal(4, seen.Count);
        for (int p = 0; p < 2; p++)
        {
            double[] ends = [.. seen.Where(s => s.Key.Item1 == p).Select(s => s.Value[^1].Energy).Order()];
            for (int r = 0; r < 2; r++)
            {
                Assert.Equal(result.Energy(p, r), ends[r], 1e-4 * Math.Abs(ends[r]));
            }
        }

        Assert.All(seen.Values, trace =>
        {
            Assert.True(trace.Count > 5);
            Assert.Equal(trace.Select(t => t.Step).Order(), trace.Select(t => t.Step));
            Assert.Equal(trace.Select(t => t.Energy).OrderDescending(), trace.Select(t => t.Energy));
        });
    }

    private static void Threads<TPlan>(string name)
        where TPlan : struct, IAnnealingPlan
    {
        ProblemBatch batch = RandomProblems.Batch<TPlan>(6, 1);
        SampleSet expected = Sample(name, batch, new SamplingKey(7), 1);
        foreach (int threads in new[] { 2, 7 })
        {
            SampleSet actual = Sample(name, new MeetingBatch(batch, threads), new SamplingKey(7), threads);
            for (int p = 0; p < batch.Count; p++)
            {
                AssertSame(expected, p, actual, p);
            }
        }
    }

    private static SampleSet Sample(string name, ProblemBatch batch, SamplingKey key, int threads, int steps = 10)
    {
        var result = new SampleSet(batch.Count, 3, batch.VariableCount);
        Simulators.Make(name, steps, threads: threads).Fill(batch, result, key);
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
