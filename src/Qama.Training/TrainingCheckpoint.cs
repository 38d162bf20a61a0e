using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Qama.Files;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training;

/// <summary>
/// A training between two epochs as a safetensors file: model, optimiser, and in the metadata all that must agree for
/// it to go on, and the SHA-256 of the whole file.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string Format = "format";
    private const string Version = "qama checkpoint 2";
    private const string Checksum = "sha256";
    private const string Epochs = "completedEpochs";
    private const string StepsBefore = "stepsBefore";
    private const string StepsPerEpoch = "stepsPerEpoch";
    private const string Samples = "samples";
    private const string DataHash = "data";
    private const string Setting = "setting: ";

    // All that the first version had; it does not say which data and which model it belongs to.
    private const string FirstVersion = "settings";

    public static void Save<T>(
        string path, Module<T> model, Adam<T> optimizer, TrainerOptions options, TrainingState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NamedParameter<T>[] tensors = Tensors(model, optimizer);
        ParameterStorage.RequireDistinct(tensors);
        Dictionary<string, string> metadata =
            Settings(model, options).ToDictionary(s => Setting + s.Name, s => s.Value);
        metadata[Format] = Version;
        metadata[Epochs] = Text(state.CompletedEpochs);
        metadata[StepsBefore] = Text(state.StepsBefore);
        metadata[StepsPerEpoch] = Text(state.StepsPerEpoch);
        metadata[Samples] = Text(state.Data?.Samples ?? 0);
        metadata[DataHash] = state.Data?.Hash ?? "";
        metadata[Checksum] = new string('0', 2 * SHA256.HashSizeInBytes);
        using (var sha = SHA256.Create())
        {
            using (var sink = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write, leaveOpen: true))
            {
                SafetensorsWriter.Write(sink, tensors, metadata);
            }

            metadata[Checksum] = Convert.ToHexStringLower(sha.Hash!);
        }

        AtomicFiles.Write(path, stream => SafetensorsWriter.Write(stream, tensors, metadata));
    }

    /// <summary>Fills model and optimiser.</summary>
    public static TrainingState Load<T>(string path, Module<T> model, Adam<T> optimizer, TrainerOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        RequireWhole(file, path);
        RequireSame(file, path, Settings(model, options));
        TrainingState state = State(file, path, options);
        ParameterStorage.Fill(file, Tensors(model, optimizer));
        optimizer.Resume(state.Steps);
        return state;
    }

    private static void RequireWhole(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(Format, out string? format))
        {
            throw new InvalidDataException(file.Metadata.ContainsKey(FirstVersion)
                ? $"'{path}' is a checkpoint of an earlier version, which does not say which data and model it is of: it cannot go on."
                : $"'{path}' is not a checkpoint of a training.");
        }

        if (format != Version)
        {
            throw new InvalidDataException($"'{path}' has the format '{format}', expected '{Version}'.");
        }

        string expected = file.Metadata.GetValueOrDefault(Checksum, "");
        if (expected.Length != 2 * SHA256.HashSizeInBytes || file.Hash(expected) != expected)
        {
            throw new InvalidDataException($"'{path}' is damaged: its content is not what was written.");
        }
    }

    private static void RequireSame(
        SafetensorsFile file, string path, IReadOnlyList<(string Name, string Value)> settings)
    {
        foreach ((string name, string value) in settings)
        {
            string saved = file.Metadata.GetValueOrDefault(Setting + name, "");
            if (saved != value)
            {
                (string theirs, string ours) = FirstDifference(saved, value);
                throw new InvalidDataException(
                    $"'{path}' is a checkpoint of another training: it has {name} {theirs}, expected {ours}.");
            }
        }
    }

    private static TrainingState State(SafetensorsFile file, string path, TrainerOptions options)
    {
        string hash = file.Metadata.GetValueOrDefault(DataHash, "");
        var state = new TrainingState(
            (int)Number(Epochs, options.Epochs), Number(StepsBefore, long.MaxValue / 2),
            (int)Number(StepsPerEpoch, int.MaxValue),
            hash.Length > 0 ? new DataFingerprint((int)Number(Samples, int.MaxValue), hash) : null);
        return state.CompletedEpochs == 0 || state.Data is not null
            ? state
            : throw new InvalidDataException($"'{path}' does not say which data its epochs had.");

        long Number(string key, long most) =>
            long.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= most
                ? number
                : throw new InvalidDataException(
                    $"'{path}': expected {key} in 0..{most}, got '{file.Metadata.GetValueOrDefault(key)}'.");
    }

    // What decides the result besides state and data; threads do not. A schedule is known by its rates.
    private static List<(string Name, string Value)> Settings<T>(Module<T> model, TrainerOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdamOptions adam = options.Adam;
        return
        [
            ("epochs", Text(options.Epochs)),
            ("batch size", Text(options.BatchSize)),
            ("seed", Text(options.Seed)),
            ("learning rates", Rates(options.LearningRate)),
            ("Adam", string.Create(CultureInfo.InvariantCulture, $"{adam.Beta1} {adam.Beta2} {adam.Epsilon} {adam.WeightDecay}")),
            ("clipping", Text(options.MaxGradientNorm)),
            ("label smoothing", Text(options.LabelSmoothing)),
            ("element type", typeof(T).Name),
            ("model", model.Description),
        ];
    }

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

    /// <summary>The first lines that differ.</summary>
    private static (string Theirs, string Ours) FirstDifference(string theirs, string ours)
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

    private static string Text<TNumber>(TNumber number)
        where TNumber : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    private static NamedParameter<T>[] Tensors<T>(Module<T> model, Adam<T> optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
    [
        .. model.State.Select(p => p with { Name = $"Model.{p.Name}" }),
        .. optimizer.State.Select(p => p with { Name = $"Optimizer.{p.Name}" }),
    ];
}
