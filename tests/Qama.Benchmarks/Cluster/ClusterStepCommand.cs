using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qama.Cluster;
using Qama.Cluster.Hosting;
using Qama.Cluster.Tests;
using Qama.Cluster.Training;
using Qama.Training;
using static System.FormattableString;

namespace Qama.Benchmarks.Cluster;

/// <summary><c>cluster-step</c>: steps of worker processes of one thread each beside the trainer's with as many threads, in turns.</summary>
internal static class ClusterStepCommand
{
    private const string Name = "qama-benchmark";

    public static Command Create()
    {
        Option<int> workers = new("--workers") { Description = "worker processes, and threads of the trainer", DefaultValueFactory = _ => 2 };
        Option<int> shards = new("--shards") { Description = "shards of a batch", DefaultValueFactory = _ => 2 };
        Option<int> turns = new("--turns") { Description = "turns of either", DefaultValueFactory = _ => 7 };
        Option<int> epochs = new("--epochs") { Description = "epochs of 8 steps in a turn", DefaultValueFactory = _ => 8 };
        var command = new Command("cluster-step", "Training steps on a cluster of this machine beside those of one process: time, messages, bytes.")
        {
            workers, shards, turns, epochs,
        };
        command.SetAction(parsed => RunAsync(
            Console.Out, parsed.GetValue(workers), parsed.GetValue(shards), parsed.GetValue(turns), parsed.GetValue(epochs)));
        return command;
    }

    /// <summary>The process that the command starts.</summary>
    public static Command CreateWorker()
    {
        Argument<int> first = new("first-silo-port");
        var command = new Command("cluster-step-worker") { first };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            using IHost host = Host(ClusterRoles.Worker, FreePorts.Next(), parsed.GetValue(first));
            await host.StartAsync(stop);
            await Console.Out.WriteLineAsync("ready");
            await host.WaitForShutdownAsync(stop);
        });
        return command;
    }

    private static async Task RunAsync(TextWriter output, int workers, int shards, int turns, int epochs)
    {
        output.WriteLine(Machine.Measure().Description);
        string arguments = JsonSerializer.Serialize(new { shards, epochs });
        int port = FreePorts.Next();
        using IHost server = Host(ClusterRoles.Server, port, null);
        await server.StartAsync();
        var client = server.Services.GetRequiredService<IClusterClient>();
        List<Process> processes = [];
        try
        {
            for (int w = 0; w < workers; w++)
            {
                processes.Add(await StartWorkerAsync(port));
            }

            List<double> cluster = [], alone = [];
            ClusterTrainingProgress? last = null;
            for (int turn = 0; turn < turns + 1; turn++)
            {
                (double step, last) = await ClusterAsync(client, arguments, $"turn {turn}");
                double own = Alone(arguments, workers);
                if (turn > 0) // the first has the compiler's work in it
                {
                    cluster.Add(step);
                    alone.Add(own);
                    output.WriteLine(Invariant($"step: cluster {step:F2} ms, trainer {own:F2} ms"));
                }
            }

            TrainingTraffic traffic = last!.Traffic;
            double steps = traffic.Steps;
            output.WriteLine(Invariant(
                $"{workers} workers of one thread, {shards} shards: {Median.Of(cluster):F2} ms a step; trainer with {workers} threads: {Median.Of(alone):F2} ms; median of ratios {Median.Of([.. alone.Zip(cluster, (a, c) => a / c)]):F2}"));
            output.WriteLine(Invariant(
                $"per step: {traffic.Messages / steps:F1} messages, {traffic.BytesToWorkers / steps:F0} bytes to workers, {traffic.BytesFromWorkers / steps:F0} from them; {traffic.RepeatedShards} of {traffic.Shards} shards repeated"));
        }
        finally
        {
            foreach (Process process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }

    private static async Task<(double Milliseconds, ClusterTrainingProgress Last)> ClusterAsync(
        IClusterClient client, string arguments, string run)
    {
        var trainer = new ClusterTrainer(client, new MnistTask(), arguments);
        long start = 0;
        long end = 0;
        long first = 0;
        long last = 0;
        trainer.Progress = p =>
        {
            if (p.Traffic.Steps > last)
            {
                (end, last) = (Stopwatch.GetTimestamp(), p.Traffic.Steps);
                if (start == 0)
                {
                    (start, first) = (end, last);
                }
            }
        };
        ClusterTrainingResult result = await trainer.FitAsync(run);
        return (Stopwatch.GetElapsedTime(start, end).TotalMilliseconds / (last - first), result.Last);
    }

    private static double Alone(string arguments, int threads)
    {
        TrainingSetup setup = new MnistTask().Create(JsonDocument.Parse(arguments).RootElement, threads);
        long start = 0;
        int steps = -1;
        var trainer = new Trainer<float>(setup.Model, setup.Options with { Threads = threads, Shards = 1 })
        {
            Progress = _ =>
            {
                steps++;
                start = start == 0 ? Stopwatch.GetTimestamp() : start;
            },
        };
        trainer.Fit(setup.Data);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps;
    }

    private static async Task<Process> StartWorkerAsync(int port)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(ClusterStepCommand).Assembly.Location, "cluster-step-worker", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                return process;
            }
        }

        throw new InvalidOperationException("A worker did not start.");
    }

    private static IHost Host(ClusterRoles roles, int port, int? first)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddQamaSilo(
            new ClusterSettings { Name = Name, SiloPort = port, GatewayPort = FreePorts.Next(), FirstSiloPort = first }, roles);
        builder.Services.AddTrainingTasks(new TrainingTasks([new MnistTask()], threads: 1));
        return builder.Build();
    }
}
