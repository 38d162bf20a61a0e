using System.CommandLine;
using System.Globalization;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Precision;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Examples.CimInference;
using Qama.Examples.Digits;
using Qama.Sampling;
using Qama.Training;

// Exit codes: 0 done, 1 no result (start again to go on), 2 a wrong option, 130 interrupted.
RootCommand command = Settings.Command(RunAsync);
ParseResult parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
    {
        Console.Error.WriteLine(message);
    }

    return 2;
}

return await parsed.InvokeAsync();

static async Task<int> RunAsync(Settings settings, CancellationToken stop)
{
    try
    {
        Directory.CreateDirectory(settings.Folder);
        return settings.Throughput > 0
            ? await Throughput.RunAsync(settings.Throughput, settings.Folder, stop)
            : await ClassifyAsync(settings, stop);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        Console.WriteLine("Interrupted. Start again to go on where it was.");
        return 130;
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
    Classifier classifier = Classifier.LoadOrTrain(
        Path.Combine(settings.Folder, "digits.safetensors"), images, settings.Epochs);
    int[] chosen = images.Split().Test;
    var order = new RandomStream(5);
    chosen = [.. chosen.Select(i => (Image: i, Key: order.NextUInt64())).OrderBy(p => p.Key).Take(settings.Images).Select(p => p.Image)];
    Dataset<float> data = images.Select(chosen);

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
    var sampler = new CimSampler(transport, journal, new CimSamplerOptions
    {
        Machine = CimMachine.Cpqc550,
        Pack = settings.Pack,
        MaxTasksPerRun = settings.MaxTasks,
        PollInterval = TimeSpan.FromMilliseconds(credentials is null ? 100 : 2000),
        Progress = new ProgressLines(),
    });

    CimPlan plan = await sampler.PlanAsync(classifier.Problems(data), stop);
    if (settings.DryRun)
    {
        Console.WriteLine(plan);
        return 0;
    }

    Console.WriteLine($"{data.Count} images in {plan.Tasks.Count} tasks on {(credentials is null ? "the emulator" : "the machine")} at {connection.TaskAddress}");
    (int[] byMachine, double machineEnergy) = await Task.Run(() => classifier.Classify(data, new Interruptible(sampler, stop)), stop);
    (int[] bySimulator, double simulatorEnergy) = classifier.Classify(data, new SimulatedAnnealingSampler { Sweeps = 200, Restarts = 4 });

    PrecisionReport[] reports = [.. plan.Problems.Select(p => p.Report)];
    CimStatistics statistics = sampler.Statistics;
    Print($"accuracy           machine {Share(s => byMachine[s] == data.Label(s)):0.0%}, simulator {Share(s => bySimulator[s] == data.Label(s)):0.0%}");
    Print($"same class         {Share(s => byMachine[s] == bySimulator[s]):0.0%}");
    Print($"mean energy        machine {machineEnergy:0.000}, simulator {simulatorEnergy:0.000}");
    Print($"tasks              {statistics.Tasks} for {statistics.Problems} problems, {statistics.TasksSaved} saved by packing; {statistics.Submissions} submitted now, {statistics.TasksReused} were in the journal");
    Print($"decided exactly    {reports.Average(r => r.FixedVariables):0.0} of {reports[0].Variables} variables a problem");
    Print($"spins              {reports.Average(r => r.Spins):0.0} a problem, {reports.Average(r => r.FieldSpins):0.0} of them share fields");
    Print($"rounding           {reports.Sum(r => r.RoundedToZero)} of {reports.Sum(r => r.Terms)} coefficients to zero, largest error {reports.Max(r => r.MaxError):G3}, mean {reports.Average(r => r.MeanError):G3}");
    return 0;

    double Share(Func<int, bool> holds) => Enumerable.Range(0, data.Count).Count(holds) / (double)data.Count;
}

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
