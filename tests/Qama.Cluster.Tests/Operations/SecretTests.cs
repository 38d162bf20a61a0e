using System.Diagnostics;
using Npgsql;
using Qama.Cluster.Tests.Campaigns;

namespace Qama.Cluster.Tests.Operations;

/// <summary>A password of the database appears nowhere: neither in logs at their most talkative, nor in errors, tables and results.</summary>
public sealed class SecretTests
{
    private const string Secret = "marked-7f3a9c";

    [PostgresFact]
    public async Task A_password_is_in_no_log_and_no_table()
    {
        await using CampaignScene scene = CampaignScene.Empty("postgres", $";Password={Secret}");
        scene.Cluster.Environment["Logging__LogLevel__Default"] = "Trace";
        using var said = new StringWriter();
        Process[] silos =
        [
            await scene.Cluster.StartProcessAsync("Silo", said), await scene.Cluster.StartProcessAsync("Worker", said, CampaignScene.WorkerOptions),
        ];
        await scene.ConnectAsync();
        await scene.Client.SubmitAsync(scene.File("1..2", "failures: 1", "a, broken", attempts: 1));
        Assert.Equal(4, (await scene.EndAsync()).Failed);
        string tables = await TablesAsync(scene.Cluster.Postgres!);
        foreach (Process silo in silos)
        {
            silo.Kill();
            await silo.WaitForExitAsync();
        }

        Assert.Contains("qama.campaign", tables, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Secret, tables, StringComparison.Ordinal);
        string log = said.ToString() + string.Concat(await Task.WhenAll(silos.Select(s => s.StandardError.ReadToEndAsync())));
        Assert.True(log.Length > 10_000, log);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Worker")]
    public async Task A_password_is_in_no_error(string program)
    {
        await using TestCluster cluster = TestCluster.Create("memory");
        foreach (string connection in new[]
                 {
                     $"Host=127.0.0.1;Port={FreePorts.Next()};Username=a;Password={Secret};Timeout=2", $"Hots=x;Password={Secret}",
                     $"no connection {Secret}",
                 })
        {
            cluster.Environment[ClusterSettings.PostgresVariable] = connection;
            Process process = cluster.Start([Path.Combine(AppContext.BaseDirectory, $"Qama.Cluster.{program}.dll")]);
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.NotEqual(0, process.ExitCode);
            Assert.NotEmpty(errors);
            Assert.DoesNotContain(Secret, await output + errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_secrets_file_is_read_and_its_errors_do_not_quote_it()
    {
        string file = Path.Combine(Path.GetTempPath(), $"qama-secrets-{Guid.NewGuid():N}");
        try
        {
            Environment.SetEnvironmentVariable(ClusterSecrets.FileVariable, file);
            File.WriteAllText(file, $"# comment\n\nQAMA_SECRET_TEST = Host=x;Password={Secret}\n");
            Assert.Equal($"Host=x;Password={Secret}", ClusterSecrets.Read("QAMA_SECRET_TEST"));
            Assert.Null(ClusterSecrets.Read("QAMA_SECRET_OTHER"));
            File.WriteAllText(file, $"QAMA_SECRET_TEST=a\n{Secret}\n");
            InvalidDataException e = Assert.Throws<InvalidDataException>(() => ClusterSecrets.Read("QAMA_SECRET_TEST"));
            Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, new ClusterSettings { Postgres = Secret }.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(ClusterSecrets.FileVariable, null);
            File.Delete(file);
        }
    }

    private static async Task<string> TablesAsync(string connection)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
        await using NpgsqlCommand names = source.CreateCommand("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
        var tables = new List<string>();
        await using (NpgsqlDataReader reader = await names.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var text = new StringWriter();
        foreach (string table in tables)
        {
            await using NpgsqlCommand rows = source.CreateCommand($"SELECT t::text FROM {table} t");
            await using NpgsqlDataReader reader = await rows.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                text.WriteLine(reader.GetString(0));
            }

            if (table == "qama_grain")
            {
                await reader.DisposeAsync();
                await using NpgsqlCommand payloads = source.CreateCommand("SELECT coalesce(encode(payload, 'escape'), '') FROM qama_grain");
                await using NpgsqlDataReader payload = await payloads.ExecuteReaderAsync();
                while (await payload.ReadAsync())
                {
                    text.WriteLine(payload.GetString(0));
                }
            }
        }

        return text.ToString();
    }
}
