using System.Globalization;
using Qama.Examples.Common;
using Qama.Examples.Recall;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await Settings.Command(Run).RunAsync(args);

static int Run(Settings settings, CancellationToken stop)
{
    Console.WriteLine($"""
        {CardAttention.Question} cards, each with a letter and a handwritten digit: which digit is on the card
        that the question names? {settings.Tables:#,0} tables for training, {settings.Epochs} epochs each; guessing is right in 10 %.
        """);
    var results = new List<RecallResult>();
    foreach (string name in settings.Models)
    {
        results.Add(Experiment.Run(new RecallModel(name, settings.Seed, settings.Threads), settings, stop));
    }

    ResultTable.Print(
        ["model", "test accuracy", "tokens used", "asked card selected", "parameters", "training"],
        results.Select(r => (string[])
        [
            r.Name, Percent(r.TestAccuracy, "0.0"), Percent(r.TokensUsed, "0"), r.AskedSelected is { } share ? Percent(share, "0.0") : "-",
            $"{r.Parameters:#,0}", $"{r.Seconds:0.0} s",
        ]));
    Console.WriteLine($"What each head uses of the first test tables: attention-*.svg in {settings.Out}");
    return 0;

    static string Percent(double share, string format) => (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";
}
