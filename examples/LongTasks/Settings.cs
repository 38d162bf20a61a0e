using System.CommandLine;
using System.CommandLine.Parsing;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>What the command line asks for.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Length">Its length, as its source counts.</param>
/// <param name="Variants">Operators to train, one after another.</param>
/// <param name="Rates">Largest learning rates, one training each.</param>
/// <param name="Options">What else decides a run.</param>
/// <param name="Out">Folder of results.</param>
internal sealed record Settings(
    string Task, int Length, IReadOnlyList<string> Variants, IReadOnlyList<double> Rates, RunOptions Options, string Out)
{
    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        var usual = new RunOptions();
        Option<string> task = ExampleOptions.OneOf("--task", "The task", TaskChoice.Kinds, TaskChoice.Kinds[0]);
        Option<int> length = ExampleOptions.Whole(
            "--length", $"Its length: {TaskChoice.DescribeLengths()}; 0 for the shortest.", 0, int.MaxValue, 0);
        Option<IReadOnlyList<string>> variants = ExampleOptions.Names(
            "--variant",
            "Attention operators to train, one after another; softmax, none and the task's first declared one unless given",
            [.. Variant.All.Select(v => v.Name)]);
        Option<int> epochs = ExampleOptions.Whole(
            "--epochs", "Passes over the training sequences.", 1, 100_000, usual.Epochs);
        var shorter = new Option<int[]>("--shorter")
        {
            Description = "Shorter lengths to train at before, rising; parameters go on.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        Option<int> shorterEpochs = ExampleOptions.Whole(
            "--shorter-epochs", "Passes at each of them.", 1, 100_000, usual.ShorterEpochs);
        Option<int> samples = ExampleOptions.Whole("--samples", "Sequences to train on.", 1, 1_000_000, usual.Samples);
        Option<int> tests = ExampleOptions.Whole(
            "--tests", "Sequences of validation, and of the test.", 1, 100_000, usual.Tests);
        Option<int> batch = ExampleOptions.Whole("--batch", "Sequences per step.", 1, 65_536, usual.Batch);
        Option<int> sweeps = ExampleOptions.Whole(
            "--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, usual.Sweeps);
        Option<int> vocabulary = ExampleOptions.Whole(
            "--vocabulary", "Ids of recall, an even number.", 32, 1_000_000, usual.Vocabulary);
        Option<string> blanks = ExampleOptions.OneOf(
            "--blanks", "What stands in recall where nothing is asked", RecallTask.BlankKinds, usual.Blanks);
        Option<int> longest = ExampleOptions.Whole(
            "--longest", "Longest sequences that models of copying and induction are tested on.", 256, 65_536, usual.Longest);
        var rates = new Option<double[]>("--rate")
        {
            Description = "Largest learning rates of Adam, a training each; the report chooses by validation.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [usual.Rate],
        };
        rates.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double[]>()?.Any(r => !(r is > 0 and <= 1)) == true)
            {
                result.AddError("--rate: expected numbers above 0, at most 1.");
            }
        });
        Option<int> seed = ExampleOptions.Seed("Seed of sequences, initial values and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        var folder = new OutputFolderOption("Folder for results (JSON).", "long-tasks");
        var command = new RootCommand(
            "Associative recall, selective copying, induction and ListOps with declared attention, softmax, linear "
            + "attention and without. Complete runs are not repeated.")
        {
            task, length, variants, epochs, shorter, shorterEpochs, samples, tests, batch, rates, sweeps, vocabulary,
            blanks, longest, seed, threads, folder,
        };
        command.Validators.Add(result =>
        {
            string kind = Given(result, task, TaskChoice.Kinds[0]);
            if (TaskChoice.Check(kind, Given(result, length, 0), Given(result, vocabulary, usual.Vocabulary), Given(result, shorter, [])) is { } wrong)
            {
                result.AddError(wrong);
            }
        });
        command.Add(ReportCommand.Create());
        command.Does(
            (parsed, stop) => run(
                Create(
                    parsed.GetValue(task)!, parsed.GetValue(length), parsed.GetValue(variants)!, parsed.GetValue(rates)!,
                    new RunOptions
                    {
                        Epochs = parsed.GetValue(epochs),
                        Shorter = parsed.GetValue(shorter)!,
                        ShorterEpochs = parsed.GetValue(shorterEpochs),
                        Samples = parsed.GetValue(samples),
                        Tests = parsed.GetValue(tests),
                        Batch = parsed.GetValue(batch),
                        Sweeps = parsed.GetValue(sweeps),
                        Vocabulary = parsed.GetValue(vocabulary),
                        Blanks = parsed.GetValue(blanks)!,
                        Longest = parsed.GetValue(longest),
                        Seed = parsed.GetValue(seed),
                        Threads = parsed.GetValue(threads),
                    },
                    parsed.GetValue(folder)!),
                stop),
            "Runs that were complete are kept.");
        return command;
    }

    private static Settings Create(
        string task, int length, IReadOnlyList<string> variants, IReadOnlyList<double> rates, RunOptions options, string folder)
    {
        int chosen = TaskChoice.LengthOf(task, length);
        return new Settings(
            task, chosen, variants.Count > 0 ? variants : Variant.Usual(task, chosen), rates, options, folder);
    }

    // Defaults are not there yet when a command's validators run; a value that is none is told by its own parser.
    private static T Given<T>(CommandResult result, Option<T> option, T usual)
    {
        try
        {
            return result.GetResult(option) is { } given ? given.GetValueOrDefault<T>()! : usual;
        }
        catch (InvalidOperationException)
        {
            return usual;
        }
    }
}
