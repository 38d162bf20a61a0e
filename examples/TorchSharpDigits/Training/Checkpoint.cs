using System.Globalization;
using System.Text.Json;
using TorchSharp.Modules;
using TorchSharp.PyBridge;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>The state of a run after each epoch: a folder that appears whole or not at all, and then replaces the one before.</summary>
internal sealed class Checkpoint
{
    private const string Prefix = "epoch-";

    /// <param name="folder">The run's own folder.</param>
    public Checkpoint(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Forgets an earlier run.</summary>
    public void Clear()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Loads the last epoch's state, if there is one.</summary>
    /// <returns>Epochs behind it, and their seconds.</returns>
    public RunState Load(VisionTransformer model, AdamW optimizer)
    {
        if (Epochs().LastOrDefault() is not { } last)
        {
            return new RunState(0, 0);
        }

        model.load_safetensors(Path.Combine(last, "model.safetensors"));
        optimizer.load_state_dict(Path.Combine(last, "optimizer.dat"));
        return JsonSerializer.Deserialize<RunState>(File.ReadAllText(Path.Combine(last, "run.json")))!;
    }

    /// <summary>Keeps an epoch. Parameters are safetensors, which Python opens too; the optimizer's state is in TorchSharp's format.</summary>
    public void Save(VisionTransformer model, AdamW optimizer, RunState state)
    {
        string unfinished = Path.Combine(Folder, "unfinished");
        Directory.CreateDirectory(unfinished);
        model.save_safetensors(Path.Combine(unfinished, "model.safetensors"));
        optimizer.save_state_dict(Path.Combine(unfinished, "optimizer.dat"));
        File.WriteAllText(Path.Combine(unfinished, "run.json"), JsonSerializer.Serialize(state));
        string[] earlier = Epochs();
        Directory.Move(unfinished, Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{state.Epoch:00000}")));
        foreach (string folder in earlier)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string[] Epochs() => Directory.Exists(Folder)
        ? [.. Directory.GetDirectories(Folder, $"{Prefix}*").Order(StringComparer.Ordinal)]
        : [];
}

/// <summary>What a run has behind it.</summary>
/// <param name="Epoch">Epochs that ended.</param>
/// <param name="Seconds">Time of their training steps.</param>
internal sealed record RunState(int Epoch, double Seconds);
