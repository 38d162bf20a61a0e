using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Qama.Cluster.Training;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Cluster.Tests.Training;

/// <summary>Trainings on a cluster have the bits of one process, whoever computes.</summary>
public sealed class ClusterTrainerTests
{
    private static readonly int _runs = int.Parse(
        Environment.GetEnvironmentVariable("QAMA_CLUSTER_TRAININGS") ?? "1", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [Stores]
    public async Task Any_number_of_workers_gives_the_trainers_bits(string store)
    {
        foreach ((int shards, int workers) in new[] { (1, 2), (5, 1), (8, 3) })
        {
            await using TestCluster cluster = TestCluster.Create(store);
            await cluster.StartSiloAsync(ClusterRoles.Server);
            for (int w = 0; w < workers; w++)
            {
                await StartWorkerAsync(cluster, threads: 1 + w);
            }

            await FitAndCompareAsync(cluster, ToyTask.Arguments(shards), (trainer, result) =>
            {
                TrainingTraffic traffic = result.Last.Traffic;
                int numbers = trainer.Model.State.Sum(p => p.Parameter.Length);
                Assert.Equal(2 * 5, traffic.Steps);
                Assert.InRange(result.Last.Workers, 1, workers); // ten short steps may be over before the last one has joined
                Assert.Empty(result.Last.Refused);
                Assert.InRange(traffic.BytesFromWorkers, traffic.Steps * numbers * 4, traffic.Steps * Math.Min(shards, 3 * workers) * numbers * 4);
                Assert.InRange(traffic.BytesToWorkers, traffic.Steps * numbers * 4, traffic.Steps * workers * numbers * 4);
                Assert.InRange(traffic.Messages, 2 * traffic.Steps, 2 * workers * (traffic.Steps + 2 * 10));
            });
        }
    }

    [Fact]
    public async Task A_laptop_needs_one_process()
    {
        await using TestCluster cluster = TestCluster.Create("memory");
        await cluster.StartSiloAsync(ClusterRoles.Both, b => b.Services.AddTrainingTasks(new TrainingTasks([new ToyTask()])));
        await FitAndCompareAsync(cluster, ToyTask.Arguments(shards: 4));
    }

    [Fact]
    public async Task Labels_of_tokens_count_alike_whichever_shard_they_are_in()
    {
        await using TestCluster cluster = TestCluster.Create("memory");
        await cluster.StartSiloAsync(ClusterRoles.Both, b => b.Services.AddTrainingTasks(new TrainingTasks([new ToyTask()])));
        await FitAndCompareAsync(cluster, ToyTask.Arguments(shards: 4, perToken: true));
    }

    [Theory]
    [Stores]
    public async Task Workers_killed_at_random_change_no_bit(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server);
        List<Process> workers = [await StartProcessAsync(cluster), await StartProcessAsync(cluster), await StartProcessAsync(cluster)];
        var random = new Random(store.Length);
        string arguments = ToyTask.Arguments(shards: 8, epochs: 8, delay: 15);
        float[] expected = Expected(arguments).Values;
        IClusterClient client = await cluster.ConnectAsync();
        for (int run = 0; run < _runs; run++)
        {
            // Each of them in the middle of a step, when the run has come that far.
            var moments = new Queue<int>(new[] { random.Next(1, 20), random.Next(20, 38) });
            Task restart = Task.CompletedTask;
            var trainer = new ClusterTrainer(client, new ToyTask(), arguments);
            trainer.Progress = p =>
            {
                if (moments.TryPeek(out int moment) && p.Traffic.Steps >= moment)
                {
                    moments.Dequeue();
                    int victim = random.Next(workers.Count);
                    workers[victim].Kill();
                    restart = RestartAsync(restart, victim);
                }
            };
            await trainer.FitAsync($"run {run}").WaitAsync(TimeSpan.FromMinutes(3));
            Assert.Equal(expected, Values(trainer.Model));
            Assert.Empty(moments);
            await restart;
        }

        async Task RestartAsync(Task before, int victim)
        {
            await before;
            workers[victim] = await StartProcessAsync(cluster);
        }
    }

