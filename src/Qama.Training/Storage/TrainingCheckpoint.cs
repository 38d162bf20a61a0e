using System.Globalization;
using System.Numerics;

namespace Qama.Training;

/// <summary>A training between two epochs as a safetensors file: model, optimiser, and in the metadata what must agree.</summary>
internal static class TrainingCheckpoint
{
    private const string Epochs = "completedEpochs";
    private const string Steps = "steps";
    private const string Settings = "settings";

    public static void Save<T>(string path, Module<T> model, Adam<T> optimizer, TrainerOptions options, int completedEpochs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterStorage.Save(path, Tensors(model, optimizer), new Dictionary<string, string>
        {
            [Epochs] = completedEpochs.ToString(CultureInfo.InvariantCulture),
            [Steps] = optimizer.Steps.ToString(CultureInfo.InvariantCulture),
            [Settings] = Describe(options),
        });

    /// <summary>Fills model and optimiser; the number of completed epochs.</summary>
    public static int Load<T>(string path, Module<T> model, Adam<T> optimizer, TrainerOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int epochs, long steps) = ReadMetadata(path, options);
        ParameterStorage.Load(path, Tensors(model, optimizer));
        optimizer.Resume(steps);
        return epochs;
    }

    private static (int Epochs, long Steps) ReadMetadata(string path, TrainerOptions options)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(Settings, out string? settings)
            || !int.TryParse(file.Metadata.GetValueOrDefault(Epochs), CultureInfo.InvariantCulture, out int epochs)
            || !long.TryParse(file.Metadata.GetValueOrDefault(Steps), CultureInfo.InvariantCulture, out long steps)
            || epochs < 0 || steps < epochs)
        {
            throw new InvalidDataException($"'{path}' is not a checkpoint of a training.");
        }

        if (settings != Describe(options) || epochs > options.Epochs)
        {
            throw new InvalidDataException(
                $"'{path}' is a checkpoint of another training: it has {settings}, expected {Describe(options)}.");
        }

        return (epochs, steps);
    }

    // What decides the result besides the model and the data; threads do not. A schedule is known by some of its rates.
    private static string Describe(TrainerOptions options)
    {
        LearningRate rate = options.LearningRate;
        AdamOptions adam = options.Adam;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epochs {options.Epochs}, batch size {options.BatchSize}, seed {options.Seed}, "
            + $"learning rates {rate.At(1, 1000)} {rate.At(10, 1000)} {rate.At(500, 1000)} {rate.At(1000, 1000)}, "
            + $"Adam {adam.Beta1} {adam.Beta2} {adam.Epsilon} {adam.WeightDecay}, clipping {options.MaxGradientNorm}, "
            + $"label smoothing {options.LabelSmoothing}");
    }

    private static NamedParameter<T>[] Tensors<T>(Module<T> model, Adam<T> optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
    [
        .. model.State.Select(p => p with { Name = $"Model.{p.Name}" }),
        .. optimizer.State.Select(p => p with { Name = $"Optimizer.{p.Name}" }),
    ];
}
