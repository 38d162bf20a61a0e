using System.Text.Json;
using Qama.Files;
using Qama.Tool.Runs;
using Qama.Training;

namespace Qama.Tool.Experiments;

/// <summary>The files of a run: result, checkpoint, and the epochs so far. Their name holds all that decides the result, so another run
/// never overwrites it.</summary>
/// <param name="folder">Their folder.</param>
/// <param name="name">Their name without an extension.</param>
internal sealed class RunFiles(string folder, string name)
{
    private const string Remedy = "Delete it to begin again.";

    private readonly string _epochs = Path.Combine(folder, $"{name}.epochs");

    /// <summary>The result.</summary>
    public string Result { get; } = Path.Combine(folder, $"{name}.json");

    /// <summary>The checkpoint: the model after the last whole epoch.</summary>
    public string Checkpoint { get; } = Path.Combine(folder, $"{name}.safetensors");

    /// <summary>What a complete run left; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The result is damaged.</exception>
    public RunRecord? Read() =>
        File.Exists(Result) && File.Exists(Checkpoint) ? WithRemedy(() => RunRecord.Read(Result)) : null;

    /// <summary>Loads the last whole epoch's checkpoint, if there is one, and says what the epochs found.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public List<EpochRecord> Resume(Trainer<float> trainer)
    {
        if (!File.Exists(Checkpoint) || !File.Exists(_epochs))
        {
            return [];
        }

        return WithRemedy(() =>
        {
            trainer.Load(Checkpoint);
            List<EpochRecord> epochs = JsonFile.Read(_epochs, RunJson.Default.ListEpochRecord, "the epochs of a run");
            return epochs.Count >= trainer.CompletedEpochs
                ? epochs[..trainer.CompletedEpochs] // an interruption between the two files leaves one epoch more in the list
                : throw new InvalidDataException($"{_epochs}: expected {trainer.CompletedEpochs} epochs, got {epochs.Count}.");
        });
    }

    /// <summary>Keeps an epoch: the list first, so that a checkpoint never lacks its epochs.</summary>
    public void Keep(Trainer<float> trainer, List<EpochRecord> epochs)
    {
        AtomicFiles.Write(_epochs, stream => JsonSerializer.Serialize(stream, epochs, RunJson.Default.ListEpochRecord));
        trainer.Save(Checkpoint);
    }

    /// <summary>Writes the result.</summary>
    public void Complete(RunRecord result)
    {
        AtomicFiles.WriteText(Result, writer => writer.WriteLine(JsonSerializer.Serialize(result, RunJson.Default.RunRecord)));
        File.Delete(_epochs);
    }

    private static T WithRemedy<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{e.Message} {Remedy}", e);
        }
    }
}
