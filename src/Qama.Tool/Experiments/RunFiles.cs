using System.Text.Json;
using Qama.Files;
using Qama.Training;

namespace Qama.Tool.Experiments;

/// <summary>The files of a run: result, checkpoint, and the epochs so far. Their name holds all that decides the result, so another run
/// never overwrites it.</summary>
/// <param name="folder">Their folder.</param>
/// <param name="name">Their name without an extension.</param>
internal sealed class RunFiles(string folder, string name)
{
    private readonly string _epochs = Path.Combine(folder, $"{name}.epochs");

    /// <summary>The result.</summary>
    public string Result { get; } = Path.Combine(folder, $"{name}.json");

    /// <summary>The checkpoint: the model after the last whole epoch.</summary>
    public string Checkpoint { get; } = Path.Combine(folder, $"{name}.safetensors");

    /// <summary>What a complete run left; null where there is none.</summary>
    public RunRecord? Read() => File.Exists(Result) && File.Exists(Checkpoint) ? RunRecord.Read(Result) : null;

    /// <summary>Loads the last whole epoch's checkpoint, if there is one, and says what the epochs found.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public List<EpochRecord> Resume(Trainer<float> trainer)
    {
        if (!File.Exists(Checkpoint) || !File.Exists(_epochs))
        {
            return [];
        }

        trainer.Load(Checkpoint);
        List<EpochRecord> epochs = ReadEpochs();
        if (epochs.Count < trainer.CompletedEpochs)
        {
            throw new InvalidDataException($"{_epochs}: expected {trainer.CompletedEpochs} epochs, got {epochs.Count}: delete it to "
                + "begin again.");
        }

        return epochs[..trainer.CompletedEpochs]; // an interruption between the two files leaves one epoch more in the list
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

    private List<EpochRecord> ReadEpochs()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_epochs), RunJson.Default.ListEpochRecord) ?? [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{_epochs}: expected the epochs of a run: {e.Message}: delete it to begin again.", e);
        }
    }
}
