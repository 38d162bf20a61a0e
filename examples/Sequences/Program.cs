using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Sequences;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        Console.WriteLine($"{settings.Task} records, {settings.Tokens} tokens: {settings.Sequences} sequences for training.");
        var results = new List<SequenceResult>();
        foreach (string name in settings.Variants)
        {
            results.Add(new Experiment(settings, Variant.Find(name)!).Run(stop));
        }

        ResultTable.Print(
            ["variant", "test accuracy", "tokens/head", "answer selected", "distance", "s/epoch"],
            results.Select(r => (string[])
            [
                r.Variant, $"{r.TestAccuracy:0.0%}", r.Selection is { } s ? $"{s.TokensPerHead:0.0}" : "-",
                r.Selection is { } a ? $"{a.AnswerSelected:0.0%}" : "-", r.Selection is { } d ? $"{d.MeanDistance:0}" : "-",
                $"{r.Epochs.Select(e => e.Seconds).Order().ElementAt(r.Epochs.Count / 2):0.0}",
            ]));
        Console.WriteLine($"Results: {settings.Out}");
        return 0;
    }
}
