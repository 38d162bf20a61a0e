using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Qama.Cluster.Members;

/// <summary>On a grain class: its activations are on worker silos, each on the one whose address begins its key
/// (<see cref="WorkerKeys"/>).</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WorkerPlacementAttribute() : PlacementAttribute(new WorkerPlacementStrategy());

/// <summary>See <see cref="WorkerPlacementAttribute"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.worker-placement")]
internal sealed class WorkerPlacementStrategy : PlacementStrategy;

/// <summary>Keys of grains that belong to one silo.</summary>
internal static class WorkerKeys
{
    private const char Separator = '/';

    /// <summary>The key of something on a silo.</summary>
    public static string On(SiloAddress silo, string name) => $"{silo.ToParsableString()}{Separator}{name}";

    /// <summary>The silo that a key names, and what follows.</summary>
    /// <exception cref="FormatException">It is no such key.</exception>
    public static (SiloAddress Silo, string Name) Parse(string key)
    {
        int end = key.IndexOf(Separator, StringComparison.Ordinal);
        return end > 0
            ? (SiloAddress.FromParsableString(key[..end]), key[(end + 1)..])
            : throw new FormatException($"Expected a silo's address and '{Separator}' first, got '{key}'.");
    }
}

/// <summary>Puts a grain onto the silo that its key names, or nowhere.</summary>
internal sealed class WorkerPlacementDirector : IPlacementDirector
{
    /// <exception cref="SiloUnavailableException">The silo is not a live worker.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        (SiloAddress silo, _) = WorkerKeys.Parse(target.GrainIdentity.Key.ToString()!);
        return Array.IndexOf(context.GetCompatibleSilos(target), silo) >= 0
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"Worker {silo} is not there any more.");
    }
}
