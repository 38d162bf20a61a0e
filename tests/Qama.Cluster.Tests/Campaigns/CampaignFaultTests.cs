using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Hosting;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Tests.Campaigns;

/// <summary>Campaigns whose workers and servers die.</summary>
public sealed class CampaignFaultTests
{
    private const int DataSets = 4;

    /// <summary>How often a worker is killed: QAMA_CLUSTER_KILLS=10 for a campaign of 40 tasks.</summary>
    private static int Kills { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("QAMA_CLUSTER_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 3;

    /// <summary>Four tasks for each time that a worker process is killed and another one started; on PostgreSQL every third time a
    /// server too.</summary>
    [Theory]
    [Stores]
    public async Task Every_result_is_stored_once_whatever_dies(string store)
    {
        await using CampaignScene scene = CampaignScene.Empty(store);
        var servers = new List<Process>();
        if (store == "postgres")
        {
            servers.AddRange(await Task.WhenAll(scene.Cluster.StartProcessAsync("Silo"), scene.Cluster.StartProcessAsync("Silo")));
        }
        else
        {
            await scene.Cluster.StartSiloAsync(ClusterRoles.Server);
        }

        var workers = (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AnyWorkerAsync(scene)))).ToList();
        await scene.ConnectAsync();
        CampaignFile file = scene.File($"1..{Kills}", "milliseconds: 700", "a, b, c, d");
        await scene.Client.SubmitAsync(file);
        var starting = new List<Task<Process>>();
        for (int kill = 1; kill <= Kills; kill++)
        {
            int enough = 2 * kill;
            await CampaignScene.UntilAsync(async () => await DoneAsync(scene) >= enough, $"{enough} tasks are done");
            foreach (Task<Process> ready in starting.Where(s => s.IsCompleted).ToArray())
            {
                starting.Remove(ready);
                workers.Add(await ready);
            }

            if (workers.Count == 0)
            {
                workers.Add(await starting[0]);
                starting.RemoveAt(0);
            }

            workers[0].Kill();
            workers.RemoveAt(0);
            starting.Add(AnyWorkerAsync(scene));
            if (servers.Count > 0 && kill % 3 == 0)
            {
                servers[0].Kill();
                servers.RemoveAt(0);
                servers.Add(await scene.Cluster.StartProcessAsync("Silo"));
            }
        }

        CampaignStatus status = await scene.EndAsync();
        await Task.WhenAll(starting);
        int tasks = DataSets * Kills;
        Assert.Equal((CampaignState.Done, tasks), (status.State, status.Done));
        Dictionary<string, string> results = await scene.ResultsAsync();
        Assert.Equal(file.Tasks.Select(t => t.Key), results.Keys);
        Assert.All(file.Tasks, t => Assert.Contains($"\"Seed\":{t.Seed},", results[t.Key], StringComparison.Ordinal));

        // Nothing was started again but what was lost with its worker.
        int losses = status.Troubles.Sum(t => t.Losses);
        Assert.InRange(RecordedTask.Count(scene.Log, "start"), tasks, tasks + losses);
        Assert.Equal(0, status.Troubles.Sum(t => t.Failures));

        int starts = RecordedTask.Count(scene.Log, "start");
        await scene.Client.SubmitAsync(file);
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
        Assert.Equal(results, await scene.ResultsAsync());
        Assert.Equal(starts, RecordedTask.Count(scene.Log, "start"));
    }

