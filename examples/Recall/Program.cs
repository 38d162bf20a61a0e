using System.Globalization;
using Qama.Examples.Common;
using Qama.Examples.Recall;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await Settings.Command(Run).RunAsync(args);

static int Run(Settings settings, CancellationToken stop)
{
    Console.WriteLine($"""
        {CardAttention.Question} cards with a letter and a handwritten digit each, and a question: a letter.
        Which digit is on the card with that letter? Guessing is right in 10 %.
        {settings.Tables:#,0} tables for training, {settings.Epochs} epochs for each model.
        """);
    var results = new List<RecallResult>();
    foreach (string name in settings.Models)
    {
        results.Add(Experiment.Run(new RecallModel(name, settings.Seed, settings.Threads), settings, stop));
    }

    ResultTable.Print(
        ["model", "test accuracy", "tokens used", "card found", "parameters", "processor time"],
        results.Select(r => (string[])
        [
            r.Name, Percent(r.TestAccuracy, "0.0"), Percent(r.TokensUsed, "0"), Percent(r.AskedSelected, "0.0"),
            $"{r.Parameters:#,0}", $"{r.ProcessorSeconds:0.0} s",
        ]));
    Console.WriteLine("card found: some head selects the card that the question asks for");
    Console.WriteLine($"What each head uses of the first test tables: attention-*.svg in {settings.Out}");
    return 0;

    static string Percent(double? share, string format) =>
        share is { } value ? (100 * value).ToString(format, CultureInfo.InvariantCulture) + " %" : "-";
}
