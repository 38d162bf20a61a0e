using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Qama.Examples.Digits;

/// <summary>What the command line asks for.</summary>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Seed">Seed of initial values, order of images and sampling.</param>
/// <param name="Threads">Threads; 0 for all processors.</param>
/// <param name="Ablation">Whether the model without attention is trained too.</param>
/// <param name="Out">Folder for pictures and parameters, created if missing.</param>
/// <param name="Json">File for the results, or null.</param>
internal sealed record Settings(int Epochs, int Seed, int Threads, bool Ablation, string Out, string? Json)
{
    private static readonly string DefaultFolder = Path.Combine("out", "digits");

    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, int> run)
    {
        Option<int> epochs = Number("--epochs", "Passes over the training images.", 1, 10_000, 20);
        Option<int> seed = Number("--seed", "Seed of initial values, order of images and sampling.", 0, int.MaxValue, 1);
        Option<int> threads = Number("--threads", "Threads; 0 for all processors. Results do not depend on it.", 0, 1024, 0);
        var ablation = new Option<bool>("--ablation")
        {
            Description = "Also train the model without attention, to see what the other parts do alone.",
        };
        var folder = new Option<string>("--out")
        {
            Description = "Folder for the attention pictures (SVG) and the trained parameters (safetensors).", HelpName = "DIR",
            DefaultValueFactory = _ => DefaultFolder,
        };
        folder.Validators.Add(result => CheckFolder(result, result.GetValue(folder)));
        var json = new Option<string?>("--json") { Description = "File for the results as JSON.", HelpName = "FILE" };
        json.Validators.Add(result => CheckFile(result, result.GetValue(json)));
        var command = new RootCommand(
            "Trains a one-block vision transformer on 8x8 digits, once with a declared QAMA layer and once with softmax attention.")
        {
            epochs, seed, threads, ablation, folder, json,
        };
        command.SetAction(parsed => run(new Settings(
            parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(ablation),
            parsed.GetValue(folder)!, parsed.GetValue(json))));
        return command;
    }

    private static Option<int> Number(string name, string description, int smallest, int largest, int usual) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= smallest && value <= largest)
            {
                return value;
            }

            result.AddError($"{name}: expected a whole number from {smallest} to {largest}, got '{text}'.");
            return usual;
        },
    };

    // Wrong paths are worth knowing before the training rather than after it.
    private static void CheckFolder(OptionResult result, string? folder)
    {
        try
        {
            Directory.CreateDirectory(folder!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            result.AddError($"--out: cannot create the folder '{folder}'.");
        }
    }

    private static void CheckFile(OptionResult result, string? file)
    {
        if (string.IsNullOrEmpty(file) || Directory.Exists(file) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            result.AddError($"--json: expected a file in an existing folder, got '{file}'.");
        }
    }
}
