using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Qama.Cluster.Hosting;

namespace Qama.Cluster.Tests.Operations;

/// <summary>A silo or client of another version of the library is refused when it starts.</summary>
public sealed class VersionTests
{
    private const string Other = "9.9.9";

    [Theory]
    [Stores]
    public async Task Another_version_is_refused_and_both_are_named(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server);
        foreach (ClusterRoles roles in new[] { ClusterRoles.Worker, ClusterRoles.Server })
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.AddQamaSilo(cluster.NextSilo() with { Version = Other }, roles);
            await RefusedAsync(builder);
        }

        HostApplicationBuilder client = Host.CreateEmptyApplicationBuilder(null);
        client.AddQamaClient(
            new ClusterSettings { Name = cluster.Name, Postgres = cluster.Postgres, GatewayPort = cluster.FirstGateway!.Value, Version = Other });
        await RefusedAsync(client);

        // The same version is not.
        await cluster.StartSiloAsync(ClusterRoles.Worker);
        await cluster.ConnectAsync();
    }

    [Theory]
    [Stores]
    public async Task A_program_of_another_version_ends_with_3(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server, version: Other);
        ClusterSettings settings = cluster.NextSilo();
        Process worker = cluster.Start(
        [
            Path.Combine(AppContext.BaseDirectory, "Qama.Cluster.Worker.dll"), "--name", cluster.Name, "--address", "127.0.0.1",
            "--silo-port", $"{settings.SiloPort}", "--gateway-port", $"{settings.GatewayPort}",
            .. settings.FirstSiloPort is int first ? ["--first-silo-port", $"{first}"] : Array.Empty<string>(),
        ]);
        string errors = await worker.StandardError.ReadToEndAsync();
        await worker.WaitForExitAsync();
        Assert.Equal(3, worker.ExitCode);
        Assert.Contains($"version {ClusterNames.Version} of Qama.Cluster, the cluster has {Other}", errors, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(HostApplicationBuilder builder)
    {
        using IHost host = builder.Build();
        ClusterVersionException e = await Assert.ThrowsAsync<ClusterVersionException>(() => host.StartAsync());
        Assert.Equal((Other, ClusterNames.Version), (e.OwnVersion, e.OtherVersion));
        Assert.Contains(Other, e.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterNames.Version, e.Message, StringComparison.Ordinal);
    }
}
