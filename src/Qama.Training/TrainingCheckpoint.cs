using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Qama.Files;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training;

/// <summary>
/// A training between two steps as a safetensors file: model, optimiser, and in the metadata all that must agree for
/// it to go on, and the SHA-256 of the whole file.
/// </summary>
internal static class TrainingCheckpoint
{
    /// <summary>What the name of a tensor of the model begins with.</summary>
    public const string ModelPrefix = "Model.";

    /// <summary>What the name of a tensor of the optimiser begins with, for each parameter of the model.</summary>
    public const string MeanPrefix = OptimizerPrefix + "Mean.";

    private const string OptimizerPrefix = "Optimizer.";

    private const string Format = "format";
    private const string Version = "qama checkpoint 3";

    // It knows neither shards nor steps within an epoch: all without them is the same.
    private const string SecondVersion = "qama checkpoint 2";
    private const string Checksum = "sha256";
    private const string Epochs = "completedEpochs";
    private const string Batches = "completedBatches";
    private const string EpochLoss = "epochLoss";
    private const string EpochCorrect = "epochCorrect";

    // Files without it are of trainings with one label per sample.
    private const string EpochRows = "epochRows";
    private const string StepsBefore = "stepsBefore";
    private const string StepsPerEpoch = "stepsPerEpoch";
    private const string Samples = "samples";
    private const string DataHash = "data";
    private const string Setting = "setting: ";

    // All that the first version had; it does not say which data and which model it belongs to.
    private const string FirstVersion = "settings";

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Save<T>(
        string path, IReadOnlyList<NamedParameter<T>> model, Adam<T> optimizer, IReadOnlyList<(string Name, string Value)> settings,
        TrainingState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        AtomicFiles.Write(path, Writer(model, optimizer, settings, state));

    /// <summary>What writes the file's content.</summary>
    public static Action<Stream> Writer<T>(
        IReadOnlyList<NamedParameter<T>> model, Adam<T> optimizer, IReadOnlyList<(string Name, string Value)> settings,
        TrainingState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NamedParameter<T>[] tensors = Tensors(model, optimizer);
        ParameterStorage.RequireDistinct(tensors);
        Dictionary<string, string> metadata = settings.ToDictionary(s => Setting + s.Name, s => s.Value);
        metadata[Format] = Version;
        metadata[Epochs] = TrainingSettings.Text(state.CompletedEpochs);
        metadata[Batches] = TrainingSettings.Text(state.CompletedBatches);
        metadata[EpochLoss] = TrainingSettings.Text(state.EpochLoss);
        metadata[EpochCorrect] = TrainingSettings.Text(state.EpochCorrect);
        metadata[EpochRows] = TrainingSettings.Text(state.EpochRows);
        metadata[StepsBefore] = TrainingSettings.Text(state.StepsBefore);
        metadata[StepsPerEpoch] = TrainingSettings.Text(state.StepsPerEpoch);
        metadata[Samples] = TrainingSettings.Text(state.Data?.Samples ?? 0);
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

        return stream => SafetensorsWriter.Write(stream, tensors, metadata);
    }

    /// <summary>Fills model and optimiser.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="model">The model's state.</param>
    /// <param name="optimizer">Its optimiser.</param>
    /// <param name="settings">What must agree.</param>
    /// <param name="epochs">Epochs of the training.</param>
    public static TrainingState Load<T>(
        SafetensorsFile file, string name, IReadOnlyList<NamedParameter<T>> model, Adam<T> optimizer,
        IReadOnlyList<(string Name, string Value)> settings, int epochs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireWhole(file, name);
        RequireSame(file, name, settings);
        int batchSize = int.Parse(settings.First(s => s.Name == TrainingSettings.BatchSize).Value, CultureInfo.InvariantCulture);
        TrainingState state = State(file, name, epochs, batchSize);
        ParameterStorage.Fill(file, name, Tensors(model, optimizer));
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

        if (format is not (Version or SecondVersion))
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
            string missing = name == TrainingSettings.Shards && file.Metadata[Format] == SecondVersion ? "1" : "";
            string saved = file.Metadata.GetValueOrDefault(Setting + name, missing);
            if (saved != value)
            {
                (string theirs, string ours) = TrainingSettings.FirstDifference(saved, value);
                throw new InvalidDataException(
                    $"'{path}' is a checkpoint of another training: it has {name} {theirs}, expected {ours}.");
            }
        }
    }

    private static TrainingState State(SafetensorsFile file, string path, int epochs, int batchSize)
    {
        string hash = file.Metadata.GetValueOrDefault(DataHash, "");
        bool within = file.Metadata[Format] != SecondVersion;
        int perEpoch = (int)Number(StepsPerEpoch, int.MaxValue);
        int completed = (int)Number(Epochs, epochs);
        var state = new TrainingState(
            completed, Number(StepsBefore, long.MaxValue / 2), perEpoch,
            hash.Length > 0 ? new DataFingerprint((int)Number(Samples, int.MaxValue), hash) : null)
        {
            CompletedBatches = within ? (int)Number(Batches, completed < epochs ? perEpoch : 0) : 0,
            EpochLoss = within ? Loss() : 0,
            EpochCorrect = within ? Number(EpochCorrect, long.MaxValue) : 0,
        };
        long samples = Math.Min((long)state.CompletedBatches * batchSize, state.Data?.Samples ?? 0);
        state = state with { EpochRows = file.Metadata.ContainsKey(EpochRows) ? Number(EpochRows, long.MaxValue) : samples };
        return state.Behind == 0 || state.Data is not null
            ? state
            : throw new InvalidDataException($"'{path}' does not say which data its steps had.");

        long Number(string key, long most) =>
            long.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= most
                ? number
                : throw new InvalidDataException(
                    $"'{path}': expected {key} in 0..{most}, got '{file.Metadata.GetValueOrDefault(key)}'.");

        double Loss() =>
            double.TryParse(file.Metadata.GetValueOrDefault(EpochLoss), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
                ? number
                : throw new InvalidDataException(
                    $"'{path}': expected {EpochLoss} to be a number, got '{file.Metadata.GetValueOrDefault(EpochLoss)}'.");
    }

    private static NamedParameter<T>[] Tensors<T>(IReadOnlyList<NamedParameter<T>> model, Adam<T> optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
    [
        .. model.Select(p => p with { Name = ModelPrefix + p.Name }),
        .. optimizer.State.Select(p => p with { Name = OptimizerPrefix + p.Name }),
    ];
}
