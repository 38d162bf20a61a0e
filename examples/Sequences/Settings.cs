using System.CommandLine;
using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Sequences;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    string Task, int Tokens, IReadOnlyList<string> Variants, int Epochs, int Seed, int Threads, int BatchSize, double Rate,
    int Sweeps, int Sequences, string Out)
{
    private static readonly IReadOnlyList<string> _names = [.. Variant.All.Select(v => v.Name)];
    private static readonly IReadOnlyList<string> _lengths = [.. Variant.Tokens.Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        Option<string> task = ExampleOptions.OneOf(
            "--task", "repeated: a record lasts for a sixteenth of the sequence; single: it is one token", RetrievalTask.Kinds, RetrievalTask.Kinds[0]);
        Option<string> tokens = ExampleOptions.OneOf("--tokens", "Tokens of a sequence", _lengths, _lengths[0]);
        Option<IReadOnlyList<string>> variants =
            ExampleOptions.Names("--variant", "Attention operators to train, one after another", _names, [.. _names]);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the training sequences.", 1, 10_000, 4);
        Option<int> seed = ExampleOptions.Seed("Seed of sequences, initial values and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        Option<int> batch = ExampleOptions.Whole("--batch", "Sequences per step.", 1, 65_536, 32);
        Option<int> sweeps = ExampleOptions.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        Option<int> sequences = ExampleOptions.Whole("--sequences", "Sequences to train on.", 1, 100_000, 4_000);
        Option<double> rate = ExampleOptions.Positive("--rate", "Largest learning rate of Adam.", 1, 2e-3);
        var folder = new OutputFolderOption("Folder for results (JSON).", "sequences");
        var command = new RootCommand(
            "Retrieval over long sequences: what [LongRange] does for a selection with a budget. Complete runs are not repeated.")
        {
            task, tokens, variants, epochs, seed, threads, batch, sweeps, sequences, rate, folder,
        };
        command.Does(
            (parsed, stop) => run(
                new Settings(
                    parsed.GetValue(task)!, int.Parse(parsed.GetValue(tokens)!, CultureInfo.InvariantCulture), parsed.GetValue(variants)!,
                    parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(batch),
                    parsed.GetValue(rate), parsed.GetValue(sweeps), parsed.GetValue(sequences), parsed.GetValue(folder)!),
                stop),
            "Variants that were complete are kept.");
        return command;
    }
}
