using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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
        var dataset = new Option<string>("--dataset")
        {
            Description = "digits (built in), mnist or fashion.", DefaultValueFactory = _ => "digits",
        };
        dataset.AcceptOnlyFromAmong([.. ImageData.Names]);
        var data = new Option<string>("--data")
        {
            Description = "Folder that get-data.sh filled.", HelpName = "DIR", DefaultValueFactory = _ => "data",
        };
        var variants = new Option<string[]>("--variant")
        {
            Description = "Attention operators to train, one after another: all, or some of "
                + string.Join(", ", Variant.All.Select(v => v.Name)) + ".",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["softmax", "stable", "selected"],
        };
        variants.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(t => t.Value != "all" && Variant.Find(t.Value) is null))
            {
                result.AddError($"--variant: there is no '{token.Value}'. Expected all or some of {string.Join(", ", Variant.All.Select(v => v.Name))}.");
            }
        });
        Option<int> epochs = NumberOption.Whole("--epochs", "Passes over the training images.", 1, 10_000, 10);
        Option<int> seed = NumberOption.Whole("--seed", "Seed of initial values, order of images and sampling.", 0, int.MaxValue, 1);
        Option<int> threads = NumberOption.Whole("--threads", "Threads; 0 for all processors. Results do not depend on it.", 0, 1024, 0);
        Option<int> batch = NumberOption.Whole("--batch", "Images per step.", 1, 65_536, 128);
        Option<int> sweeps = NumberOption.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        var images = new Option<int?>("--images") { Description = "Use only the first training images, to try things.", HelpName = "N" };
        images.Validators.Add(result =>
        {
            if (result.GetValue(images) is < 1)
            {
                result.AddError("--images: expected at least 1.");
            }
        });
        Option<double> rate = Positive("--rate", "Largest learning rate of Adam.", 1e-2);
        var constant = new Option<bool>("--constant-rate") { Description = "Keep the rate, as the paper does, instead of warm-up and cosine." };
        Option<double> clip = Positive("--clip", "Largest norm of the gradient; 'infinity' for none.", 1);
        var folder = new Option<string>("--out")
        {
            Description = "Folder for results (JSON), checkpoints (safetensors) and pictures (SVG).", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("out", "vision"),
        };
        var command = new RootCommand("Trains the paper's vision transformer with declared attention operators. Interrupt it and call it again: it goes on.")
        {
            dataset, data, variants, epochs, seed, threads, batch, sweeps, images, rate, constant, clip, folder,
        };
        command.Add(Report());
        command.Add(MachineCommand.Create());
        command.SetAction((parsed, cancellation) => Task.FromResult(run(new Settings(
            parsed.GetValue(dataset)!, parsed.GetValue(data)!, Expand(parsed.GetValue(variants)!), parsed.GetValue(epochs),
            parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(batch), parsed.GetValue(rate), parsed.GetValue(constant),
            parsed.GetValue(clip), parsed.GetValue(sweeps), parsed.GetValue(images), parsed.GetValue(folder)!), cancellation)));
        return command;
    }

    private static Command Report()
    {
        var results = new Option<string>("--results")
        {
            Description = "Folder of results.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("docs", "measurements", "vision"),
        };
        var page = new Option<string>("--page")
        {
            Description = "The Markdown file to write.", HelpName = "FILE", DefaultValueFactory = _ => Path.Combine("docs", "experiments.md"),
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
        var command = new Command("report", "Writes the page of experiments from results.") { results, sequences, machine, page };
        command.SetAction(parsed =>
        {
            try
            {
                ExperimentPage.Write(
                    parsed.GetValue(results)!, parsed.GetValue(page)!, t => SequenceSection.Append(t, parsed.GetValue(sequences)!),
                    t => MachineTable.Append(t, parsed.GetValue(machine)!));
                return 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command;
    }

    private static IReadOnlyList<string> Expand(string[] names) =>
        names.Contains("all") ? [.. Variant.All.Select(v => v.Name)] : [.. names.Distinct()];

    private static Option<double> Positive(string name, string description, double usual) => new(name)
    {
        Description = description,
        HelpName = "X",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text == "infinity")
            {
                return double.PositiveInfinity;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0)
            {
                return value;
            }

            result.AddError($"{name}: expected a positive number, got '{text}'.");
            return usual;
        },
    };
}
