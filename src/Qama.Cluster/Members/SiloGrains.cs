using System.Reflection;
using Orleans.Configuration;

namespace Qama.Cluster.Members;

/// <summary>Which grains a silo hosts by its roles: workers compute and keep nothing.</summary>
internal static class SiloGrains
{
    // Orleans' storage in memory is made of grains; they belong where the coordinators are.
    private const string MemoryStorage = "MemoryStorageGrain";

    /// <summary>Removes what a silo of these roles does not host.</summary>
    public static void Keep(GrainTypeOptions options, ClusterRoles roles)
    {
        options.Classes.RemoveWhere(type => !roles.HasFlag(IsWorkers(type) ? ClusterRoles.Worker : ClusterRoles.Server)
            && (IsOurs(type) || type.Name == MemoryStorage));
    }

    private static bool IsOurs(Type type) => type.Assembly == typeof(SiloGrains).Assembly;

    private static bool IsWorkers(Type type) => type.GetCustomAttribute<WorkerPlacementAttribute>() is not null;
}
