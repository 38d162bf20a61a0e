using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Qama.Annealing;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Tests;
using Qama.Cim.Transport;
using Qama.Cluster.Machine;
using Qama.Problems;

namespace Qama.Cluster.Tests.Machine;

/// <summary>A machine account in a cluster, as callers see it.</summary>
public sealed class MachineClusterTests
{
    [Theory]
    [Stores]
    public async Task A_group_gets_the_answers_of_one_sampler_and_pays_once_and_sees_what_it_cost(string store)
    {
        using var folder = new TemporaryFolder();
        await using CimEmulator emulator = await MachineSilos.EmulatorAsync();
        await using TestCluster cluster = TestCluster.Create(store);
        var measured = new ConcurrentQueue<(string Name, double Value)>();
        using MeterListener meters = Listen(measured);
        await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.AddEmulator(b.Services, emulator.Address, folder.Path + "/j.db"));
        IClusterClient client = await cluster.ConnectAsync();
        QuboProblemBatch problems = Client.Problems(12);

        SampleSet[] results = await Task.WhenAll(new[] { "ann", "bob", "eve" }.Select(
            caller => MachineSilos.SampleAsync(client, MachineSilos.Options(caller), problems)));
        Assert.Equal(12, emulator.Accepted);
        foreach (SampleSet result in results)
        {
            for (int p = 0; p < 12; p++)
            {
                Assert.Equal(results[0].State(p).ToArray(), result.State(p).ToArray());
                Assert.Equal(problems.Energy(p, result.State(p)), result.Energy(p));
            }

            Assert.InRange(Enumerable.Range(0, 12).Count(p => result.Energy(p) < SmallProblems.Lowest(problems.ToQubo(p)) + 0.2), 10, 12);
            Assert.Contains("machine account group, ", result.Provenance, StringComparison.Ordinal);
        }

        // All of it is in the journal now: one more asks for nothing, whatever its limits are.
        var sampler = new ClusterCimSampler(client, MachineSilos.Account, MachineSilos.Options("later", o => o with { MaxTasksPerRun = 0 }));
        await MachineSilos.SampleAsync(sampler, problems);
        Assert.Equal((12, 12, 0), (sampler.Statistics.Tasks, sampler.Statistics.TasksReused, sampler.Statistics.Submissions));
        Assert.Equal(12, emulator.Accepted);
        Assert.All((await sampler.PlanAsync(problems)).Known, e => Assert.Equal(JournalState.Done, e!.State));

