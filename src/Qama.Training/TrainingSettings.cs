using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>What decides a training's result besides state and data, as texts; threads do not.</summary>
internal static class TrainingSettings
{
    /// <summary>The shards' name: trainings of before there were any had one.</summary>
    public const string Shards = "shards";

    /// <summary>The batch size's name.</summary>
    public const string BatchSize = "batch size";

    public static List<(string Name, string Value)> Of<T>(Module<T> model, TrainerOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdamOptions adam = options.Adam;
        return
        [
            ("epochs", Text(options.Epochs)),
            (BatchSize, Text(options.BatchSize)),
            (Shards, Text(options.Shards)),
            ("seed", Text(options.Seed)),
            ("learning rates", Rates(options.LearningRate)),
            ("Adam", string.Create(CultureInfo.InvariantCulture, $"{adam.Beta1} {adam.Beta2} {adam.Epsilon} {adam.WeightDecay}")),
            ("clipping", Text(options.MaxGradientNorm)),
            ("label smoothing", Text(options.LabelSmoothing)),
            ("element type", typeof(T).Name),
            ("model", model.Description),
        ];
    }

    /// <summary>The first lines that differ.</summary>
    public static (string Theirs, string Ours) FirstDifference(string theirs, string ours)
    {
        string[] first = theirs.Split('\n');
        string[] second = ours.Split('\n');
        int line = 0;
        while (line < first.Length && line < second.Length && first[line] == second[line])
        {
            line++;
        }

        return (Line(first), Line(second));

        string Line(string[] lines) => line >= lines.Length ? "nothing more" : lines[line].Length > 0 ? lines[line] : "none";
    }

    public static string Text<TNumber>(TNumber number)
        where TNumber : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    // A schedule is known by its rates.
    private static string Rates(LearningRate rate)
    {
        const int Steps = 1000;
        var bytes = new byte[Steps * sizeof(double)];
        for (int step = 1; step <= Steps; step++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan((step - 1) * sizeof(double)), rate.At(step, Steps));
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{rate.At(1, Steps)} {rate.At(10, Steps)} {rate.At(500, Steps)} {rate.At(Steps, Steps)} ({hash})");
    }
}
