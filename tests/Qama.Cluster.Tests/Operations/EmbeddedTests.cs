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
                SiloPort = FreePorts.Next(),
                GatewayPort = FreePorts.Next(),
            },
            ClusterRoles.Worker);
        using IHost worker = builder.Build();
        await worker.StartAsync();
        var directory = first.Services.GetRequiredService<IWorkerDirectory>();
        await CampaignScene.UntilAsync(() => Task.FromResult(directory.Workers.Count == 2), "the second worker is known");
        await worker.StopAsync(); // else the others wait for it
    }

    [Fact]
    public async Task What_is_disposed_of_without_being_stopped_keeps_no_processor_busy()
    {
        await using (EmbeddedCluster cluster = await EmbeddedCluster.StartAsync())
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.AddQamaSilo(
                cluster.Settings with
                {
                    FirstSiloPort = cluster.Settings.SiloPort,
                    Version = "9.9.9",
                    SiloPort = FreePorts.Next(),
                    GatewayPort = FreePorts.Next(),
                },
                ClusterRoles.Worker);
            using IHost refused = builder.Build();
            await Assert.ThrowsAsync<ClusterVersionException>(() => refused.StartAsync());
        }

        // Nothing else runs in this process now. What went on would take half a processor's time even beside much else.
        TimeSpan used = TimeSpan.MaxValue;
        for (int second = 0; second < 20 && used > TimeSpan.FromSeconds(0.1); second++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            await Task.Delay(TimeSpan.FromSeconds(1));
            used = Environment.CpuUsage.TotalTime - before;
        }

        Assert.True(used <= TimeSpan.FromSeconds(0.1), $"{used} of processor time in a second");
    }
}
