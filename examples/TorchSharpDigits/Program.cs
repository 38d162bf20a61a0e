using System.Globalization;
using Qama.Examples.Common;
using Qama.Examples.Vision;
using TorchSharp;

namespace Qama.Examples.TorchSharpDigits;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        if (Missing(settings.Device) is { } message)
        {
            Console.Error.WriteLine($"--device: {message}");
            return 2;
        }

        ImageData data = ImageData.Load(settings.Dataset, settings.Data);
        if (settings.Images > data.Training.Count)
        {
            Console.Error.WriteLine($"--images: there are {data.Training.Count} training images, got {settings.Images}.");
            return 2;
        }

        torch.Device device = torch.device(settings.Device);
        Console.WriteLine(
            $"{data.Name} on {settings.Device}, images: {settings.Images ?? data.Training.Count} training, {data.Validation.Count} validation, "
            + $"{data.Test.Count} test.");
        var results = new List<RunResult>();
        foreach (string name in settings.Attention)
        {
            using var run = new TrainingRun(settings, name, data, device);
            results.Add(run.Run(stop));
        }

        ResultTable.Print(
            ["attention", "test accuracy", "seconds", "tokens used", "parameters"],
            results.Select(r => (string[])
            [
                r.Name, $"{r.Test.Accuracy:0.00%}", $"{r.Seconds:0.0}", $"{r.Test.TokensUsed:0%}", $"{r.Parameters:N0}",
            ]));
        Console.WriteLine($"Trained models: {settings.Out}");
        return 0;
    }

    /// <summary>Why a device cannot be used; null if it can.</summary>
    private static string? Missing(string name)
    {
        int devices = name.StartsWith("cuda", StringComparison.Ordinal) && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return name switch
        {
            "cpu" => null,
            "mps" => torch.mps_is_available() ? null : "there is no 'mps' here: it needs macOS on an Apple processor.",
            _ when devices == 0 => $"there is no '{name}' here: it needs an NVIDIA GPU, its driver, and a build with -p:LibTorch=cuda.",
            _ when name.Split(':') is [_, string index] && int.Parse(index, CultureInfo.InvariantCulture) >= devices =>
                $"there is no '{name}' here: the last one is 'cuda:{devices - 1}'.",
            _ => null,
        };
    }
}
