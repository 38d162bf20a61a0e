using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Settings.Command(Run).RunAsync(args);
    }

    private static int Run(Settings settings, CancellationToken stop)
    {
        if (settings.Variants.Except(Variant.Of(settings.Tokens).Select(v => v.Name)).FirstOrDefault() is { } missing)
        {
            Console.Error.WriteLine($"--variant: '{missing}' is not declared for windows of {settings.Tokens} characters.");
            return 2;
        }

        Corpus corpus = Corpus.Read(settings.Text);
        Console.WriteLine(
            $"{corpus.Training.Length:N0} characters for training, {corpus.Validation.Length:N0} for evaluation, {corpus.Vocabulary.Length} different ones.");
        var results = new List<RunResult>();
        foreach (string name in settings.Variants)
        {
            results.Add(new Experiment(settings, Variant.Find(name)!, corpus).Run(stop));
        }

        ResultTable.Print(
            ["variant", "loss", "bits/character", "accuracy", "s/step", "parameters"],
            results.Select(r => (string[])
            [
                r.Variant, $"{r.ValidationLoss:0.000}", $"{r.ValidationLoss / Math.Log(2):0.000}", $"{r.ValidationAccuracy:0.0%}",
                $"{r.SecondsPerStep:0.000}", $"{r.Parameters:N0}",
            ]));
        Console.WriteLine($"Results and trained models: {settings.Out}");
        return 0;
    }
}
