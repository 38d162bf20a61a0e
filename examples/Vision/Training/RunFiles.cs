using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Training;

namespace Qama.Examples.Vision;

/// <summary>The files of a run. The result's name holds all that decides it, so another run never overwrites it.</summary>
internal sealed class RunFiles
{
    private readonly string _checkpoint;
    private readonly string _epochs;

    public RunFiles(Settings settings, Variant variant)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Dataset}-{variant.Name}-e{settings.Epochs}-s{settings.Seed}-lr{settings.Rate:0.######}{(settings.ConstantRate ? "c" : "")}"
            + $"-clip{settings.MaxGradientNorm:0.###}-b{settings.BatchSize}-sw{settings.Sweeps}{(settings.Images is { } n ? $"-n{n}" : "")}");
        Result = Path.Combine(settings.Out, $"{name}.json");
        Picture = Path.Combine(settings.Out, $"{name}.svg");
        _checkpoint = Path.Combine(settings.Out, $"{name}.safetensors");
        _epochs = Path.Combine(settings.Out, $"{name}.epochs");
    }

    public string Result { get; }

    public string Picture { get; }

    /// <summary>What a complete run left, or null.</summary>
    public RunResult? ReadResult() => File.Exists(Result)
        ? JsonSerializer.Deserialize(File.ReadAllText(Result), ResultJson.Default.RunResult)
        : null;

    /// <summary>Loads the last epoch's checkpoint, if there is one, and the epochs behind it.</summary>
    public List<EpochResult> Resume(Trainer<float> trainer)
    {
        if (!File.Exists(_checkpoint) || !File.Exists(_epochs))
        {
            return [];
        }

        trainer.Load(_checkpoint);
        List<EpochResult> epochs = JsonSerializer.Deserialize(File.ReadAllText(_epochs), ResultJson.Default.ListEpochResult)!;
        Console.WriteLine($"Going on after epoch {trainer.CompletedEpochs}: {_checkpoint}");
        return epochs[..trainer.CompletedEpochs]; // an interruption between the two files leaves one epoch more in the list
    }

    /// <summary>Keeps an epoch: the list first, so that a checkpoint never lacks its epochs.</summary>
    public void SaveEpoch(Trainer<float> trainer, List<EpochResult> epochs)
    {
        Write(_epochs, JsonSerializer.Serialize(epochs, ResultJson.Default.ListEpochResult));
        trainer.Save(_checkpoint);
    }

    /// <summary>Writes the result.</summary>
    public void Complete(RunResult result)
    {
        Write(Result, JsonSerializer.Serialize(result, ResultJson.Default.RunResult));
        File.Delete(_epochs);
    }

    private static void Write(string path, string text)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(List<EpochResult>))]
internal sealed partial class ResultJson : JsonSerializerContext;
