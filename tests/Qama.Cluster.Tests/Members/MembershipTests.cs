using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Qama.Cluster.Members;

namespace Qama.Cluster.Tests.Members;

/// <summary>Silos find each other, workers are known, and dead ones are forgotten.</summary>
public sealed class MembershipTests
{
    [PostgresFact]
    public void PostgreSQL_is_installed() => Assert.NotNull(PostgresServer.Programs);

    [Theory]
    [Stores]
    public async Task Workers_come_and_go(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        IHost server = await cluster.StartSiloAsync(ClusterRoles.Server);
        var directory = server.Services.GetRequiredService<IWorkerDirectory>();
        Assert.Empty(directory.Workers);

        Process worker = await cluster.StartProcessAsync("Worker");
        await WaitAsync(directory, 1);
        await cluster.StartProcessAsync("Worker");
        await WaitAsync(directory, 2);

        worker.Kill();
        await WaitAsync(directory, 1);
        IClusterClient client = await cluster.ConnectAsync();
        Assert.NotNull(client.GetGrain<IManagementGrain>(0));
        Dictionary<SiloAddress, SiloStatus> hosts = await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        Assert.Equal(2, hosts.Count);
    }

    private static async Task WaitAsync(IWorkerDirectory directory, int count)
    {
        var limit = Stopwatch.StartNew();
        while (directory.Workers.Count != count)
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), $"Expected {count} workers, got {directory.Workers.Count}.");
            await directory.ChangedAsync(TimeSpan.FromMilliseconds(200), default);
        }
    }
}
