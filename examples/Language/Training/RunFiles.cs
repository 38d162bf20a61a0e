using System.Globalization;
using Qama.Examples.Common;
using Qama.Training;

namespace Qama.Examples.Language;

/// <summary>The files of a run. Their name holds all that decides it, so another run never overwrites them.</summary>
internal sealed class RunFiles
{
    private readonly string _checkpoint;
    private readonly string _parts;

    public RunFiles(Settings settings, Variant variant, Corpus corpus)
    {
        string name = Path.Combine(settings.Out, string.Create(
            CultureInfo.InvariantCulture,
            $"{corpus.Hash}-{settings.Tokens}-{variant.Name}-st{settings.Steps}-s{settings.Seed}-lr{settings.Rate:0.######}-b{settings.BatchSize}-sw{settings.Sweeps}"));
        (Result, Model, _checkpoint, _parts) = (name + ".json", name + ".safetensors", name + ".checkpoint", name + ".parts");
    }

    public string Result { get; }

    /// <summary>The trained model.</summary>
    public string Model { get; }

    /// <summary>What a complete run left, or null.</summary>
    public RunResult? ReadResult() => File.Exists(Result) ? ResultFile.Read(Result, LanguageJson.Default.RunResult) : null;

    /// <summary>Loads the last checkpoint, if there is one, and what the steps behind it found.</summary>
    public List<PartResult> Resume(Trainer<float> trainer)
    {
        if (!File.Exists(_checkpoint) || !File.Exists(_parts))
        {
            return [];
        }

        trainer.Load(_checkpoint);
        return ResultFile.Read(_parts, LanguageJson.Default.ListPartResult);
    }

    /// <summary>Keeps a part: the list first, so that a checkpoint never lacks its parts.</summary>
    public void Save(Trainer<float> trainer, List<PartResult> parts)
    {
        ResultFile.Write(_parts, parts, LanguageJson.Default.ListPartResult);
        trainer.Save(_checkpoint);
    }

    /// <summary>Writes the result; what is needed to go on is not needed any more.</summary>
    public void Complete(RunResult result)
    {
        ResultFile.Write(Result, result, LanguageJson.Default.RunResult);
        File.Delete(_parts);
        File.Delete(_checkpoint);
    }
}
