using System.CommandLine;
using System.Globalization;

namespace Qama.Examples.Sequences;

/// <summary>Exit codes: 0 done, 1 files or training are not right, 2 a wrong option, 130 interrupted.</summary>
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

        return parsed.Invoke();
    }

    private static int Run(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(settings.Out);
            Console.WriteLine($"{settings.Task} records, {settings.Tokens} tokens: {settings.Sequences} sequences for training.");
            var results = new List<SequenceResult>();
            foreach (string name in settings.Variants)
            {
                results.Add(new Experiment(settings, Variant.Find(name)!).Run(cancellationToken));
            }

            ResultTable.Print(results);
            Console.WriteLine($"\nResults: {Path.GetFullPath(settings.Out)}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("\nInterrupted: variants that were complete are kept.");
            return 130;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
