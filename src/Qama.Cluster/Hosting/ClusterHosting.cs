using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Members;
using Qama.Cluster.Storage;
using Qama.Cluster.Training;

namespace Qama.Cluster.Hosting;

/// <summary>Makes a program a member of a cluster, or its client.</summary>
public static class ClusterHosting
{
    private const string Invariant = "Npgsql";

    /// <summary>Adds a silo: the program becomes a member of the cluster when its host starts.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="settings">The cluster.</param>
    /// <param name="roles">What the silo does.</param>
    /// <param name="configure">Further settings of Orleans; null for none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, or there is no role.</exception>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    /// <remarks>Where the cluster has another version of this library, the host's start throws <see cref="ClusterVersionException"/>.</remarks>
    public static IHostApplicationBuilder AddQamaSilo(
        this IHostApplicationBuilder builder, ClusterSettings settings, ClusterRoles roles, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        if (roles is not (ClusterRoles.Server or ClusterRoles.Worker or ClusterRoles.Both))
        {
            throw new ArgumentException($"Expected Server, Worker or Both, got {roles}.", nameof(roles));
        }

        builder.UseOrleans(silo =>
        {
            Membership(silo, settings);

            // When a silo dies, the usual directory ends grains on silos that live: those that it had listed. This one does not, so that the
            // storage in memory, which is grains, keeps all when a worker dies, and coordinators go on.
#pragma warning disable ORLEANSEXP003 // What it is called may change; what it does is documented.
            silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            silo.Configure<ClusterOptions>(o => Name(o, settings))
                .Configure<GrainTypeOptions>(o => SiloGrains.Keep(o, roles))
                .AddPlacementDirector<WorkerPlacementStrategy, WorkerPlacementDirector>()
                .UseSiloMetadata(new Dictionary<string, string>
                {
                    [ClusterNames.Roles] = ((int)roles).ToString(CultureInfo.InvariantCulture),
                    [ClusterNames.VersionKey] = settings.Version,
                });
            silo.Services.AddSingleton(settings).AddSingleton<IWorkerDirectory, WorkerDirectory>()
                .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloGate>()
                .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloEnd>()
                .Configure<ExceptionSerializationOptions>(Exceptions);
            silo.Services.TryAddSingleton(TimeProvider.System);
            if (settings.Tls is { } tls)
            {
                silo.UseTls(ClusterTlsOptions.Of(tls));
            }

            CampaignHosting.Add(silo.Services, roles);
            if (roles.HasFlag(ClusterRoles.Server))
            {
                silo.Services.AddSingleton<IWaker, TrainingWaker>().AddHostedService<Keeper>();
            }

            configure?.Invoke(silo);
        });
        return builder;
    }

    /// <summary>Adds a client: <see cref="IClusterClient"/> is connected when the host has started.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="settings">The cluster; without PostgreSQL the gateway port is that of a silo on this computer.</param>
    /// <param name="configure">Further settings of Orleans; null for none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    /// <remarks>Where the cluster has another version of this library, the host's start throws <see cref="ClusterVersionException"/>.</remarks>
    public static IHostApplicationBuilder AddQamaClient(
        this IHostApplicationBuilder builder, ClusterSettings settings, Action<IClientBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => Name(o, settings))
                .Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = settings.ProbeTime); // silos come back under other ports
            if (settings.Postgres is { } connection)
            {
                client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, connection));
            }
            else
            {
                client.UseStaticClustering(new IPEndPoint(settings.Address ?? IPAddress.Loopback, settings.GatewayPort));
            }

            if (settings.Tls is { } tls)
            {
                client.UseTls(ClusterTlsOptions.Of(tls));
            }

            client.Services.AddSingleton(settings).Configure<ExceptionSerializationOptions>(Exceptions);
            configure?.Invoke(client);
        });

        // After Orleans' own, which connects.
        builder.Services.AddHostedService<ClientGate>();
        return builder;
    }

    // Exceptions of this library arrive as what they are.
    private static void Exceptions(ExceptionSerializationOptions options) => options.SupportedNamespacePrefixes.Add(nameof(Qama));

    private static void Name(ClusterOptions options, ClusterSettings settings) =>
        (options.ClusterId, options.ServiceId) = (settings.Name, settings.Name);

    // One silo's vote is enough: what a silo that was declared dead by mistake does is harmless, see the fences of journal and storage.
    private static void Liveness(ClusterMembershipOptions options, ClusterSettings settings)
    {
        options.ProbeTimeout = settings.ProbeTime;
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 1;
        options.TableRefreshTimeout = settings.ProbeTime * 4;
        options.IAmAliveTablePublishTimeout = settings.ProbeTime * 4;
    }

    private static void Membership(ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Configure<EndpointOptions>(o => (o.SiloPort, o.GatewayPort) = (settings.SiloPort, settings.GatewayPort))
            .Configure<ClusterMembershipOptions>(o => Liveness(o, settings));
        if (settings.Postgres is { } connection)
        {
            silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, connection))
                .AddAdoNetGrainStorage(ClusterNames.Storage, o => (o.Invariant, o.ConnectionString) = (Invariant, connection));
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PostgresSetup>();
            if (settings.Address is { } address)
            {
                silo.Configure<EndpointOptions>(o => o.AdvertisedIPAddress = address);
            }
        }
        else
        {
            var first = new IPEndPoint(IPAddress.Loopback, settings.FirstSiloPort ?? settings.SiloPort);
            silo.Configure<EndpointOptions>(o => o.AdvertisedIPAddress = IPAddress.Loopback)
                .UseDevelopmentClustering(first).AddMemoryGrainStorage(ClusterNames.Storage);
        }
    }
}
