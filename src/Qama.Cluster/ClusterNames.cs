using System.Reflection;

namespace Qama.Cluster;

/// <summary>Names that members of a cluster must agree on.</summary>
internal static class ClusterNames
{
    /// <summary>The storage of grains.</summary>
    public const string Storage = "qama";

    /// <summary>Metadata of a silo: its roles.</summary>
    public const string Roles = "qama.roles";

    /// <summary>Metadata of a silo: the version of this library.</summary>
    public const string VersionKey = "qama.version";

    /// <summary>The version of this library, with the commit where the build knows it.</summary>
    public static string Version { get; } =
        typeof(ClusterNames).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
