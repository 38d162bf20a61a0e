using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.Digits;

/// <summary>What the command line asks for.</summary>
/// <param name="Models">Names of the models to train.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seed">Seed of initial values, order of images and sampling.</param>
/// <param name="Threads">Threads; 0 for all processors.</param>
/// <param name="Out">Folder for pictures and parameters.</param>
internal sealed record Settings(IReadOnlyList<string> Models, int Epochs, int Seed, int Threads, string Out)
{
    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        Option<IReadOnlyList<string>> models =
            ExampleOptions.Names("--model", "Models to train", AttentionModel.Names, [.. AttentionModel.Names]);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the training images.", 1, 10_000, 20);
        Option<int> seed = ExampleOptions.Seed("Seed of initial values, order of images and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        var folder = new OutputFolderOption("Folder for the attention pictures (SVG) and the trained parameters (safetensors).", "digits");
        var command = new RootCommand(
            "Trains a one-block vision transformer on 8x8 digits: with a declared QAMA layer, with softmax attention, and without attention.")
        {
            models, epochs, seed, threads, folder,
        };
        command.Does((parsed, stop) => run(
            new Settings(
                parsed.GetValue(models)!, parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(folder)!),
            stop));
        return command;
    }
}
