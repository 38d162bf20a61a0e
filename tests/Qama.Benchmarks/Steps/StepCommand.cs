using System.CommandLine;
using Qama.Layers;

namespace Qama.Benchmarks.Steps;

/// <summary><c>step</c>: passes of single layers and whole training steps, beside the machine's own limits.</summary>
internal static class StepCommand
{
    private const int Batch = 128;
    private const int Sweeps = 20; // less than 0.5 % from the best on problems of a trained layer: see the solvers
    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("step", "Forward, backward and training steps: time, shares, operations per second, allocations.") { json };
        command.SetAction(parsed =>
        {
            StepReport report = Run(Console.Out);
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "step", report);
            }
        });
        return command;
    }

    private static StepReport Run(TextWriter output)
    {
        Machine machine = Machine.Measure();
        output.WriteLine(machine.Description);
        List<LayerMeasurement> layers = [];
        List<TrainingMeasurement> training = [];
        const string Name = "layer of the MNIST model";
        AddBoth(new LayerRun<Narrow>(Name, Batch, Sweeps, 41, new Narrow(1)));
        AddBoth(new LayerRun<Narrow>(Name, Batch, 4 * Sweeps, 41, new Narrow(1)));
        AddBoth(new LayerRun<Wide>("published timing case", Batch, Sweeps, 9, new Wide(1)));
        foreach (int threads in new[] { 1, 2 })
        {
            TrainingMeasurement[] models = [.. TrainingRun.Measure(threads, Sweeps, 12)];
            training.AddRange(models);
            double softmax = models.Single(m => m.Attention == TrainingRun.Softmax).Step;
            foreach (TrainingMeasurement model in models)
            {
                model.Print(output);
                output.WriteLine(FormattableString.Invariant($"  {model.Step / softmax:F2} x softmax"));
            }
        }

        return new(machine, layers, training);

        void AddBoth<TLayer>(LayerRun<TLayer> run)
            where TLayer : QuboAttentionLayer<float>, IStages
        {
            foreach (int threads in new[] { 1, 2 })
            {
                layers.Add(run.Measure(threads));
                layers[^1].Print(output, machine);
            }
        }
    }
}

/// <summary>What the command writes.</summary>
/// <param name="Machine">The machine's limits.</param>
/// <param name="Layers">Single layers.</param>
/// <param name="Training">Whole steps of the trainer.</param>
internal sealed record StepReport(
    Machine Machine, IReadOnlyList<LayerMeasurement> Layers, IReadOnlyList<TrainingMeasurement> Training);
