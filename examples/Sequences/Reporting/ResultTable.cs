using System.Globalization;

namespace Qama.Examples.Sequences;

/// <summary>Results as a table for people.</summary>
internal static class ResultTable
{
    public static void Print(IReadOnlyList<SequenceResult> runs)
    {
        Console.WriteLine();
        Console.WriteLine("variant         test accuracy  tokens/head  answer selected  distance  s/epoch");
        foreach (SequenceResult run in runs)
        {
            SelectionSummary? s = run.Selection;
            string selection = s is null
                ? $"{"-",11}  {"-",15}  {"-",8}"
                : string.Create(CultureInfo.InvariantCulture, $"{s.TokensPerHead,11:0.0}  {s.AnswerSelected,15:0.0%}  {s.MeanDistance,8:0}");
            double seconds = run.Epochs.Select(e => e.Seconds).Order().ElementAt(run.Epochs.Count / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{run.Variant,-14}  {run.TestAccuracy,13:0.0%}  {selection}  {seconds,7:0.0}"));
        }
    }
}
