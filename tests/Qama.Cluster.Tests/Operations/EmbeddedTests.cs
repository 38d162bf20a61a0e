using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Hosting;
using Qama.Cluster.Members;
using Qama.Cluster.Tests.Campaigns;

namespace Qama.Cluster.Tests.Operations;

/// <summary>A cluster in a program, for which nothing is installed.</summary>
public sealed class EmbeddedTests
{
    [Fact]
    public async Task Two_clusters_live_in_one_process_and_others_join()
    {
        await using CampaignScene scene = CampaignScene.Empty("memory");
        await using EmbeddedCluster first = await EmbeddedCluster.StartAsync(
            builder => builder.AddCampaignTasks(new CampaignTasks([new RecordedTask()])));
        await using EmbeddedCluster second = await EmbeddedCluster.StartAsync();
        var client = new CampaignClient(first.Client);
        await client.SubmitAsync(scene.File("1..2"));
        Assert.Equal(4, (await client.WaitAsync("test")).Done);
        await Assert.ThrowsAsync<ArgumentException>(() => new CampaignClient(second.Client).StatusAsync("test"));

        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddQamaSilo(
            first.Settings with
            {
                FirstSiloPort = first.Settings.SiloPort,
                SiloPort = PostgresServer.FreePort(),
                GatewayPort = PostgresServer.FreePort(),
            },
            ClusterRoles.Worker);
        using IHost worker = builder.Build();
        await worker.StartAsync();
        var directory = first.Services.GetRequiredService<IWorkerDirectory>();
        await CampaignScene.UntilAsync(() => Task.FromResult(directory.Workers.Count == 2), "the second worker is known");
    }
}
