using System.CommandLine;
using Qama.Cim.Transport;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary><c>machine</c>: test images of a trained model with selections from the emulated coherent Ising machine.</summary>
internal static class MachineCommand
{
    public static Command Create()
    {
        var run = new Option<string>("--run")
        {
            Description = "Result of a training (JSON); its checkpoint lies beside it.", HelpName = "FILE", Required = true,
        };
        Option<string> data = Settings.Folder();
        Option<int> images = ExampleOptions.Whole("--images", "Test images, the first.", 1, 1_000_000, 1_000);
        Option<int> solutions = ExampleOptions.Whole("--solutions", "Solutions that the machine gives per task.", 1, 1_000, 10);
        Option<int> steps = ExampleOptions.Whole("--steps", "Steps of the emulated machine.", 1, 1_000_000, 1_000);
        Option<int> threads = ExampleOptions.Whole("--threads", "Threads of the model; 0 for all processors.", 0, 1024, 0);
        var folder = new OutputFolderOption("Folder for the result (JSON).", "machine");
        var command = new Command(
            "machine", "Classifies test images with selections from the emulated 8-bit machine, rounded plainly and after range reduction.")
        {
            run, data, images, solutions, steps, threads, folder,
        };
        command.Does((parsed, stop) => RunAsync(
            new MachineSettings(
                parsed.GetValue(run)!, parsed.GetValue(data)!, parsed.GetValue(images), parsed.GetValue(solutions), parsed.GetValue(steps),
                parsed.GetValue(threads), parsed.GetValue(folder)!),
            stop));
        return command;
    }

    private static async Task<int> RunAsync(MachineSettings settings, CancellationToken stop)
    {
        try
        {
            TrainedModel model = TrainedModel.Load(settings.Run, settings.Threads);
            LabelledImages test = ImageData.Load(model.Run.Dataset, settings.Data).Test;
            MachineResult result = await new MachineExperiment(
                settings, model, test.Slice(0, Math.Min(settings.Images, test.Count))).RunAsync(stop);
            MachineTable.Print(result);
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or CimException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