    [PostgresFact]
    public async Task A_server_that_is_killed_leaves_the_run_to_another()
    {
        await using TestCluster cluster = TestCluster.Create("postgres");
        Process[] servers = [await cluster.StartProcessAsync("Silo"), await cluster.StartProcessAsync("Silo")];
        int[] ports = [cluster.Ports[0], cluster.Ports[1]];
        await StartProcessAsync(cluster);
        IClusterClient client = await cluster.ConnectAsync();
        string arguments = ToyTask.Arguments(shards: 4, epochs: 6, delay: 30);
        var trainer = new ClusterTrainer(client, new ToyTask(), arguments, new ClusterTrainingOptions { CheckpointSteps = 2 });
        var killed = 0;
        trainer.Progress = p =>
        {
            if (p.Training is { Epoch: >= 2 } && Interlocked.Exchange(ref killed, 1) == 0)
            {
                ITrainingRun run = client.GetGrain<ITrainingRun>("run");
                SiloAddress silo = client.GetGrain<IManagementGrain>(0).GetActivationAddress(run).AsTask().GetAwaiter().GetResult()!;
                servers[Array.IndexOf(ports, silo.Endpoint.Port)].Kill();
            }
        };
        ClusterTrainingResult result = await trainer.FitAsync("run").WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, killed);
        Assert.Equal(Expected(arguments).Values, Values(trainer.Model));
        Assert.Equal(2, result.Evaluations.Count);
    }

    [Theory]
    [Stores]
    public async Task A_coordinator_that_is_not_the_last_one_writes_nothing(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        IHost server = await cluster.StartSiloAsync(ClusterRoles.Server);
        await StartWorkerAsync(cluster);
        string arguments = ToyTask.Arguments(shards: 2, epochs: 3, delay: 30);
        var trainer = new ClusterTrainer(await cluster.ConnectAsync(), new ToyTask(), arguments, new ClusterTrainingOptions { CheckpointSteps = 1 });
        Task<ClusterTrainingResult>? fit = null;
        var first = new GrainState<RunRecord>();
        var storage = server.Services.GetRequiredKeyedService<IGrainStorage>(ClusterNames.Storage);
        GrainId grain = server.Services.GetRequiredService<IGrainFactory>().GetGrain<ITrainingRun>("run").GetGrainId();
        int steps = 0;
        trainer.Progress = p => steps = Math.Max(steps, p.Training.Batch + 5 * (p.Training.Epoch - 1));
        fit = trainer.FitAsync("run");

        // Another activation, as a network that splits may have, goes on from the first step's checkpoint.
        await WaitAsync(() => Volatile.Read(ref steps) >= 1);
        await storage.ReadStateAsync("training", grain, first);
        await WaitAsync(() => Volatile.Read(ref steps) >= 7);
        for (bool written = false; !written;)
        {
            var now = new GrainState<RunRecord>();
            await storage.ReadStateAsync("training", grain, now);
            now.State = first.State;
            try
            {
                await storage.WriteStateAsync("training", grain, now);
                written = true;
            }
            catch (InconsistentStateException)
            {
                // The coordinator was faster.
            }
        }

        ClusterTrainingResult result = await fit.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(Expected(arguments).Values, Values(trainer.Model));
        Assert.InRange(result.Last.Traffic.Steps, 15, 15 + 1); // counted from the first checkpoint on: the older one's counts are gone
    }

    [Theory]
    [Stores]
    public async Task A_worker_that_joins_in_mid_run_takes_part(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server);
        string arguments = ToyTask.Arguments(shards: 6, epochs: 12, delay: 10);
        var trainer = new ClusterTrainer(await cluster.ConnectAsync(), new ToyTask(), arguments);
        int most = 0;
        trainer.Progress = p => most = Math.Max(most, p.Workers);
        Task<ClusterTrainingResult> fit = trainer.FitAsync("run"); // before there is anybody
        await StartWorkerAsync(cluster);
        await WaitAsync(() => Volatile.Read(ref most) == 1);
        await StartWorkerAsync(cluster);
        ClusterTrainingResult result = await fit.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, result.Last.Workers);
        Assert.Equal(Expected(arguments).Values, Values(trainer.Model));
    }

    [Theory]
    [InlineData("data", "it has training data 75 samples, SHA-256 ", "the training 75 samples, SHA-256 ")]
    [InlineData("seed", "it has seed 8, the training 7")]
    [InlineData("model", "it has model ", "seed 4", "seed 2")]
    [InlineData("name", "There is no task 'toy' here. There are: other.")]
    [InlineData("failure", "The data are not here.")]
    public async Task A_worker_that_differs_is_refused_by_what_differs(string difference, params string[] messages)
    {
        await using TestCluster cluster = TestCluster.Create("memory");
        await cluster.StartSiloAsync(ClusterRoles.Server);
        await StartWorkerAsync(cluster, difference: difference);
        var trainer = new ClusterTrainer(await cluster.ConnectAsync(), new ToyTask(), ToyTask.Arguments(2));
        IReadOnlyDictionary<string, string> refused = new Dictionary<string, string>();
        trainer.Progress = p => refused = p.Refused;
        Task<ClusterTrainingResult> fit = trainer.FitAsync("run");
        await WaitAsync(() => Volatile.Read(ref refused).Count == 1);
        Assert.All(messages, m => Assert.Contains(m, refused.Values.Single(), StringComparison.Ordinal));
        Assert.False(fit.IsCompleted);

        await StartWorkerAsync(cluster);
        ClusterTrainingResult result = await fit.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, result.Last.Workers);
        Assert.Single(result.Last.Refused);
        Assert.Equal(Expected(ToyTask.Arguments(2)).Values, Values(trainer.Model));
    }

    [Theory]
    [Stores]
    public async Task A_cancelled_run_goes_on_and_no_other_takes_its_name(string store)
    {
        await using TestCluster cluster = TestCluster.Create(store);
        await cluster.StartSiloAsync(ClusterRoles.Server);
        await StartWorkerAsync(cluster);
        IClusterClient client = await cluster.ConnectAsync();
        string arguments = ToyTask.Arguments(shards: 3, epochs: 3, delay: 20);
        var trainer = new ClusterTrainer(client, new ToyTask(), arguments);
        int steps = 0;
        trainer.Progress = p => steps = p.Training.Batch;
        Task<ClusterTrainingResult> fit = trainer.FitAsync("run");
        await WaitAsync(() => Volatile.Read(ref steps) >= 2);
        Assert.False(await trainer.ForgetAsync("run"));
        await trainer.CancelAsync("run");
        await Assert.ThrowsAsync<OperationCanceledException>(() => fit);
        await trainer.CancelAsync("run");
        await trainer.CancelAsync("no such run");

        var other = new ClusterTrainer(client, new ToyTask(), ToyTask.Arguments(shards: 4, epochs: 3, delay: 20));
        Assert.Contains("it has shards 4, the training 3", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => other.FitAsync("run"))).Message, StringComparison.Ordinal);

        // What was stored goes on anywhere: here, and in one process.
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, (await trainer.CheckpointAsync("run"))!);
            TrainingSetup setup = Setup(arguments);
            var local = new Trainer<float>(setup.Model, setup.Options);
            local.Load(path);
            local.Fit(setup.Data);
            Assert.Equal(Expected(arguments).Values, Values(setup.Model));
        }
        finally
        {
            File.Delete(path);
        }

        await trainer.FitAsync("run").WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Expected(arguments).Values, Values(trainer.Model));
        Assert.True(await trainer.ForgetAsync("run"));
        Assert.Null(await trainer.CheckpointAsync("run"));
    }

    [Fact]
    public async Task A_training_that_diverges_fails_with_the_trainers_message()
    {
        string arguments = ToyTask.Arguments(shards: 3, rate: 1e38);
        TrainingSetup setup = Setup(arguments);
        string expected = Assert.Throws<InvalidOperationException>(
            () => new Trainer<float>(setup.Model, setup.Options).Fit(setup.Data)).Message;
        await using TestCluster cluster = TestCluster.Create("memory");
        await cluster.StartSiloAsync(ClusterRoles.Server);
        await StartWorkerAsync(cluster);
        var trainer = new ClusterTrainer(await cluster.ConnectAsync(), new ToyTask(), arguments);
        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.FitAsync("run"))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.FitAsync("run"))).Message);
    }

    private static async Task FitAndCompareAsync(
        TestCluster cluster, string arguments, Action<ClusterTrainer, ClusterTrainingResult>? check = null)
    {
        var trainer = new ClusterTrainer(await cluster.ConnectAsync(), new ToyTask(), arguments);
        ClusterTrainingResult result = await trainer.FitAsync("run").WaitAsync(TimeSpan.FromMinutes(1));
        (float[] values, Dictionary<string, EvaluationResult> evaluations, TrainingProgress last) = Expected(arguments);
        Assert.Equal(values, Values(trainer.Model));
        Assert.Equal(evaluations, result.Evaluations.ToDictionary());
        Assert.Equal(last with { TimeLeft = default }, result.Last.Training with { TimeLeft = default });
        check?.Invoke(trainer, result);
    }

    private static TrainingSetup Setup(string arguments) => new ToyTask().Create(JsonDocument.Parse(arguments).RootElement, 1);

    private static (float[] Values, Dictionary<string, EvaluationResult> Evaluations, TrainingProgress Last) Expected(string arguments)
    {
        TrainingSetup setup = Setup(arguments.Replace("\"delay\":", "\"delay\":0,\"was\":", StringComparison.Ordinal));
        TrainingProgress last = default;
        var trainer = new Trainer<float>(setup.Model, setup.Options) { Progress = p => last = p };
        trainer.Fit(setup.Data);
        return (Values(setup.Model), setup.Evaluated.ToDictionary(e => e.Key, e => trainer.Evaluate(e.Value)), last);
    }

    private static float[] Values(Module<float> model) => [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];

    private static Task<IHost> StartWorkerAsync(TestCluster cluster, int threads = 1, string? difference = null) =>
        cluster.StartSiloAsync(
            ClusterRoles.Worker, b => b.Services.AddTrainingTasks(new TrainingTasks([new ToyTask(difference)], threads)));

    private static Task<Process> StartProcessAsync(TestCluster cluster) =>
        cluster.StartProcessAsync("Worker", "--tasks", typeof(ToyTask).Assembly.Location, "--threads", "1");

    private static async Task WaitAsync(Func<bool> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), "Nothing happened for a minute.");
            await Task.Delay(20);
        }
    }
}
