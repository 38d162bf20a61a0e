using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Qama.Examples.Sequences;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    string Task, int Tokens, IReadOnlyList<string> Variants, int Epochs, int Seed, int Threads, int BatchSize, double Rate,
    int Sweeps, int Sequences, string Out)
{
    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        var task = new Option<string>("--task")
        {
            Description = "repeated: a record lasts for a sixteenth of the sequence; single: it is one token.",
            DefaultValueFactory = _ => RetrievalTask.Kinds[0],
        };
        task.AcceptOnlyFromAmong([.. RetrievalTask.Kinds]);
        var tokens = new Option<int>("--tokens") { Description = "Tokens of a sequence.", DefaultValueFactory = _ => Variant.Tokens[0] };
        tokens.AcceptOnlyFromAmong([.. Variant.Tokens.Select(n => n.ToString(CultureInfo.InvariantCulture))]);
        string names = string.Join(", ", Variant.All.Select(v => v.Name));
        var variants = new Option<string[]>("--variant")
        {
            Description = $"Attention operators to train, one after another: all, or some of {names}.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["all"],
        };
        variants.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(t => t.Value != "all" && Variant.Find(t.Value) is null))
            {
                result.AddError($"--variant: there is no '{token.Value}'. Expected all or some of {names}.");
            }
        });
        Option<int> epochs = NumberOption.Whole("--epochs", "Passes over the training sequences.", 1, 10_000, 4);
        Option<int> seed = NumberOption.Whole("--seed", "Seed of sequences, initial values and sampling.", 0, int.MaxValue, 1);
        Option<int> threads = NumberOption.Whole("--threads", "Threads; 0 for all processors. Results do not depend on it.", 0, 1024, 0);
        Option<int> batch = NumberOption.Whole("--batch", "Sequences per step.", 1, 65_536, 32);
        Option<int> sweeps = NumberOption.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        Option<int> sequences = NumberOption.Whole("--sequences", "Sequences to train on.", 1, 100_000, 4_000);
        var rate = new Option<double>("--rate")
        {
            Description = "Largest learning rate of Adam.", HelpName = "X", DefaultValueFactory = _ => 2e-3,
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValue(rate) is not (> 0 and <= 1))
            {
                result.AddError("--rate: expected a number above 0, at most 1.");
            }
        });
        var folder = new Option<string>("--out")
        {
            Description = "Folder for results (JSON).", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("out", "sequences"),
        };
        var command = new RootCommand(
            "Retrieval over long sequences: what [LongRange] does for a selection with a budget. Complete runs are not repeated.")
        {
            task, tokens, variants, epochs, seed, threads, batch, sweeps, sequences, rate, folder,
        };
        command.SetAction((parsed, cancellation) => System.Threading.Tasks.Task.FromResult(run(new Settings(
            parsed.GetValue(task)!, parsed.GetValue(tokens), Expand(parsed.GetValue(variants)!), parsed.GetValue(epochs),
            parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(batch), parsed.GetValue(rate), parsed.GetValue(sweeps),
            parsed.GetValue(sequences), parsed.GetValue(folder)!), cancellation)));
        return command;
    }

    private static IReadOnlyList<string> Expand(string[] names) =>
        names.Contains("all") ? [.. Variant.All.Select(v => v.Name)] : [.. names.Distinct()];
}
