using System.CommandLine;

namespace Qama.Examples.Digits;

/// <summary>Exit codes: 0 done, 1 a file could not be written, 2 a wrong option.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
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

        return parsed.Invoke();
    }

    private static int Run(Settings settings)
    {
        DigitImages images = DigitImages.Load();
        var models = new List<AttentionModel>
        {
            AttentionModel.Qama(settings.Seed, settings.Threads),
            AttentionModel.Softmax(settings.Seed),
        };
        if (settings.Ablation)
        {
            models.Add(AttentionModel.None(settings.Seed));
        }

        (int[] training, int[] test) = images.Split();
        Console.WriteLine($"{training.Length} images for training, {test.Length} for testing; {settings.Epochs} epochs for each model.");
        try
        {
            var runs = new List<RunResult>();
            foreach (AttentionModel model in models)
            {
                runs.Add(Experiment.Run(model, images, settings));
            }

            Report.Print(runs);
            Console.WriteLine($"\nPictures of what heads attend to, and the trained parameters: {Path.GetFullPath(settings.Out)}");
            if (settings.Json is { } file)
            {
                Report.WriteJson(file, runs);
            }

            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
