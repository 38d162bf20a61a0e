using Qama.Cluster.Campaigns;

namespace Qama.Cluster.Tests.Campaigns;

/// <summary>Campaigns from submission to results.</summary>
public sealed class CampaignTests
{
    [Theory]
    [Stores]
    public async Task Every_task_is_run_once_and_a_second_submission_changes_nothing(string store)
    {
        await using CampaignScene scene = await CampaignScene.StartAsync(store);
        CampaignFile file = scene.File("1..5");
        await scene.Client.SubmitAsync(file);
        CampaignStatus status = await scene.EndAsync();
        Assert.Equal((CampaignState.Done, 10, 10, 0, 0), (status.State, status.Total, status.Done, status.Failed, status.Waiting));
        Dictionary<string, string> results = await scene.ResultsAsync();
        Assert.Equal(file.Tasks.Select(t => t.Key), results.Keys);

        await scene.Client.SubmitAsync(file);
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
        await scene.Client.SubmitAsync(scene.File("1..6"));
        Assert.Equal(12, (await scene.EndAsync()).Done);
        Assert.Equal(12, RecordedTask.Count(scene.Log, "start"));
        Assert.All(await scene.ResultsAsync(), r => Assert.Equal(results.GetValueOrDefault(r.Key, r.Value), r.Value));
        await CampaignScene.UntilAsync(async () => (await scene.Client.UnfinishedAsync()).Count == 0, "no campaign is unfinished");

        // Fewer seeds: the others' results are kept for the file that has them again.
        await scene.Client.SubmitAsync(scene.File("2"));
        Assert.Equal(2, (await scene.EndAsync()).Total);
        Assert.Equal(2, (await scene.ResultsAsync()).Count);
        await scene.Client.SubmitAsync(file);
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
        Assert.Equal(results, await scene.ResultsAsync());
        Assert.Equal(12, RecordedTask.Count(scene.Log, "start"));
    }

