using System.CommandLine;
using Qama.Examples.Common;
using Qama.Examples.Sequences;

namespace Qama.Examples.Vision;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    string Dataset, string Data, IReadOnlyList<string> Variants, int Epochs, int Seed, int Threads, int BatchSize, double Rate,
    bool ConstantRate, double MaxGradientNorm, int Sweeps, int? Images, string Out)
{
    /// <summary>The settings that a run had, as far as they decide its model.</summary>
    public static Settings Of(RunResult run, int threads) => new(
        run.Dataset, "", [run.Variant], run.Epochs.Count, run.Seed, threads, run.BatchSize, run.LearningRate, run.ConstantRate,
        run.MaxGradientNorm ?? double.PositiveInfinity, run.Sweeps, null, "");

    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        Option<string> dataset = ExampleOptions.OneOf("--dataset", "The images; digits are built in", ImageData.Names, "digits");
        Option<string> data = Folder();
        Option<IReadOnlyList<string>> variants = ExampleOptions.Names(
            "--variant", "Attention operators to train, one after another", [.. Variant.All.Select(v => v.Name)], "softmax", "stable", "selected");
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the training images.", 1, 10_000, 10);
        Option<int> seed = ExampleOptions.Seed("Seed of initial values, order of images and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        Option<int> batch = ExampleOptions.Whole("--batch", "Images per step.", 1, 65_536, 128);
        Option<int> sweeps = ExampleOptions.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        Option<int> images = ExampleOptions.Whole("--images", "Use only the first training images, to try things; 0 for all.", 0, int.MaxValue, 0);
        Option<double> rate = ExampleOptions.Positive("--rate", "Largest learning rate of Adam.", 1, 1e-2);
        var constant = new Option<bool>("--constant-rate") { Description = "Keep the rate, as the paper does, instead of warm-up and cosine." };
        Option<double> clip = ExampleOptions.Positive("--clip", "Largest norm of the gradient; 'infinity' for none.", double.PositiveInfinity, 1);
        var folder = new OutputFolderOption("Folder for results (JSON), checkpoints (safetensors) and pictures (SVG).", "vision");
        var command = new RootCommand("Trains the paper's vision transformer with declared attention operators. Interrupt it and call it again: it goes on.")
        {
            dataset, data, variants, epochs, seed, threads, batch, sweeps, images, rate, constant, clip, folder,
        };
        command.Add(Report());
        command.Add(MachineCommand.Create());
        command.Add(EquivalenceCommand.Create());
        command.Does(
            (parsed, stop) => run(
                new Settings(
                    parsed.GetValue(dataset)!, parsed.GetValue(data)!, parsed.GetValue(variants)!, parsed.GetValue(epochs),
                    parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(batch), parsed.GetValue(rate),
                    parsed.GetValue(constant), parsed.GetValue(clip), parsed.GetValue(sweeps),
                    parsed.GetValue(images) is int n and > 0 ? n : null, parsed.GetValue(folder)!),
                stop),
            "The same command goes on after the last whole epoch.");
        return command;
    }

    /// <summary>Where the images are.</summary>
    public static Option<string> Folder() => new("--data")
    {
        Description = "Folder that get-data.sh filled.", HelpName = "DIR", DefaultValueFactory = _ => "data",
    };

    private static Command Report()
    {
        var results = new Option<string>("--results")
        {
            Description = "Folder of results.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("docs", "measurements", "vision"),
        };
        var pages = new Option<string>("--pages")
        {
            Description = "Folder of the Markdown files to write; the summary of all is a file of its name beside it.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "experiments"),
        };
        var sequences = new Option<string>("--sequences")
        {
            Description = "Folder of results of the sequences example.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements", "sequences"),
        };
        var machine = new Option<string>("--machine")
        {
            Description = "Folder of results of the machine command.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements", "machine"),
        };
        var measurements = new Option<string>("--measurements")
        {
            Description = "Folder with a folder of results for each task, for the page that compares gradients.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements"),
        };
        var equivalence = new Option<string>("--equivalence")
        {
            Description = "Folder of results of the equivalence command, and of sweeps.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements", "equivalence"),
        };
        var command = new Command("report", "Writes the pages of experiments on images and retrieval, and the summary of all pages.")
        {
            results, sequences, machine, measurements, equivalence, pages,
        };
        command.Does((parsed, _) =>
        {
            string folder = parsed.GetValue(pages)!;
            ExperimentPage.Write(parsed.GetValue(results)!, folder);
            SequencePage.Write(parsed.GetValue(sequences)!, folder);
            MachineTable.Write(parsed.GetValue(machine)!, folder);
            GradientPage.Write(parsed.GetValue(measurements)!, folder);
            EquivalencePage.Write(parsed.GetValue(equivalence)!, folder);
            ExperimentSummary.Write(folder, Path.TrimEndingDirectorySeparator(folder) + ".md");
            return 0;
        });
        return command;
    }
}