    /// <summary>After every process has died, a server and a worker that are started anew go on, without being asked.</summary>
    [PostgresFact]
    public async Task A_campaign_goes_on_after_all_processes_died()
    {
        await using CampaignScene scene = CampaignScene.Empty("postgres");
        await scene.Cluster.StartProcessAsync("Silo");
        await Worker(scene);
        await scene.ConnectAsync();
        CampaignFile file = scene.File("1..6", "milliseconds: 300");
        await scene.Client.SubmitAsync(file);
        await CampaignScene.UntilAsync(async () => await DoneAsync(scene) >= 2, "two tasks are done");
        foreach (Process process in scene.Cluster.Processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Assert.True(RecordedTask.Count(scene.Log, "end") < 12);
        await scene.Cluster.StartProcessAsync("Silo");
        await Worker(scene);
        await CampaignScene.UntilAsync(() => Task.FromResult(RecordedTask.Lines(scene.Log)
            .Where(l => l.StartsWith("end ", StringComparison.Ordinal)).Distinct().Count() == 12), "all tasks have ended");

        // The old client may still look for the silos that were.
        await scene.ConnectAsync();
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
        Assert.Equal(12, (await scene.ResultsAsync()).Count);
    }

    /// <summary>A worker that is told to stop gives its task back at once: no loss, and it ends with 0.</summary>
    [Theory]
    [Stores]
    public async Task A_worker_that_is_told_to_stop_gives_its_work_back(string store)
    {
        await using CampaignScene scene = CampaignScene.Empty(store);
        await scene.Cluster.StartSiloAsync(ClusterRoles.Server);
        Process first = await scene.Cluster.StartProcessAsync("Worker", [.. CampaignScene.WorkerOptions, "--stop-seconds", "0"]);
        await scene.ConnectAsync();
        await scene.Client.SubmitAsync(scene.File("1", "first: 600000, milliseconds: 1"));
        await CampaignScene.UntilAsync(() => Task.FromResult(RecordedTask.Count(scene.Log, "start") == 2), "both tasks run");
        using (Process terminate = Process.Start("kill", ["-TERM", $"{first.Id}"]))
        {
            await terminate.WaitForExitAsync();
        }

        await Worker(scene);
        CampaignStatus status = await scene.EndAsync();
        Assert.Equal((CampaignState.Done, 0), (status.State, status.Troubles.Count));
        await first.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(2, RecordedTask.Count(scene.Log, "cancelled"));
        Assert.Equal(2, RecordedTask.Count(scene.Log, "end"));
    }

    /// <summary>Two clusters with one service on one database: two coordinators of one campaign, which know nothing of each other.</summary>
    [PostgresFact]
    public async Task Two_coordinators_at_once_store_one_result()
    {
        await using CampaignScene first = CampaignScene.Empty("postgres");
        await using var second = TestCluster.On(first.Cluster.Postgres!);
        var clients = new List<CampaignClient>();
        foreach (TestCluster cluster in new[] { first.Cluster, second })
        {
            IHost host = await cluster.StartSiloAsync(ClusterRoles.Both, builder =>
            {
                builder.Services.Configure<ClusterOptions>(o => o.ServiceId = "shared");
                builder.AddCampaignTasks(new CampaignTasks([new RecordedTask()], places: 3));
            });
            clients.Add(new CampaignClient(host.Services.GetRequiredService<IClusterClient>()));
        }

        CampaignFile file = first.File("1..10", "milliseconds: 50", "a, b, c");
        await Task.WhenAll(clients.Select(c => c.SubmitAsync(file)));
        var results = new List<List<CampaignResult>>();
        foreach (CampaignClient client in clients)
        {
            await client.SubmitAsync(file);
            Assert.Equal(CampaignState.Done, (await client.WaitAsync("test")).State);
            results.Add(await client.ResultsAsync("test").ToListAsync());
        }

        Assert.Equal(30, results[0].Count);
        Assert.Equal(results[0], results[1]);
        await clients[0].SubmitAsync(file);
        Assert.Equal(CampaignState.Done, (await clients[0].WaitAsync("test")).State);
        Assert.Equal(results[0], await clients[0].ResultsAsync("test").ToListAsync());
    }

    /// <summary>The fence under it all: who has not seen the newest state cannot write.</summary>
    [Theory]
    [Stores]
    public async Task The_second_writer_of_the_same_state_is_refused(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        IHost silo = await cluster.StartSiloAsync(ClusterRoles.Server);
        IHost other = store == "memory" ? silo : await cluster.StartSiloAsync(ClusterRoles.Server);
        var id = GrainId.Create("test", "row");
        IGrainStorage first = Storage(silo), second = Storage(other);
        var one = new GrainState<TaskRow>(new TaskRow());
        var two = new GrainState<TaskRow>(new TaskRow());
        await first.ReadStateAsync("row", id, one);
        await second.ReadStateAsync("row", id, two);
        one.State = new TaskRow { Result = "one" };
        two.State = new TaskRow { Result = "two" };
        await first.WriteStateAsync("row", id, one);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => second.WriteStateAsync("row", id, two));
        await second.ReadStateAsync("row", id, two);
        Assert.Equal("one", two.State!.Result);
        two.State = new TaskRow { Result = "three" };
        await second.WriteStateAsync("row", id, two);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => first.WriteStateAsync("row", id, one));

        // The row that campaigns use reads again, and makes its change to what it finds.
        var row = new StoredRow<TaskRow>(first, "row", id);
        await row.ReadAsync();
        await second.WriteStateAsync("row", id, two);
        Assert.True(await row.ChangeAsync(r => r with { Result = r.Result + "!" }));
        await second.ReadStateAsync("row", id, two);
        Assert.Equal("three!", two.State!.Result);
        Assert.False(await row.ChangeAsync(_ => null));
    }

    private static IGrainStorage Storage(IHost silo) => silo.Services.GetRequiredKeyedService<IGrainStorage>(ClusterNames.Storage);

    private static Task<Process> Worker(CampaignScene scene) => scene.Cluster.StartProcessAsync("Worker", CampaignScene.WorkerOptions);

    // On a busy computer a silo may be taken for dead while it starts, and ends: whatever runs it starts it again.
    private static async Task<Process> AnyWorkerAsync(CampaignScene scene)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await Worker(scene);
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
            }
        }
    }

    // A server that has just died takes its clients' calls with it.
    private static async Task<int> DoneAsync(CampaignScene scene)
    {
        try
        {
            return (await scene.Client.StatusAsync("test")).Done;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return 0;
        }
    }
}