    [Theory]
    [Stores]
    public async Task Results_are_files_written_whole(string store)
    {
        await using CampaignScene scene = await CampaignScene.StartAsync(store);
        await scene.Client.SubmitAsync(scene.File("1..2"));
        await scene.EndAsync();
        string folder = Path.Combine(Path.GetDirectoryName(scene.Log)!, "results");
        Assert.Equal(4, await scene.Client.ExportAsync("test", folder));
        Dictionary<string, string> results = await scene.ResultsAsync();
        Assert.Equal(results.Keys.Select(k => k + ".json").Order(), Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.All(results, r => Assert.Equal(r.Value + "\n", File.ReadAllText(Path.Combine(folder, r.Key + ".json"))));
        string first = Path.Combine(folder, results.Keys.First() + ".json");
        File.WriteAllText(first, "cut off");
        Assert.Equal(4, await scene.Client.ExportAsync("test", folder));
        Assert.Equal(results.Values.First() + "\n", File.ReadAllText(first));
    }

    [Theory]
    [Stores]
    public async Task A_failing_task_is_tried_again_and_the_reasons_are_kept(string store)
    {
        await using CampaignScene scene = await CampaignScene.StartAsync(store);
        await scene.Client.SubmitAsync(scene.File("1", "failures: 3", "a, broken", attempts: 3));
        CampaignStatus status = await scene.EndAsync();
        Assert.Equal((CampaignState.Failed, 2, 0), (status.State, status.Failed, status.Done));
        TaskTrouble trouble = status.Troubles.Single(t => t.Key.StartsWith("a-", StringComparison.Ordinal));
        Assert.Equal((3, 0, true), (trouble.Failures, trouble.Losses, trouble.IsFinal));
        Assert.All(trouble.Reasons.Index(), r => Assert.Contains($"Attempt {r.Index + 1} fails.", r.Item, StringComparison.Ordinal));

        // Tried again: now one succeeds, and the other one returns what is no JSON.
        await scene.Client.SubmitAsync(scene.File("1", "failures: 3", "a, broken", attempts: 3));
        status = await scene.EndAsync();
        Assert.Equal((CampaignState.Failed, 1, 1), (status.State, status.Failed, status.Done));
        Assert.Contains("no JSON document", status.Troubles.Single(t => t.IsFinal).Reasons[^1], StringComparison.Ordinal);
        Assert.Equal(4 + 6, RecordedTask.Count(scene.Log, "start"));
    }

    [Theory]
    [Stores]
    public async Task A_cancelled_campaign_ends_its_tasks_and_a_submission_goes_on(string store)
    {
        await using CampaignScene scene = await CampaignScene.StartAsync(store);
        CampaignFile file = scene.File("1..3", "first: 600000, milliseconds: 1");
        await scene.Client.SubmitAsync(file);
        await CampaignScene.UntilAsync(() => Task.FromResult(RecordedTask.Count(scene.Log, "start") == 2), "two tasks run");
        CampaignStatus status = await scene.Client.StatusAsync("test");
        Assert.Equal((CampaignState.Running, 2, 4), (status.State, status.RunningCount, status.Waiting));
        Assert.Equal(2, status.Workers.Single().Running);

        await scene.Client.CancelAsync("test");
        status = await scene.Client.StatusAsync("test");
        Assert.Equal((CampaignState.Cancelled, 0, 6), (status.State, status.RunningCount, status.Waiting));
        await CampaignScene.UntilAsync(() => Task.FromResult(RecordedTask.Count(scene.Log, "cancelled") == 2), "both are cancelled");
        Assert.Empty(await scene.Client.UnfinishedAsync());

        // The first two have their long attempt behind them.
        await scene.Client.SubmitAsync(file);
        await CampaignScene.UntilAsync(async () => (await scene.Client.StatusAsync("test")).Done == 2, "two are done");
        await scene.Client.CancelAsync("test");
    }

    [Theory]
    [Stores]
    public async Task A_worker_without_the_task_says_so_and_a_later_one_does_it(string store)
    {
        await using CampaignScene scene = CampaignScene.Empty(store);
        await scene.Cluster.StartSiloAsync(ClusterRoles.Both);
        await scene.ConnectAsync();
        await scene.Client.SubmitAsync(scene.File("1"));
        await CampaignScene.UntilAsync(
            async () => (await scene.Client.StatusAsync("test")).Workers is [{ Problem: { } problem }]
                && problem.Contains("has no task 'recorded', but none", StringComparison.Ordinal),
            "the worker has said that it has no such task");
        await scene.Cluster.StartSiloAsync(
            ClusterRoles.Worker, builder => builder.AddCampaignTasks(new CampaignTasks([new RecordedTask()])));
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
    }

    [Theory]
    [Stores]
    public async Task What_is_not_there_is_an_error(string store)
    {
        await using CampaignScene scene = await CampaignScene.StartAsync(store);
        foreach (Func<Task> call in new Func<Task>[]
                 {
                     () => scene.Client.StatusAsync("nothing"), () => scene.Client.CancelAsync("nothing"),
                     () => scene.Client.ExportAsync("nothing", Path.GetDirectoryName(scene.Log)!), () => scene.Client.WaitAsync("nothing"),
                 })
        {
            ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.Contains("There is no campaign 'nothing'.", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tasks_need_names_of_their_own()
    {
        Assert.Throws<ArgumentException>(() => new CampaignTasks([new RecordedTask(), new RecordedTask()]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CampaignTasks([], places: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CampaignTasks([], places: CampaignTasks.MostPlaces + 1));
        string own = Path.Combine(AppContext.BaseDirectory, "Qama.Cluster.Tests.dll");
        Assert.IsType<RecordedTask>(Assert.Single(CampaignTasks.Load(own)));
        Assert.Empty(CampaignTasks.Load(Path.Combine(AppContext.BaseDirectory, "Qama.Dsl.dll")));
        Assert.Throws<FileNotFoundException>(() => CampaignTasks.Load("nothing.dll"));
        Assert.Throws<BadImageFormatException>(() => CampaignTasks.Load(Path.ChangeExtension(own, ".deps.json")));
    }
}
