using System.Globalization;
using Qama.Training;

namespace Qama.Examples.Digits;

/// <summary>Shows how training goes: one line per epoch, and on a terminal the line moves within the epoch.</summary>
internal sealed class ProgressLine(string name)
{
    private const int StepsPerUpdate = 5;

    public void Show(TrainingProgress progress)
    {
        bool last = progress.Batch == progress.Batches;
        if (!last && (Console.IsOutputRedirected || progress.Batch % StepsPerUpdate != 0))
        {
            return;
        }

        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-8} epoch {progress.Epoch,3}/{progress.Epochs}  batch {progress.Batch,3}/{progress.Batches}  loss {progress.Loss:0.0000}  training accuracy {progress.Accuracy,6:0.0%}  {progress.TimeLeft.TotalSeconds,4:0} s left");
        if (!Console.IsOutputRedirected)
        {
            Console.Write('\r');
        }

        Console.Write(line);
        if (last)
        {
            Console.WriteLine();
        }
    }
}
