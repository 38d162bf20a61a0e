using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Digits;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        DigitImages images = DigitImages.Load();
        (int[] training, int[] test) = images.Split();
        Console.WriteLine($"{training.Length} images for training, {test.Length} for testing; {settings.Epochs} epochs for each model.");
        var runs = new List<RunResult>();
        foreach (string name in settings.Models)
        {
            runs.Add(Experiment.Run(AttentionModel.Create(name, settings.Seed, settings.Threads), images, settings, stop));
        }

        ResultTable.Print(
            ["model", "test accuracy", "training accuracy", "s/epoch", "parameters", "variables", "mean energy"],
            runs.Select(r => (string[])
            [
                r.Name, $"{r.TestAccuracy:0.0%}", $"{r.TrainingAccuracy:0.0%}", $"{r.SecondsPerEpoch:0.00}", $"{r.ParameterCount}",
                $"{r.VariablesPerSample}", double.IsNaN(r.MeanEnergy) ? "-" : $"{r.MeanEnergy:0.0}",
            ]));
        Console.WriteLine($"Pictures of what heads attend to, and the trained parameters: {settings.Out}");
        return 0;
    }
}