        var owner = client.GetGrain<IMachineOwner>(MachineSilos.Account);
        MachineStatus status = await owner.StatusAsync();
        Assert.Equal((0, 0, 12, null), (status.Queued, status.Running, status.SubmittedToday, status.MaxTasksPerDay));
        Assert.Equal(12, (await owner.CallersAsync(0, 10)).Sum(c => c.SubmittedToday));
        Assert.Equal(5, (await owner.TasksAsync(JournalState.Done, 7, 100)).Count);
        Assert.Empty(await owner.QueueAsync(0, 10));
        await Assert.ThrowsAsync<ArgumentException>(() => owner.QueueAsync(-1, 10));
        await Assert.ThrowsAsync<ArgumentException>(() => owner.CallersAsync(0, 1001));
        Assert.True(measured.Where(m => m.Name == "qama.machine.submissions").Sum(m => m.Value) >= 12);
        Assert.Contains(measured, m => m.Name == "qama.machine.wait");
        Assert.Contains(measured, m => m is { Name: "qama.machine.queued", Value: > 0 });
    }

    [Theory]
    [Stores]
    public async Task What_goes_wrong_is_said_as_a_sampler_of_ones_own_says_it(string store)
    {
        using var folder = new TemporaryFolder();
        await using CimEmulator emulator = await MachineSilos.EmulatorAsync(new EmulatorOptions { Quota = 2 });
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.AddEmulator(
            b.Services, emulator.Address, folder.Path + "/j.db", o => o.MaxTasksPerDayPerCaller = 4));
        IClusterClient client = await cluster.ConnectAsync();

        CimTasksException tasks = await Assert.ThrowsAsync<CimTasksException>(
            () => MachineSilos.SampleAsync(client, MachineSilos.Options("ann"), Client.Problems(3)));
        TaskFailure failure = Assert.Single(tasks.Failures);
        Assert.Equal(JournalState.Failed, failure.State);
        Assert.Contains("quota", failure.Reason, StringComparison.Ordinal);
        Assert.StartsWith("1 of 3 tasks has no result:", tasks.Message, StringComparison.Ordinal);

        foreach ((Func<CimSamplerOptions, CimSamplerOptions> limit, string message) in new (Func<CimSamplerOptions, CimSamplerOptions>, string)[]
        {
            (o => o with { MaxTasksPerRun = 1 }, "The batch needs 2 submissions; 1 of 1 a run are left. Nothing was submitted."),
            (o => o with { MaxTasksPerDay = 4 }, "The batch needs 2 submissions; 1 of 4 a day are left. Nothing was submitted."),
            (o => o, "The batch needs 2 submissions; 1 of 4 a day for ann are left. Nothing was submitted."),
        })
        {
            CimBudgetException budget = await Assert.ThrowsAsync<CimBudgetException>(
                () => MachineSilos.SampleAsync(client, MachineSilos.Options("ann", limit), Client.Problems(2, seed: 9)));
            Assert.Equal(message, budget.Message);
        }

        // Given up by hand, as the message of such a task says.
        var owner = client.GetGrain<IMachineOwner>(MachineSilos.Account);
        await owner.EndAsync(failure.Key, JournalState.Unknown, "by hand");
        Assert.Equal("by hand", Assert.Single(await owner.TasksAsync(JournalState.Unknown, 0, 10)).Reason);
        await Assert.ThrowsAsync<ArgumentException>(() => owner.EndAsync(failure.Key, JournalState.Done, ""));
        await Assert.ThrowsAsync<CimJournalException>(() => owner.EndAsync(new string('f', 64), JournalState.Failed, ""));
        tasks = await Assert.ThrowsAsync<CimTasksException>(
            () => MachineSilos.SampleAsync(client, MachineSilos.Options("bob"), Client.Problems(3)));
        Assert.Equal((JournalState.Unknown, "by hand"), (tasks.Failures[0].State, tasks.Failures[0].Reason));

        var nobody = new ClusterCimSampler(client, "nobody", MachineSilos.Options("ann"));
        CimException configuration = await Assert.ThrowsAsync<CimConfigurationException>(() => MachineSilos.SampleAsync(nobody, Client.Problems(1)));
        Assert.Contains("no machine account 'nobody'", configuration.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => MachineSilos.SampleAsync(
            client, MachineSilos.Options("ann", o => o with { Machine = CimMachine.Cpqc1000 }), Client.Problems(1, seed: 5)));
    }

    [Fact]
    public async Task A_caller_that_cancels_leaves_the_queue_and_what_has_left_is_finished()
    {
        using var folder = new TemporaryFolder();
        var machine = new GatedMachine();
        await using TestCluster cluster = TestCluster.Create("memory");
        await cluster.StartSiloAsync(
            ClusterRoles.Server, b => MachineSilos.Add(b.Services, _ => machine, folder.Path + "/j.db", o => o.MaxConcurrentTasks = 1));
        IClusterClient client = await cluster.ConnectAsync();
        var owner = client.GetGrain<IMachineOwner>(MachineSilos.Account);
        using var stop = new CancellationTokenSource();
        Task run = MachineSilos.SampleAsync(client, MachineSilos.Options("ann"), Client.Problems(4), stop.Token);
        while ((await owner.StatusAsync()).Queued < 3)
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        while ((await owner.StatusAsync()).Queued > 0)
        {
            await Task.Delay(5);
        }

        machine.OpenAll();
        while ((await owner.TasksAsync(JournalState.Done, 0, 10)).Count < 1)
        {
            await Task.Delay(5);
        }

        Assert.Single(machine.Submitted);
    }

    [PostgresFact]
    public async Task Two_owners_forced_at_once_pay_once()
    {
        // Two clusters that know nothing of each other, on one store: what a network that splits is like.
        await using CimEmulator emulator = await MachineSilos.EmulatorAsync();
        string database = PostgresServer.Shared.CreateDatabase();
        const int Tasks = 30;
        IClusterClient[] clients = new IClusterClient[2];
        await using TestCluster first = TestCluster.On(database);
        await using TestCluster second = TestCluster.On(database);
        foreach ((int index, TestCluster cluster) in new[] { first, second }.Index())
        {
            await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.AddEmulator(
                b.Services, emulator.Address, null, o => (o.MaxTasksPerDay, o.MaxConcurrentTasks) = (Tasks, 2)));
            clients[index] = await cluster.ConnectAsync();
        }

        int unknown = 0;
        await Task.WhenAll(clients.Select(async (client, c) =>
        {
            for (int part = 0; part < 3; part++)
            {
                try
                {
                    await MachineSilos.SampleAsync(client, MachineSilos.Options($"caller {c}"), Client.Problems(Tasks / 3, seed: 3 + (ulong)part));
                }
                catch (CimTasksException e)
                {
                    // Submitted: the other owner has it, and had no answer yet when this caller gave up.
                    Assert.All(e.Failures, f => Assert.True(
                        f.State is JournalState.Unknown or JournalState.Running or JournalState.Submitted, f.ToString()));
                    Interlocked.Add(ref unknown, e.Failures.Count);
                }
            }
        }));
        Assert.All(emulator.AcceptedContents.Values, times => Assert.Equal(1, times));
        Assert.InRange(emulator.Accepted, Tasks - unknown, Tasks);
    }

    [PostgresFact]
    public async Task An_owner_whose_silo_is_gone_is_succeeded_by_another_that_finishes_although_no_caller_is_left()
    {
        var machine = new GatedMachine();
        await using TestCluster cluster = TestCluster.Create("postgres");
        IHost[] silos =
        [
            await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.Add(b.Services, _ => machine, null)),
            await cluster.StartSiloAsync(ClusterRoles.Server, b => MachineSilos.Add(b.Services, _ => machine, null)),
        ];
        IClusterClient client = await cluster.ConnectAsync();
        var owner = client.GetGrain<IMachineOwner>(MachineSilos.Account);
        using var stop = new CancellationTokenSource();
        Task run = MachineSilos.SampleAsync(client, MachineSilos.Options("ann"), Client.Problems(5), stop.Token);
        while ((await owner.TasksAsync(JournalState.Running, 0, 10)).Count < 5)
        {
            await Task.Delay(10);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        SiloAddress? where = await client.GetGrain<IManagementGrain>(0).GetActivationAddress(owner);
        int gone = silos[0].Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Equals(where) ? 0 : 1;
        await silos[gone].StopAsync();
        machine.OpenAll();
        var limit = Stopwatch.StartNew();
        while (true)
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), "No other owner has finished the tasks.");
            try
            {
                if ((await owner.TasksAsync(JournalState.Done, 0, 10)).Count == 5)
                {
                    break;
                }
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
            }

            await Task.Delay(50);
        }

        Assert.Equal(5, machine.Submitted.Count);
    }

    private static MeterListener Listen(ConcurrentQueue<(string Name, double Value)> measured)
    {
        var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ClusterDiagnostics.SourceName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((i, value, _, _) => measured.Enqueue((i.Name, value)));
        meters.SetMeasurementEventCallback<double>((i, value, _, _) => measured.Enqueue((i.Name, value)));
        meters.Start();
        return meters;
    }
}
