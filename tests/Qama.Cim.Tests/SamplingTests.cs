using Qama.Annealing;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim.Tests;

/// <summary>The sampler over real HTTP against the emulator.</summary>
public class SamplingTests
{
    [Theory]
    [InlineData(RowFormat.Bits)]
    [InlineData(RowFormat.Spins)]
    [InlineData(RowFormat.Reals)]
    [InlineData(RowFormat.Text)]
    public async Task Optima_come_back_whatever_the_form_of_solutions(RowFormat format)
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions { Format = format });
        QuboProblemBatch problems = Client.Problems(6);
        SampleSet result = await client.SampleAsync(problems, reads: 3);
        for (int p = 0; p < problems.Count; p++)
        {
            double lowest = SmallProblems.Lowest(problems.ToQubo(p));
            Assert.InRange(result.Energy(p), lowest - 1e-9, lowest + 0.2);
            Assert.Equal(problems.Energy(p, result.State(p, 2)), result.Energy(p, 2));
            Assert.True(result.Energy(p, 0) <= result.Energy(p, 1) && result.Energy(p, 1) <= result.Energy(p, 2));
        }

        Assert.Equal(1, client.Emulator.Accepted);
        Assert.Equal(5, client.Sampler.Statistics.TasksSaved);
        Assert.Contains("CPQC-550 over QBoson HTTP", result.Provenance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UploadForm.QuboOfIsing, PrecisionRule.Ising, true)]
    [InlineData(UploadForm.Ising, PrecisionRule.Ising, true)]
    [InlineData(UploadForm.Ising, PrecisionRule.Uploaded, true)]
    [InlineData(UploadForm.RoundedQubo, PrecisionRule.Uploaded, true)]
    [InlineData(UploadForm.QuboOfIsing, PrecisionRule.Uploaded, false)]
    [InlineData(UploadForm.RoundedQubo, PrecisionRule.Ising, false)]
    public async Task Each_form_keeps_to_the_width_where_it_says_so(UploadForm form, PrecisionRule rule, bool isAccepted)
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions { Rule = rule }, Client.Fast with { Form = form });
        QuboProblemBatch problems = Client.Problems(3, 12);
        if (isAccepted)
        {
            await client.SampleAsync(problems);
            return;
        }

        CimTasksException failure = await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(problems));
        Assert.Equal(JournalState.Failed, Assert.Single(failure.Failures).State);
        Assert.Contains("signed 8-bit number", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UploadForm.QuboOfIsing)]
    [InlineData(UploadForm.Ising)]
    public async Task Problems_that_are_kept_as_features_are_sent_as_others_are(UploadForm form)
    {
        var random = new RandomStream(3);
        var problems = FactoredProblemBatch<SmallFeatureAttention>.FromFeatures(
            [.. Enumerable.Range(0, 4).Select(_ => (Normal(48), Normal(48), Normal(12)))]);
        problems.TokenCounts[1] = 4;
        await using Client client = await Client.StartAsync(options: Client.Fast with { Precision = new PrecisionOptions(), Form = form });
        SampleSet result = await client.SampleAsync(problems, reads: 2);
        for (int p = 0; p < problems.Count; p++)
        {
            double lowest = SmallProblems.Lowest(problems.ToQubo(p));
            Assert.InRange(result.Energy(p), lowest - 1e-9, lowest + (0.03 * Math.Abs(lowest)));
            Assert.Equal(problems.Energy(p, result.State(p)), result.Energy(p));
        }

        Assert.Equal(1, client.Emulator.Accepted);

        ReadOnlyMemory<float> Normal(int length) => Enumerable.Range(0, length).Select(_ => (float)random.NextNormal()).ToArray();
    }

    [Fact]
    public async Task A_declared_layers_problems_fit_and_come_back_within_a_percent()
    {
        (AttentionProblemBatch<PublishedAttention> batch, double[] best) = PublishedAttention.Load();
        await using Client client = await Client.StartAsync(options: Client.Fast with { Precision = new PrecisionOptions() });
        SampleSet result = await client.SampleAsync(batch);
        for (int p = 0; p < batch.Count; p++)
        {
            Assert.InRange((result.Energy(p) - best[p]) / -best[p], -1e-6, 0.01);
        }

        // Half of the variables are decided: two problems of 392 share 550 spins.
        Assert.Equal(2, client.Emulator.Accepted);
    }

    [Fact]
    public async Task The_layer_takes_the_machine_like_any_sampler()
    {
        await using Client client = await Client.StartAsync(options: Client.Fast with { Precision = new PrecisionOptions() });
        var layer = new SmallAttention(3);
        var workspace = layer.CreateWorkspace(5);
        var random = new RandomStream(8);
        float[] input = [.. Enumerable.Range(0, 5 * 6 * 8).Select(_ => (float)random.NextNormal())];
        var exact = new float[input.Length];
        layer.Forward(input, exact, workspace, new ExactSampler());
        var output = new float[input.Length];
        await layer.ForwardAsync(input, output, workspace, client.Sampler, new[] { 6, 6, 4, 6, 1 });
        await layer.ForwardAsync(input, output, workspace, client.Sampler);
        Assert.Equal(exact, output);
    }

    [Fact]
    public async Task The_same_problems_are_never_submitted_again()
    {
        await using Client client = await Client.StartAsync();
        SampleSet first = await client.SampleAsync(Client.Problems(5), reads: 4);
        SampleSet second = await client.SampleAsync(Client.Problems(5), reads: 4);
        Assert.Equal(1, client.Emulator.Accepted);
        Assert.Equal(1, client.Sampler.Statistics.TasksReused);
        Assert.Equal(first.State(3, 2).ToArray(), second.State(3, 2).ToArray());
        await client.SampleAsync(Client.Problems(5, seed: 2));
        Assert.Equal(2, client.Emulator.Accepted);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_submission()
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions { QueueDelay = TimeSpan.FromMilliseconds(60) });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.SampleAsync(Client.Problems(2))));
        Assert.Equal(1, client.Emulator.Accepted);
    }

    [Fact]
    public async Task Another_repetition_is_another_task()
    {
        await using CimEmulatorPair pair = await CimEmulatorPair.StartAsync();
        await pair.First.SampleAsync(Client.Problems(1));
        await pair.SampleAgainAsync(Client.Problems(1), Client.Fast with { Repetition = 1 });
        Assert.Equal(2, pair.First.Emulator.Accepted);
    }

    [Fact]
    public async Task Nothing_is_submitted_for_an_empty_batch_or_one_that_is_decided()
    {
        await using Client client = await Client.StartAsync(options: Client.Fast with { Precision = new PrecisionOptions() });
        var zero = new QuboMatrix(4);
        var decided = new QuboMatrix(4);
        decided.AddLinear(2, -1);
        SampleSet result = await client.SampleAsync(new QuboProblemBatch(zero, decided), reads: 2);
        Assert.Equal([0, 0, 0, 0], result.State(0).ToArray());
        Assert.Equal([0, 0, 1, 0], result.State(1, 1).ToArray());
        Assert.Equal(-1, result.Energy(1));
        var layer = new SmallAttention(1);
        var workspace = layer.CreateWorkspace(1);
        workspace.Problems.SetCount(0);
        await client.Sampler.SampleAsync(workspace.Problems, workspace.Samples, default);
        Assert.Equal(0, client.Emulator.Accepted);
    }

    [Fact]
    public async Task Bad_problems_are_refused_before_anything_is_sent()
    {
        await using Client client = await Client.StartAsync();
        var nan = new QuboMatrix(3);
        nan.AddLinear(0, double.NaN);
        await Assert.ThrowsAsync<ArgumentException>(() => client.SampleAsync(new QuboProblemBatch(nan)));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.Sampler.SampleAsync(Client.Problems(2), new SampleSet(1, 1, 8), default));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.Sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 9), default));
        await Assert.ThrowsAsync<NotSupportedException>(async () =>
            await client.Sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8) { Temperature = 1 }, default));
        ArgumentException large = await Assert.ThrowsAsync<ArgumentException>(() => client.SampleAsync(
            QuboProblemBatch.FromIsing(LargeProblem(600))));
        Assert.Contains("600 undecided", large.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Emulator.Accepted);
        Assert.Empty(await client.Journal.ListAsync());
    }

    [Fact]
    public async Task The_dry_run_tells_what_would_be_sent_and_sends_nothing()
    {
        await using Client client = await Client.StartAsync(options: Client.Fast with { Pack = false });
        CimPlan plan = await client.Sampler.PlanAsync(Client.Problems(3));
        Assert.Equal(3, plan.Tasks.Count);
        Assert.Contains("CPQC-550, QuboOfIsing, 8 x 8, problems 0", plan.ToString(), StringComparison.Ordinal);
        Assert.Empty(await client.Journal.ListAsync());
        await client.SampleAsync(Client.Problems(3));
        Assert.Contains("DONE", (await client.Sampler.PlanAsync(Client.Problems(3))).ToString(), StringComparison.Ordinal);
        Assert.Equal(3, client.Emulator.Accepted);
    }

    [Fact]
    public async Task A_batch_above_the_budget_is_not_begun()
    {
        CimSamplerOptions options = Client.Fast with { Pack = false, MaxTasksPerRun = 4 };
        await using Client client = await Client.StartAsync(options: options);
        await Assert.ThrowsAsync<CimBudgetException>(() => client.SampleAsync(Client.Problems(5)));
        Assert.Equal(0, client.Emulator.Accepted);
        await client.SampleAsync(Client.Problems(3));
        await client.SampleAsync(Client.Problems(4)); // three of them are known
        await Assert.ThrowsAsync<CimBudgetException>(() => client.SampleAsync(Client.Problems(5)));
        Assert.Equal(4, client.Emulator.Accepted);
    }

    [Fact]
    public async Task The_days_budget_outlives_the_program()
    {
        await using CimEmulatorPair pair = await CimEmulatorPair.StartAsync(Client.Fast with { Pack = false });
        await pair.First.SampleAsync(Client.Problems(3));
        CimBudgetException refusal = await Assert.ThrowsAsync<CimBudgetException>(() =>
            pair.SampleAgainAsync(Client.Problems(5), Client.Fast with { Pack = false, MaxTasksPerDay = 4 }));
        Assert.Contains("needs 2 submissions; 1 of 4 a day are left", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, pair.First.Emulator.Accepted);
    }

    [Fact]
    public async Task What_the_machine_refuses_is_failed_and_not_tried_again_unless_told()
    {
        await using Client client = await Client.StartAsync(
            new EmulatorOptions { Machines = new Dictionary<string, int> { ["CPQC-550"] = 4 } });
        CimTasksException first = await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(Client.Problems(1)));
        Assert.Contains("needs 9 spins, the machine has 4", first.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(Client.Problems(1)));
        Assert.Equal(1, Assert.Single(await client.Journal.ListAsync()).Submissions);
    }

    [Fact]
    public async Task A_used_up_quota_leaves_the_other_results()
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions { Quota = 2 }, Client.Fast with { Pack = false });
        CimTasksException failure = await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(Client.Problems(5)));
        Assert.Equal(3, failure.Failures.Count);
        Assert.All(failure.Failures, f => Assert.Contains("quota", f.Reason, StringComparison.Ordinal));
        Assert.Equal(2, (await client.Journal.ListAsync()).Count(e => e.State == JournalState.Done));
    }

    [Fact]
    public async Task Tokens_that_wear_out_are_renewed()
    {
        await using Client client = await Client.StartAsync(
            new EmulatorOptions { TokenUses = 2, QueueDelay = TimeSpan.FromMilliseconds(30) }, Client.Fast with { Pack = false });
        await client.SampleAsync(Client.Problems(6));
        Assert.Equal(6, client.Emulator.Accepted);
    }

    [Fact]
    public async Task Wrong_credentials_leave_the_tasks_prepared()
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions { Credentials = ("somebody", "else") });
        CimTasksException failure = await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(Client.Problems(1)));
        Assert.IsType<CimConfigurationException>(failure.InnerException);
        JournalEntry entry = Assert.Single(await client.Journal.ListAsync());
        Assert.Equal((JournalState.Prepared, 0), (entry.State, entry.Submissions));
    }

    [Fact]
    public async Task A_failed_task_tells_the_machines_reason()
    {
        await using Client client = await Client.StartAsync(new EmulatorOptions
        {
            Faults = new EmulatorFaults { Rate = 1, Kinds = FaultKinds.FailedTask },
        });
        CimTasksException failure = await Assert.ThrowsAsync<CimTasksException>(() => client.SampleAsync(Client.Problems(1)));
        Assert.Contains("the computation failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_takes_too_long_goes_on_and_is_continued_the_next_time()
    {
        await using CimEmulatorPair pair = await CimEmulatorPair.StartAsync(
            Client.Fast with { TaskTimeout = TimeSpan.FromMilliseconds(50) }, new EmulatorOptions { QueueDelay = TimeSpan.FromSeconds(1) });
        CimTasksException failure = await Assert.ThrowsAsync<CimTasksException>(() => pair.First.SampleAsync(Client.Problems(1)));
        Assert.Equal(JournalState.Running, Assert.Single(failure.Failures).State);
        await pair.SampleAgainAsync(Client.Problems(1), Client.Fast);
        Assert.Equal(1, pair.First.Emulator.Accepted);
    }

    [Fact]
    public async Task Cancellation_leaves_a_journal_that_the_next_run_continues()
    {
        await using CimEmulatorPair pair = await CimEmulatorPair.StartAsync(
            Client.Fast with { Pack = false }, new EmulatorOptions { QueueDelay = TimeSpan.FromMilliseconds(400) });
        using var stop = new CancellationTokenSource();
        Task<SampleSet> run = pair.First.SampleAsync(Client.Problems(6), cancellationToken: stop.Token);
        while (pair.First.Emulator.Accepted == 0)
        {
            await Task.Delay(1);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.All(await pair.First.Journal.ListAsync(), e => Assert.True(e.State is JournalState.Prepared or JournalState.Running));
        await pair.SampleAgainAsync(Client.Problems(6), Client.Fast with { Pack = false });
        Assert.Equal(6, pair.First.Emulator.Accepted);
    }

    [Fact]
    public async Task No_thread_is_held_while_the_machine_works()
    {
        await using Client client = await Client.StartAsync(
            new EmulatorOptions { QueueDelay = TimeSpan.FromMilliseconds(300) }, Client.Fast with { Pack = false, MaxConcurrentTasks = 200 });
        ValueTask run = client.Sampler.SampleAsync(Client.Problems(150), new SampleSet(150, 1, 8), default);
        Assert.False(run.IsCompleted);
        await run;
        Assert.Equal(150, client.Emulator.Accepted);
    }

    private static IsingProblem LargeProblem(int size)
    {
        var problem = new IsingProblem(size);
        for (int i = 1; i < size; i++)
        {
            problem.AddCoupling(i, i - 1, 1);
        }

        return problem;
    }
}
