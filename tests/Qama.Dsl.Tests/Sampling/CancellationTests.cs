using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>A token that is cancelled from another thread ends a read that would take hours.</summary>
[Collection(Alone.Name)]
public class CancellationTests
{
    // Only so that a search that does not end fails the test rather than keeping it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Names => EverySampler.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_long_read_of_a_plain_problem_ends(string name) =>
        await Ends(name, new QuboProblemBatch(RandomProblems.Qubo(name == "enumeration" ? 30 : 60, 1)));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_long_read_of_a_declared_problem_ends(string name)
    {
        if (name == "enumeration")
        {
            await Ends(name, RandomProblems.Batch<ThirtyPlan>(1, 1));
            return;
        }

        await Ends(name, RandomProblems.Batch<PublishedPlan>(1, 1));
        await Ends(name, RandomProblems.Batch<ExactlyPlan>(1, 1));
    }

    [Theory]
    [InlineData("annealing")]
    [InlineData("tempering")]
    public async Task A_long_chain_at_a_temperature_ends(string name)
    {
        await Ends(name, new QuboProblemBatch(RandomProblems.Qubo(60, 1)), 1);
        await Ends(name, RandomProblems.Batch<BinaryPlan>(1, 1), 1);
        await Ends(name, RandomProblems.Batch<ExactlyPlan>(1, 1), 1);
    }

    private static async Task Ends(string name, ProblemBatch batch, double? temperature = null)
    {
        ISampler sampler = EverySampler.Make(name, endless: true);
        var result = new SampleSet(1, 1, batch.VariableCount) { Temperature = temperature };
        using var stop = new CancellationTokenSource();
        var started = new StartedBatch(batch, isAnnealed: name != "polished by tabu");
        Task sampling = Task.Run(() => sampler.SampleAsync(started, result, new SamplingKey(3), stop.Token).AsTask());
        await started.Started;
        Assert.False(sampling.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sampling.WaitAsync(Patience));

        // Both can be used again, and what they give does not depend on what happened.
        Shorten(sampler);
        if (name == "enumeration")
        {
            batch = RandomProblems.Batch<TinyPlan>(1, 2);
            result = new SampleSet(1, 1, 4) { Temperature = temperature };
        }

        ISampler fresh = EverySampler.Make(name);
        Shorten(fresh);
        var expected = new SampleSet(1, 1, batch.VariableCount) { Temperature = temperature };
        fresh.Fill(batch, expected, new SamplingKey(3));
        sampler.Fill(batch, result, new SamplingKey(3));
        Assert.Equal(expected.State(0).ToArray(), result.State(0).ToArray());
        Assert.Equal(expected.Energy(0), result.Energy(0));
    }

    private static void Shorten(ISampler sampler)
    {
        switch (sampler)
        {
            case SimulatedAnnealingSampler annealing:
                (annealing.Sweeps, annealing.Restarts) = (5, 2);
                break;
            case ParallelTemperingSampler tempering:
                tempering.Rounds = 5;
                break;
            case TabuSampler tabu:
                tabu.Steps = 20;
                break;
            case BifurcationSampler bifurcation:
                bifurcation.Steps = 20;
                break;
            case CoherentIsingMachineSampler machine:
                machine.Steps = 20;
                break;
            case PolishedSampler polished:
                polished.TabuSteps = 10;
                Shorten(polished.Inner);
                break;
            default:
                break;
        }
    }

    /// <summary>30 bits.</summary>
    private struct ThirtyPlan : ITestPlan
    {
        public static int Tokens => 15;
        public static int Heads => 2;
        public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
            PlanParts.WriteFields(problem, head, linear, 1);
    }

    /// <summary>Tells when the long search on a problem has begun: an annealing, or what comes after one.</summary>
    private sealed class StartedBatch(ProblemBatch inner, bool isAnnealed) : ProblemBatch
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public override int Count => inner.Count;

        public override int VariableCount => inner.VariableCount;

        public override int SlackCount => inner.SlackCount;

        public override int ScratchLength => inner.ScratchLength;

        public override bool IsFinite(int problem) => inner.IsFinite(problem);

        public override bool IsPresent(int problem, int variable) => inner.IsPresent(problem, variable);

        public override double Energy(int problem, ReadOnlySpan<byte> state) => inner.Energy(problem, state);

        public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope) => inner.Slope(problem, state, slope);

        public override TemperatureScale EnergyScale(int problem, Span<float> scratch) => inner.EnergyScale(problem, scratch);

        public override void WriteQubo(int problem, QuboMatrix destination)
        {
            inner.WriteQubo(problem, destination);
            _started.TrySetResult();
        }

        public override void WriteStructure(int problem, StructuredEnergy destination)
        {
            inner.WriteStructure(problem, destination);
            _started.TrySetResult();
        }

        public override void Anneal(
            int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
        {
            if (isAnnealed)
            {
                _started.TrySetResult();
            }

            inner.Anneal(problem, schedule, ref random, state, scratch);
        }
    }
}
