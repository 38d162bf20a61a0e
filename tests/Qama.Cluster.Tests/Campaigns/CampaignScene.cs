using Microsoft.Extensions.Hosting;
using Qama.Cluster.Campaigns;

namespace Qama.Cluster.Tests.Campaigns;

/// <summary>A cluster with one server in this process, a folder for the tasks' log, and a client.</summary>
internal sealed class CampaignScene : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qama-campaign-");

    private CampaignScene(TestCluster cluster) => Cluster = cluster;

    public TestCluster Cluster { get; }

    public string Log => Path.Combine(_folder.FullName, "log");

    public CampaignClient Client { get; private set; } = null!;

    /// <summary>Options of real worker processes that know the tests' tasks.</summary>
    public static string[] WorkerOptions { get; } =
        ["--tasks", Path.Combine(AppContext.BaseDirectory, "Qama.Cluster.Tests.dll"), "--places", "2"];

    /// <summary>A scene without silos.</summary>
    /// <param name="store">"memory" or "postgres".</param>
    /// <param name="connection">What the connection string has besides.</param>
    public static CampaignScene Empty(string store, string connection = "") => new(TestCluster.Create(store, connection));

    /// <summary>A scene with a server and, in the same silo, a worker with two places.</summary>
    public static async Task<CampaignScene> StartAsync(string store)
    {
        CampaignScene scene = Empty(store);
        await scene.Cluster.StartSiloAsync(
            ClusterRoles.Both, builder => builder.AddCampaignTasks(new CampaignTasks([new RecordedTask()], places: 2), TimeSpan.Zero));
        return await scene.ConnectAsync();
    }

    public async Task<CampaignScene> ConnectAsync()
    {
        Client = new CampaignClient(await Cluster.ConnectAsync());
        return this;
    }

    /// <summary>A campaign of the recorded task.</summary>
    public CampaignFile File(string seeds, string more = "", string variants = "a, b", int attempts = 3) => CampaignFile.Parse(
        $"name: test\ntask: recorded\nattempts: {attempts}\nvariants: [{variants}]\nseeds: [{seeds}]\noptions: {{ log: '{Log}', {more} }}");

    public async Task<CampaignStatus> EndAsync() =>
        await Client.WaitAsync("test", null, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited in vain until {what}.");
            await Task.Delay(100);
        }
    }

    public async Task<Dictionary<string, string>> ResultsAsync()
    {
        var results = new Dictionary<string, string>();
        await foreach (CampaignResult result in Client.ResultsAsync("test"))
        {
            results.Add(result.Key, result.Json);
        }

        return results;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
