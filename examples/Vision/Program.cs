using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        ImageData data = ImageData.Load(settings.Dataset, settings.Data);
        if (settings.Images > data.Training.Count)
        {
            Console.Error.WriteLine($"--images: there are {data.Training.Count} training images, got {settings.Images}.");
            return 2;
        }

        Console.WriteLine($"{data.Name}, images: {settings.Images ?? data.Training.Count} training, {data.Validation.Count} validation, {data.Test.Count} test.");
        var results = new List<RunResult>();
        foreach (string name in settings.Variants)
        {
            results.Add(new Experiment(settings, Variant.Find(name)!, data).Run(stop));
        }

        ResultTable.Print(
            ["variant", "best validation", "test accuracy", "selected", "s/epoch", "parameters", "variables"],
            results.Select(r => (string[])
            [
                r.Variant, $"{r.Epochs.Max(e => e.ValidationAccuracy):0.00%}", $"{r.TestAccuracy:0.00%}",
                r.Epochs[^1].SelectedShare is { } share ? $"{share:0%}" : "-",
                $"{r.Epochs.Select(e => e.Seconds).Order().ElementAt(r.Epochs.Count / 2):0.0}", $"{r.Parameters}", $"{r.VariablesPerImage}",
            ]));
        Console.WriteLine($"Results, pictures and trained models: {settings.Out}");
        return 0;
    }
}
