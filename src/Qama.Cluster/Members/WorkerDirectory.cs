using System.Globalization;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Qama.Cluster.Members;

/// <summary>The worker silos that are alive, as Orleans' membership sees them from here.</summary>
internal interface IWorkerDirectory
{
    /// <summary>Live workers in a fixed order.</summary>
    IReadOnlyList<SiloAddress> Workers { get; }

    /// <summary>Whether a silo is not known to be dead: what it was given may still be done.</summary>
    bool MayLive(SiloAddress silo);

    /// <summary>Ends when membership has changed since the call, or after the time.</summary>
    Task ChangedAsync(TimeSpan atMost, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IWorkerDirectory"/>
internal sealed class WorkerDirectory(IClusterMembershipService membership, ISiloMetadataCache metadata) : IWorkerDirectory
{
    public IReadOnlyList<SiloAddress> Workers =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status == SiloStatus.Active && RolesOf(m.SiloAddress).HasFlag(ClusterRoles.Worker))
            .Select(m => m.SiloAddress).Order(),
    ];

    public bool MayLive(SiloAddress silo) =>
        membership.CurrentSnapshot.GetSiloStatus(silo) is not (SiloStatus.Dead or SiloStatus.None);

    public async Task ChangedAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        MembershipVersion seen = membership.CurrentSnapshot.Version;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(atMost);
        try
        {
            await foreach (ClusterMembershipSnapshot snapshot in
                membership.MembershipUpdates.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                if (snapshot.Version > seen)
                {
                    return;
                }
            }

            // The silo ends, and nothing changes any more: whoever asks again must not be told so at once.
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private ClusterRoles RolesOf(SiloAddress silo) =>
        metadata.GetSiloMetadata(silo)?.Metadata.TryGetValue(ClusterNames.Roles, out string? roles) == true
        && int.TryParse(roles, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? (ClusterRoles)number : ClusterRoles.None;
}
