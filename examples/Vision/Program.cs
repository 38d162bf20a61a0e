using System.CommandLine;
using System.Globalization;

namespace Qama.Examples.Vision;

/// <summary>Exit codes: 0 done, 1 data or files are not right, 2 a wrong option, 130 interrupted.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        ParseResult parsed = Settings.Command(Run).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                Console.Error.WriteLine(message);
            }

            Console.Error.WriteLine("Try --help.");
            return 2;
        }

        // The default handler of Ctrl-C ends the process after two seconds; an epoch's checkpoint may take longer to write.
        return parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }

    private static int Run(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(settings.Out);
            ImageData data = ImageData.Load(settings.Dataset, settings.Data);
            if (settings.Images > data.Training.Count)
            {
                Console.Error.WriteLine($"--images: there are {data.Training.Count} training images, got {settings.Images}.");
                return 2;
            }

            Console.WriteLine(
                $"{data.Name}: {settings.Images ?? data.Training.Count} images for training, {data.Validation.Count} for validation, {data.Test.Count} for testing.");
            var results = new List<RunResult>();
            foreach (string name in settings.Variants)
            {
                results.Add(new Experiment(settings, Variant.Find(name)!, data).Run(cancellationToken));
            }

            ResultTable.Print(results);
            Console.WriteLine($"\nResults, pictures and trained models: {Path.GetFullPath(settings.Out)}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("\nInterrupted: the same command goes on after the last whole epoch.");
            return 130;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
