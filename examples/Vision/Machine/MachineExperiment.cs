using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Transport;
using Qama.Examples.CimInference;
using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;

namespace Qama.Examples.Vision;

/// <summary>Classifies test images with selections from the simulator and from the emulated machine, and compares.</summary>
internal sealed class MachineExperiment(MachineSettings settings, TrainedModel model, LabelledImages images)
{
    private readonly Dataset<float> _data = images.ToDataset();
    private int _variables;

    /// <summary>Runs all ways and writes the result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public async Task<MachineResult> RunAsync(CancellationToken stop)
    {
        RunResult run = model.Run;
        var found = new List<(MachineRow Row, int[] Classes, List<double> Energies)>
        {
            Classify("simulator", "none", $"annealing, {run.Sweeps} sweeps",
                new SimulatedAnnealingSampler { Sweeps = run.Sweeps, Threads = settings.Threads }, stop),
            Classify("simulator, long", "none", "annealing, 4 x 1,000 sweeps",
                new SimulatedAnnealingSampler { Sweeps = 1000, Restarts = 4, Threads = settings.Threads }, stop),
        };
        foreach (MachineWays way in MachineWays.Of(model.Attention))
        {
            await using EmulatedMachine machine = await EmulatedMachine.StartAsync(
                new EmulatorOptions { Solver = way.Create(settings), Rows = settings.Solutions }, way.Options, ":memory:");
            var relaxed = new RelaxedSampler(machine.Sampler);
            (MachineRow row, int[] classes, List<double> energies) = await Task.Run(
                () => Classify(way.Name, way.Reduction, way.Solver, way.Relaxed ? relaxed : machine.Sampler, stop), stop);
            CimStatistics s = machine.Sampler.Statistics;
            found.Add((row with
            {
                Tasks = s.Tasks,
                Decided = s.FixedVariables / (double)s.Variables,
                RoundedToZero = s.TermsRoundedToZero / (double)Math.Max(1, s.Terms),
                Repaired = way.Relaxed ? relaxed.Repaired / (double)relaxed.Answers : null,
            }, classes, energies));
        }

        double[] best = [.. Enumerable.Range(0, _data.Count).Select(i => found.Min(f => f.Energies[i]))];
        var result = new MachineResult
        {
            Run = Path.GetFileNameWithoutExtension(settings.Run),
            Dataset = run.Dataset,
            Variant = run.Variant,
            Epochs = run.Epochs.Count,
            Seed = run.Seed,
            Images = _data.Count,
            Machine = CimMachine.Cpqc550.Name,
            Spins = CimMachine.Cpqc550.Limits.Spins,
            Bits = CimMachine.Cpqc550.Limits.Bits,
            Solutions = settings.Solutions,
            Steps = settings.Steps,
            Variables = _variables,
            Rows = [.. found.Select(f => Compare(f.Row, f.Classes, f.Energies, found[0].Classes, best))],
        };
        Directory.CreateDirectory(settings.Out);
        string path = Path.Combine(settings.Out, string.Create(CultureInfo.InvariantCulture, $"{result.Run}-machine-n{result.Images}.json"));
        File.WriteAllText(path, JsonSerializer.Serialize(result, MachineJson.Default.MachineResult) + "\n");
        Console.WriteLine($"\nResult: {Path.GetFullPath(path)}");
        return result;
    }

    private (MachineRow Row, int[] Classes, List<double> Energies) Classify(
        string name, string reduction, string solver, ISampler sampler, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        (int[] classes, WatchedSampler found) = WorkBar.Show(name, bar => model.Classify(
            _data, sampler, done => bar.Move(done / (double)_data.Count, $"{done}/{_data.Count} images, {name}"), stop));
        _variables = found.Variables;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var row = new MachineRow(
            name, reduction, solver, Share(i => classes[i] == _data.Label(i)), 0, 0, 0, found.Infeasible / (double)_data.Count, null, null, null, null,
            seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-56} {row.Accuracy,7:0.00%} {seconds,6:0} s"));
        return (row, classes, found.Energies);
    }

    private MachineRow Compare(MachineRow row, int[] classes, List<double> energies, int[] usual, double[] best)
    {
        double[] gaps = [.. best.Select((e, i) => (energies[i] - e) / Math.Abs(e))];
        return row with { Agreement = Share(i => classes[i] == usual[i]), MeanGap = gaps.Average(), WorstGap = gaps.Max() };
    }

    private double Share(Func<int, bool> holds) => Enumerable.Range(0, _data.Count).Count(holds) / (double)_data.Count;
}
