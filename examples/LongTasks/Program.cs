using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        TokenTask task = TaskChoice.Create(settings.Task, settings.Length, settings.Options);
        Console.WriteLine(
            $"{task.Kind} {task.Length}: {settings.Options.Samples:#,0} sequences of {task.Tokens:#,0} tokens, "
            + $"{task.Asked} tokens of each asked.");
        var results = new List<TaskResult>();
        foreach (string name in settings.Variants)
        {
            foreach (double rate in settings.Rates)
            {
                var experiment = new Experiment(task, Variant.Find(name)!, settings.Options with { Rate = rate });
                results.Add(experiment.Run(settings.Out, stop));
            }
        }

        ResultTable.Print(
            ["variant", "rate", "validation", "test accuracy", "tokens/head", "answers selected", "ms/step"],
            results.Select(r => (string[])
            [
                r.Variant, $"{r.Rate:0.######}", $"{r.Epochs[^1].ValidationAccuracy:0.0%}", $"{r.TestAccuracy:0.0%}",
                r.Selection is { } s ? $"{s.TokensPerHead:0.0}" : "-",
                r.Selection?.AnswersSelected is { } a ? $"{a:0.0%}" : "-",
                $"{1000 * ResultGroup.SecondsPerStep(r):0}",
            ]));
        foreach (TaskResult result in results)
        {
            foreach (LongerTest test in result.Longer)
            {
                Console.WriteLine(
                    $"{result.Variant}, {test.Tokens:#,0} tokens: {test.Accuracy:0.0%} of {test.Sequences} sequences");
            }
        }

        Console.WriteLine($"Results: {settings.Out}");
        return 0;
    }
}
