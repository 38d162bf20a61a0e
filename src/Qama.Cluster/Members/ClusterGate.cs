using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Qama.Cluster.Members;

/// <summary>Tells a client whether it may take part.</summary>
[Alias("qama.gate")]
internal interface IClusterGate : IGrainWithIntegerKey
{
    /// <summary>The version of the library that the cluster's servers have.</summary>
    Task<string> VersionAsync();
}

/// <inheritdoc cref="IClusterGate"/>
[Orleans.Concurrency.StatelessWorker]
internal sealed class ClusterGate(ClusterSettings settings) : Grain, IClusterGate
{
    public Task<string> VersionAsync() => Task.FromResult(settings.Version);
}

/// <summary>A client of another version stops before it asks for anything.</summary>
internal sealed class ClientGate(IClusterClient client, ClusterSettings settings) : IHostedService
{
    /// <exception cref="ClusterVersionException">The cluster has another version.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string version = await client.GetGrain<IClusterGate>(0).VersionAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (version != settings.Version)
        {
            throw new ClusterVersionException(settings.Version, version);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A silo of another version than the cluster's stops before it is one of the cluster's.</summary>
/// <remarks>Of two that begin at the same time, neither of which can see the other one before both are members, the later one
/// stops.</remarks>
internal sealed class SiloGate(
    IClusterMembershipService membership, ISiloMetadataCache metadata, ILocalSiloDetails self, ClusterSettings settings, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // A silo that does not answer in this time is dead or on its way to be.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(SiloGate), ServiceLifecycleStage.BecomeActive - 1, stop => CheckAsync(_ => true, stop));
        lifecycle.Subscribe(nameof(SiloGate), ServiceLifecycleStage.Active, stop => CheckAsync(IsEarlier, stop));
    }

    private bool IsEarlier(SiloAddress other) => other.Generation < self.SiloAddress.Generation
        || (other.Generation == self.SiloAddress.Generation && other.CompareTo(self.SiloAddress) < 0);

    private async Task CheckAsync(Func<SiloAddress, bool> counts, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            SiloAddress[] others =
            [
                .. membership.CurrentSnapshot.Members.Values
                    .Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(self.SiloAddress) && counts(m.SiloAddress))
                    .Select(m => m.SiloAddress),
            ];
            string?[] versions = [.. others.Select(VersionOf)];
            if (versions.FirstOrDefault(v => v is not null && v != settings.Version) is { } other)
            {
                throw new ClusterVersionException(settings.Version, other);
            }

            if (Array.TrueForAll(versions, v => v is not null) || time.GetElapsedTime(start) > _patience)
            {
                return;
            }

            await Task.Delay(_pause, time, stop).ConfigureAwait(false);
        }
    }

    private string? VersionOf(SiloAddress silo) =>
        metadata.GetSiloMetadata(silo)?.Metadata.GetValueOrDefault(ClusterNames.VersionKey);
}
