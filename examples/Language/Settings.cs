using System.CommandLine;
using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    string Text, int Tokens, IReadOnlyList<string> Variants, int Steps, int Seed, int Threads, int BatchSize, double Rate, int Sweeps, string Out)
{
    private static readonly IReadOnlyList<string> _lengths = [.. Variant.Tokens.Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        Option<string> text = TextOption();
        Option<string> tokens = ExampleOptions.OneOf("--tokens", "Characters of a window", _lengths, _lengths[0]);
        Option<IReadOnlyList<string>> variants = ExampleOptions.Names(
            "--variant", "Attention operators to train, one after another", [.. Variant.All.Select(v => v.Name)], "softmax", "causal");
        Option<int> steps = ExampleOptions.Whole("--steps", "Training steps.", 1, 1_000_000, 2_000);
        Option<int> seed = ExampleOptions.Seed("Seed of initial values, windows and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        Option<int> batch = ExampleOptions.Whole("--batch", "Windows per step.", 1, 65_536, 12);
        Option<double> rate = ExampleOptions.Positive("--rate", "Largest learning rate of Adam.", 1, 1e-3);
        Option<int> sweeps = ExampleOptions.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        var folder = new OutputFolderOption("Folder for results (JSON), checkpoints and models (safetensors).", "language");
        var command = new RootCommand(
            "Trains small character models around declared attention operators. Complete runs are not repeated; interrupted ones go on.")
        {
            text, tokens, variants, steps, seed, threads, batch, rate, sweeps, folder,
        };
        command.Add(GenerateCommand.Create());
        command.Add(StreamCommand.Create());
        command.Add(ReportCommand.Create());
        command.Does(
            (parsed, stop) => run(
                new Settings(
                    parsed.GetValue(text)!, int.Parse(parsed.GetValue(tokens)!, CultureInfo.InvariantCulture), parsed.GetValue(variants)!,
                    parsed.GetValue(steps), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(batch), parsed.GetValue(rate),
                    parsed.GetValue(sweeps), parsed.GetValue(folder)!),
                stop),
            "The same command goes on after the last whole part.");
        return command;
    }

    /// <summary>Where the text is.</summary>
    public static Option<string> TextOption() => new("--text")
    {
        Description = $"The text, .txt or .txt.gz. The public figures are of {Corpus.Address}.",
        HelpName = "FILE",
        Required = true,
    };
}
