using System.Globalization;

namespace Qama.Examples.Vision;

/// <summary>Results as a table for people.</summary>
internal static class ResultTable
{
    public static void Print(IReadOnlyList<RunResult> runs)
    {
        Console.WriteLine();
        Console.WriteLine("variant         best validation  test accuracy  selected  s/epoch  parameters  variables/image");
        foreach (RunResult run in runs)
        {
            string selected = run.Epochs[^1].SelectedShare is { } share ? share.ToString("0%", CultureInfo.InvariantCulture) : "-";
            double seconds = run.Epochs.Select(e => e.Seconds).Order().ElementAt(run.Epochs.Count / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Variant,-14}  {run.Epochs.Max(e => e.ValidationAccuracy),15:0.00%}  {run.TestAccuracy,13:0.00%}  {selected,8}  {seconds,7:0.0}  {run.Parameters,10}  {run.VariablesPerImage,15}"));
        }
    }
}
