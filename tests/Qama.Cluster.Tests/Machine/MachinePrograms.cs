using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Annealing;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Tests;
using Qama.Cim.Transport;
using Qama.Cluster.Hosting;
using Qama.Cluster.Machine;

namespace Qama.Cluster.Tests.Machine;

/// <summary>The programs of the fault tests: a server with a machine account, and a caller.</summary>
internal static class MachinePrograms
{
    public const string Silo = "machine-silo";
    public const string Caller = "machine-caller";
    public const int Variables = 8;

    /// <summary>Arguments: cluster, silo port, gateway port, emulator, journal file, most tasks of the day, tasks at a time.</summary>
    public static async Task<int> SiloAsync(string[] args)
    {
        HostApplicationBuilder builder = Builder();
        builder.AddQamaSilo(Settings(args[0], args[1], args[2]), ClusterRoles.Server);
        MachineSilos.AddEmulator(builder.Services, new Uri(args[3]), args[4], o =>
            (o.MaxTasksPerDay, o.MaxConcurrentTasks, o.MaxPollInterval) = (Number(args[5]), Number(args[6]), TimeSpan.FromMilliseconds(200)));
        using IHost host = builder.Build();
        await host.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        await host.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Arguments: cluster, gateway port, caller, tasks of all, this caller's number. Goes on until every task of its own has
    /// ended; 0 then.</summary>
    public static async Task<int> CallerAsync(string[] args)
    {
        HostApplicationBuilder builder = Builder();
        builder.AddQamaClient(Settings(args[0], "11111", args[1]));
        using IHost host = builder.Build();
        await host.StartAsync();
        IClusterClient client = host.Services.GetRequiredService<IClusterClient>();
        QuboProblemBatch problems = Problems(Number(args[3]), Number(args[4]));
        for (int round = 0; ; round++)
        {
            try
            {
                await MachineSilos.SampleAsync(client, MachineSilos.Options(args[2]), problems);
                await Console.Out.WriteLineAsync($"all {problems.Count} done");
                break;
            }
            catch (CimTasksException e)
            {
                await Console.Out.WriteLineAsync($"round {round}: {string.Join("; ", e.Failures.Select(f => $"{f.State} {f.Reason}").Take(3))}");
                if (e.Failures.All(f => f.State is JournalState.Failed or JournalState.Unknown))
                {
                    break;
                }
            }
            catch (CimException e)
            {
                await Console.Out.WriteLineAsync($"round {round}: {e.GetType().Name} {e.Message}");
            }

            await Task.Delay(200);
        }

        await host.StopAsync();
        return 0;
    }

    /// <summary>The tasks of a caller: a third of all, and every tenth is everybody's.</summary>
    public static QuboProblemBatch Problems(int all, int caller) => new(
    [
        .. Enumerable.Range(0, all).Where(k => k % 3 == caller || k % 10 == 0).Select(Problem),
    ]);

    /// <summary>All tasks.</summary>
    public static QuboProblemBatch Problems(int all) => new([.. Enumerable.Range(0, all).Select(Problem)]);

    public static HostApplicationBuilder Builder()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        return builder;
    }

    private static Ising.QuboMatrix Problem(int number) => SmallProblems.Real(500_000 + (ulong)number, Variables, 1);

    private static ClusterSettings Settings(string name, string silo, string gateway) => new ClusterSettings
    {
        Name = name, SiloPort = Number(silo), GatewayPort = Number(gateway), Address = IPAddress.Loopback, ProbeTime = TimeSpan.FromSeconds(1),
    }.WithEnvironment();

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
