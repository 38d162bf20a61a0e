using System.Globalization;
using Qama.Training;

namespace Qama.Examples.Sequences;

/// <summary>Shows how training goes: a line that moves within the epoch on a terminal, and one line per epoch.</summary>
internal static class ProgressLine
{
    private const int StepsPerUpdate = 5;

    public static void Show(string name, TrainingProgress progress)
    {
        bool last = progress.Batch == progress.Batches;
        if (!last && (Console.IsOutputRedirected || progress.Batch % StepsPerUpdate != 0))
        {
            return;
        }

        Console.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{(Console.IsOutputRedirected ? "" : "\r")}{name,-14} epoch {progress.Epoch,3}/{progress.Epochs}  batch {progress.Batch,3}/{progress.Batches}  loss {progress.Loss:0.0000}  training {progress.Accuracy,6:0.0%}  {progress.TimeLeft.TotalSeconds,5:0} s left"));
    }

    public static void ShowEpoch(SequenceEpoch epoch) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  validation {epoch.ValidationAccuracy:0.0%}  {epoch.Seconds:0.0} s"));
}
