using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Annealing;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cluster;
using Qama.Cluster.Hosting;
using Qama.Cluster.Machine;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Cluster;

/// <summary><c>owner</c>: what a machine task costs more through the owner of the account than in one's own program.</summary>
internal static class OwnerCommand
{
    private const string Account = "measured";

    public static Command Create()
    {
        var tasks = new Option<int>("--tasks") { Description = "tasks of each kind", DefaultValueFactory = _ => 300 };
        var spins = new Option<int>("--spins") { Description = "spins of a task", DefaultValueFactory = _ => 549 };
        var command = new Command(
            "owner", "A machine task through the owner of the account beside one by a sampler of one's own; the emulator answers at once. The owner's "
            + $"journal is a file, or PostgreSQL where {ClusterSettings.PostgresVariable} is set.")
        {
            tasks, spins,
        };
        command.SetAction(async (result, _) =>
        {
            await Console.Out.WriteLineAsync(Machine.Measure().Description);
            await RunAsync(result.GetValue(tasks), result.GetValue(spins));
        });
        return command;
    }

    private static async Task RunAsync(int tasks, int spins)
    {
        string folder = Directory.CreateTempSubdirectory("qama-owner-").FullName;
        try
        {
            await using CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { Solver = new InstantSolver(), Rows = 10 });
            QbosonTransport Transport() => new(
                new QbosonOptions { AuthAddress = emulator.Address, TaskAddress = emulator.Address }, new CimCredentials("a", "b"));

            ClusterSettings settings = new ClusterSettings { Name = $"bench-{Environment.ProcessId}", ProbeTime = TimeSpan.FromSeconds(10) }.WithEnvironment();
            using IHost silo = Start(b => b.AddQamaSilo(settings, ClusterRoles.Server).Services.AddMachine(Account, o =>
            {
                o.Transport = (_, _) => new(Transport());
                o.JournalFile = Path.Combine(folder, "owner.db");
                o.PollInterval = o.MaxPollInterval = TimeSpan.FromMilliseconds(1);
            }));
            await silo.StartAsync();
            using IHost client = Start(b => b.AddQamaClient(settings));
            await client.StartAsync();

            await using CimJournal journal = CimJournal.Open(Path.Combine(folder, "own.db"));
            await using QbosonTransport own = Transport();
            CimSamplerOptions options = new()
            {
                Precision = PrecisionOptions.Plain, PollInterval = TimeSpan.FromMilliseconds(1), MaxPollInterval = TimeSpan.FromMilliseconds(1),
                Repetition = Environment.ProcessId,
            };
            ISampler[] samplers =
            [
                new CimSampler(own, journal, options),
                new ClusterCimSampler(
                    client.Services.GetRequiredService<IClusterClient>(), Account, new ClusterCimOptions { Sampling = options, Caller = "benchmark" }),
            ];
            double[][] times = [new double[tasks], new double[tasks]];
            double[][] processor = [new double[tasks], new double[tasks]]; // of this process: client, owner, emulator
            const int Warmup = 30;
            for (int k = -Warmup; k < tasks; k++)
            {
                QuboProblemBatch problem = Problem((ulong)(k + Warmup), spins);
                for (int turn = 0; turn < 2; turn++)
                {
                    int which = (turn + k + Warmup) % 2; // in turns, either first
                    long start = Stopwatch.GetTimestamp();
                    TimeSpan used = Environment.CpuUsage.TotalTime;
                    await samplers[which].SampleAsync(problem, new SampleSet(1, 1, spins), default);
                    times[which][Math.Max(0, k)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    processor[which][Math.Max(0, k)] = (Environment.CpuUsage.TotalTime - used).TotalMilliseconds;
                }
            }

            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{tasks} tasks of {spins + 1} spins, owner's journal in {(settings.IsPersistent ? "PostgreSQL" : "a file")}: own sampler "
                + $"{Median.Of(times[0]):0.00} ms, through the owner {Median.Of(times[1]):0.00} ms, "
                + $"difference {Difference(times):0.00} ms; processor time {Median.Of(processor[0]):0.00} and {Median.Of(processor[1]):0.00} ms, "
                + $"difference {Difference(processor):0.00} ms (medians)"));
            await client.StopAsync();
            await silo.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Difference(double[][] measured) => Median.Of(measured[0].Zip(measured[1], (a, b) => b - a));

    private static IHost Start(Action<HostApplicationBuilder> configure)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        return builder.Build();
    }

    private static QuboProblemBatch Problem(ulong seed, int size)
    {
        var random = new RandomStream(seed);
        var qubo = new QuboMatrix(size);
        for (int i = 0; i < size; i++)
        {
            qubo.AddLinear(i, random.NextNormal());
            for (int j = 0; j < i; j++)
            {
                qubo.AddPair(i, j, random.NextNormal());
            }
        }

        return new QuboProblemBatch([qubo]);
    }
}
