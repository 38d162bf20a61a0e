using System.CommandLine;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Examples.CimInference;
using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training;

// After Ctrl+C a submission that has begun is brought to its end: its outcome must be known.
return await Settings.Command(RunAsync).RunAsync(
    args, new InvocationConfiguration { ProcessTerminationTimeout = new QbosonOptions().SubmissionTimeout });

static async Task<int> RunAsync(Settings settings, CancellationToken stop)
{
    try
    {
        return settings.Throughput > 0
            ? await Throughput.RunAsync(settings.Throughput, settings.Folder, stop)
            : await ClassifyAsync(settings, stop);
    }
    catch (CimTasksException e)
    {
        Console.Error.WriteLine(e.Message);
        Console.Error.WriteLine("Start again to go on: what is done is not computed again.");
        if (e.Failures.Any(f => f.State == JournalState.Unknown))
        {
            Console.Error.WriteLine("Unknown ones may have been accepted: look at the machine's list, or pass --resubmit-unknown and perhaps pay twice.");
        }

        return 1;
    }
    catch (CimException e)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
}

static async Task<int> ClassifyAsync(Settings settings, CancellationToken stop)
{
    DigitImages images = DigitImages.Load();
    Classifier classifier = await Task.Run(
        () => Classifier.LoadOrTrain(Path.Combine(settings.Folder, "digits.safetensors"), images, settings.Epochs, stop), stop);
    Dataset<float> data = images.Select(Choose(images.Split().Test, settings.Images));

    CimCredentials? credentials = settings.UseEmulator || settings.Address is not null ? null : CimCredentials.Find();
    await using CimEmulator? emulator = credentials is null && settings.Address is null
        ? await CimEmulator.StartAsync(new EmulatorOptions
        {
            QueueDelay = TimeSpan.FromMilliseconds(settings.QueueDelay), TaskFolder = Path.Combine(settings.Folder, "emulator"),
        })
        : null;
    Uri? address = settings.Address ?? emulator?.Address;
    QbosonOptions connection = address is null
        ? new QbosonOptions() : new QbosonOptions { AuthAddress = address, TaskAddress = address };
    await using var transport = new QbosonTransport(connection, credentials ?? new CimCredentials("emulator", "emulator"));
    await using CimJournal journal = CimJournal.Open(
        Path.Combine(settings.Folder, credentials is null ? "emulator.db" : "machine.db"));
    var progress = new TaskProgress();
    var sampler = new CimSampler(transport, journal, new CimSamplerOptions
    {
        Machine = CimMachine.Cpqc550,
        Pack = settings.Pack,
        MaxConcurrentTasks = 2,
        MaxTasksPerRun = settings.MaxTasks ?? (credentials is null ? null : Settings.MostTasksAtMachine),
        ResubmitUnknown = settings.ResubmitUnknown,
        PollInterval = TimeSpan.FromMilliseconds(credentials is null ? 100 : 2000),
        Progress = progress,
    });

    CimPlan plan = await sampler.PlanAsync(classifier.Problems(data), stop);
    if (settings.DryRun)
    {
        Console.WriteLine(plan);
        return 0;
    }

    Console.WriteLine($"{data.Count} images in {plan.Tasks.Count} tasks on {(credentials is null ? "the emulator" : "the machine")} at {connection.TaskAddress}");
    (int[] Classes, double MeanEnergy) machine = await Task.Run(
        () => WorkBar.Show("tasks", bar =>
        {
            progress.Bar = bar;
            return classifier.Classify(data, new Interruptible(sampler, stop));
        }),
        stop);
    (int[] Classes, double MeanEnergy) simulator = classifier.Classify(data, new SimulatedAnnealingSampler { Sweeps = 200, Restarts = 4 });
    Report.Print([.. Enumerable.Range(0, data.Count).Select(data.Label)], machine, simulator, plan, sampler.Statistics);
    return 0;
}

// Some of the images, the same each time.
static int[] Choose(int[] images, int count)
{
    var order = new RandomStream(5);
    return [.. images.Select(i => (Image: i, Key: order.NextUInt64())).OrderBy(p => p.Key).Take(count).Select(p => p.Image)];
}
