using Npgsql;

namespace Qama.Cluster.Storage;

/// <summary>The tables of a cluster in PostgreSQL, created where they are missing.</summary>
internal static class PostgresSchema
{
    // Any number that only this library locks by: silos that start together wait for each other.
    private const long LockNumber = 0x51414D41;

    /// <summary>Creates what is missing, in one transaction.</summary>
    /// <param name="source">The database.</param>
    /// <param name="scripts">Names of the scripts beside this file, in order.</param>
    /// <param name="cancellationToken">Stops; nothing changed then.</param>
    public static async Task EnsureAsync(NpgsqlDataSource source, IReadOnlyList<string> scripts, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync($"SELECT pg_advisory_xact_lock({LockNumber})").ConfigureAwait(false);
        foreach (string script in scripts)
        {
            await RunAsync(Read(script)).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);

        async Task RunAsync(string sql)
        {
            await using NpgsqlCommand command = new(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"Expected the name of a script, got '{name}'.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
