using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.Recall;

/// <summary>What the command line asks for.</summary>
/// <param name="Models">Names of the models to train.</param>
/// <param name="Epochs">Passes over the training tables.</param>
/// <param name="Tables">Tables to train on.</param>
/// <param name="Seed">Seed of tables, initial values and sampling.</param>
/// <param name="Threads">Threads; 0 for all processors.</param>
/// <param name="Out">Folder of the pictures.</param>
internal sealed record Settings(IReadOnlyList<string> Models, int Epochs, int Tables, int Seed, int Threads, string Out)
{
    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        Option<IReadOnlyList<string>> models = ExampleOptions.Names("--model", "Models to train", RecallModel.Names, [.. RecallModel.Names]);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the training tables.", 1, 10_000, 8);
        Option<int> tables = ExampleOptions.Whole("--tables", "Tables to train on.", 1, 200_000, 8_000);
        Option<int> seed = ExampleOptions.Seed("Seed of tables, initial values and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        var folder = new OutputFolderOption("Folder for the pictures (SVG).", "recall");
        var command = new RootCommand(
            "Cards with letters and handwritten digits lie on a table: which digit is on card K? Answered with a declared QAMA layer, with softmax attention, and without attention.")
        {
            models, epochs, tables, seed, threads, folder,
        };
        command.Does((parsed, stop) => run(
            new Settings(
                parsed.GetValue(models)!, parsed.GetValue(epochs), parsed.GetValue(tables), parsed.GetValue(seed),
                parsed.GetValue(threads), parsed.GetValue(folder)!),
            stop));
        return command;
    }
}
