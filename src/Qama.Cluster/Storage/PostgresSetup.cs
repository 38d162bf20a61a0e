using Npgsql;
using Orleans.Runtime;

namespace Qama.Cluster.Storage;

/// <summary>Creates a cluster's tables before anything of a silo asks for them.</summary>
internal sealed class PostgresSetup(ClusterSettings settings) : ILifecycleParticipant<ISiloLifecycle>
{
    private static string[] Scripts { get; } = ["orleans.sql"];

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(PostgresSetup), ServiceLifecycleStage.First, StartAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(settings.Postgres!);
        await PostgresSchema.EnsureAsync(source, Scripts, cancellationToken).ConfigureAwait(false);
    }
}
