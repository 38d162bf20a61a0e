using System.Diagnostics;
using System.Globalization;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Tests;
using Qama.Cluster.Machine;
using Qama.Cluster.Storage;
using Qama.Numerics;
using Qama.Problems;
using Xunit.Abstractions;

namespace Qama.Cluster.Tests.Machine;

/// <summary>Many tasks of several callers, a machine that fails, servers that are killed, a database that is restarted.</summary>
public sealed class MachineFaultTests(ITestOutputHelper output)
{
    private const int TasksAtATime = 4;

    /// <summary>500 of them: QAMA_CLUSTER_TASKS=500.</summary>
    private static int Count { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("QAMA_CLUSTER_TASKS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 24;

    [Theory]
    [Stores]
    public async Task Nothing_is_lost_and_nothing_paid_twice(string store)
    {
        bool isPersistent = store == "postgres";
        int count = isPersistent ? Count : Count / 2;
        using var folder = new TemporaryFolder();
        using PostgresServer? server = isPersistent ? new PostgresServer() : null;
        string? database = server?.CreateDatabase();
        await using CimEmulator emulator = await MachineSilos.EmulatorAsync(new EmulatorOptions
        {
            // Few tasks take long enough for servers to die meanwhile.
            QueueDelay = TimeSpan.FromMilliseconds(Math.Max(300, 40_000 / count)),
            Faults = new EmulatorFaults { Rate = 0.3, Pause = TimeSpan.FromMilliseconds(2) },
        });
        await using TestCluster cluster = database is null ? TestCluster.Create("memory") : TestCluster.On(database);
        string journal = Path.Combine(folder.Path, "journal.db");
        var silos = new List<(Process Process, string[] Arguments)>();
        foreach (int _ in Enumerable.Range(0, isPersistent ? 3 : 1))
        {
            ClusterSettings settings = cluster.NextSilo();
            string[] arguments =
            [
                typeof(MachineFaultTests).Assembly.Location, MachinePrograms.Silo, cluster.Name, Text(settings.SiloPort), Text(settings.GatewayPort),
                emulator.Address.ToString(), journal, Text(count), Text(TasksAtATime),
            ];
            silos.Add((await StartAsync(cluster, arguments), arguments));
        }

        var clock = Stopwatch.StartNew();
        (Process Process, Task<string> Said)[] callers =
        [
            .. Enumerable.Range(0, 3).Select(c => cluster.Start(
                [typeof(MachineFaultTests).Assembly.Location, MachinePrograms.Caller, cluster.Name, Text(cluster.FirstGateway!.Value), $"caller {c}", Text(count), Text(c)]))
                .Select(p => (p, p.StandardOutput.ReadToEndAsync())),
        ];
        Task ended = Task.WhenAll(callers.Select(c => c.Process.WaitForExitAsync()));
        int step = Math.Max(8, count / 20); // tasks accepted from one kill to the next
        int kills = 0;
        int restarts = 0;
        var random = new RandomStream(3);
        for (int next = step; !ended.IsCompleted;)
        {
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(50)));
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(20), "The callers do not come to an end.");
            if (restarts < 2 && emulator.Accepted >= count * (1 + restarts) / 4)
            {
                restarts++;
                await Task.Run(() => server?.Restart(restarts == 1 ? "immediate" : "fast"));
            }

            int victim = silos.FindIndex(s => s.Process.HasExited); // a silo that others took for dead ends itself
            if (victim < 0 && (emulator.Accepted < next || next >= count))
            {
                continue;
            }

            if (victim < 0)
            {
                victim = random.NextInt32(silos.Count);
                silos[victim].Process.Kill(); // SIGKILL
                await silos[victim].Process.WaitForExitAsync();
                next += step;
                kills++;
            }

            silos[victim] = (await StartAsync(cluster, silos[victim].Arguments), silos[victim].Arguments);
        }

        TimeSpan took = clock.Elapsed;
        foreach ((Process process, Task<string> said) in callers)
        {
            output.WriteLine((await said).Trim());
            Assert.Equal(0, process.ExitCode);
        }

        foreach ((Process process, _) in silos)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await using (CimJournal after = await OpenAsync(database, journal))
        {
            IReadOnlyList<JournalEntry> entries = await after.ListAsync();
            output.WriteLine(
                $"{store}: {count} tasks in {took.TotalSeconds:0} s, {kills} kills, {restarts} restarts, "
                + $"{string.Join(", ", entries.GroupBy(e => e.State).Select(g => $"{g.Count()} {g.Key}"))}; {emulator.Accepted} accepted, "
                + $"{emulator.FaultCounts.Values.Sum()} faults");
            Assert.Equal(count, entries.Count);
            Assert.All(entries, e => Assert.True(
                e.State == JournalState.Done || (e.State is JournalState.Failed or JournalState.Unknown && e.Reason.Length > 0), e.ToString()));
            Assert.All(emulator.AcceptedContents.Values, times => Assert.Equal(1, times));
            Assert.InRange(emulator.Accepted, entries.Count(e => e.State == JournalState.Done), count);
            Assert.InRange(await after.SubmittedTodayAsync(), emulator.Accepted, count);
            // Few tasks may all be accepted while a silo starts again.
            Assert.True(kills > 0 && (!isPersistent || restarts >= (count < 100 ? 1 : 2)), $"{kills} kills, {restarts} restarts");
        }

        await ResubmitAsync(emulator, database, journal, count);
    }

    // Told to, an owner submits again what failed or is unknown, and everything arrives.
    private static async Task ResubmitAsync(CimEmulator emulator, string? database, string journal, int count)
    {
        await using TestCluster cluster = database is null ? TestCluster.Create("memory") : TestCluster.On(database);
        await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.AddEmulator(b.Services, emulator.Address, journal, o => o.MaxConcurrentTasks = 16));
        IClusterClient client = await cluster.ConnectAsync();
        ClusterCimOptions again = MachineSilos.Options("again", o => o with { ResubmitUnknown = true, ResubmitFailed = true });
        SampleSet? result = null;
        for (int round = 0; result is null && round < 40; round++)
        {
            try
            {
                result = await MachineSilos.SampleAsync(client, again, MachinePrograms.Problems(count));
            }
            catch (CimTasksException)
            {
            }
        }

        Assert.NotNull(result);
        Assert.Equal(count, (await client.GetGrain<IMachineOwner>(MachineSilos.Account).TasksAsync(JournalState.Done, 0, 1000)).Count);
    }

    private static async Task<CimJournal> OpenAsync(string? database, string file) =>
        database is null ? CimJournal.Open(file) : await PostgresJournal.OpenAsync(database, MachineSilos.Account);

    // As whatever supervises servers does: one that ends before it is ready is started again. On a busy computer others may take a silo
    // for dead while it starts.
    private static async Task<Process> StartAsync(TestCluster cluster, string[] arguments)
    {
        string said = "";
        for (int attempt = 0; attempt < 10; attempt++)
        {
            Process process = cluster.Start(arguments);
            Task<string> error = process.StandardError.ReadToEndAsync();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line == "ready")
                {
                    _ = process.StandardOutput.ReadToEndAsync();
                    return process;
                }
            }

            await process.WaitForExitAsync();
            said = await error;
        }

        throw new InvalidOperationException($"A silo does not start: {said}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
