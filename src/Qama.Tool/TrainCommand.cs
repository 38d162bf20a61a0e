using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qama.Files;
using Qama.Tool.Data;
using Qama.Tool.Experiments;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary><c>qama train ASSEMBLY|PROJECT --data FOLDER</c>.</summary>
internal static class TrainCommand
{
    private const int UsualDepth = 1, UsualEpochs = 10, UsualBatch = 64, UsualSweeps = 30;
    private const double UsualRate = 1e-3, UsualClip = 1;

    private static readonly Argument<string> _path = CommandLine.Path(
        "ASSEMBLY|PROJECT", "An assembly with declared models, or a project (or its folder), which is built first.");

    private static readonly Option<string?> _attention = CommandLine.Name(
        "--attention", "What stands where attention does: the model, or a baseline with its heads and width; model unless given",
        [.. Enum.GetNames<AttentionKind>().Select(n => n.ToLowerInvariant())]);

    private static readonly Option<int?> _depth = CommandLine.Whole("--depth", $"Blocks of the network, {UsualDepth} unless given.", 1,
        100);

    private static readonly Option<int?> _epochs = CommandLine.Whole(
        "--epochs", $"Passes over the training samples, {UsualEpochs} unless given.", 1, 100_000);

    private static readonly Option<int?> _batch = CommandLine.Whole("--batch", $"Samples of a step, {UsualBatch} unless given.", 1, 65_536);

    private static readonly Option<double?> _rate = CommandLine.Number(
        "--rate", $"Largest learning rate of Adam, {UsualRate.ToString(CultureInfo.InvariantCulture)} unless given: it rises over 5 % of "
            + "the steps and falls as a cosine.",
        "a number above 0, at most 1", x => x is > 0 and <= 1);

    private static readonly Option<double?> _clip = CommandLine.Number(
        "--clip", $"Largest norm of the gradient, {UsualClip} unless given; 0 for none.", "a number of at least 0", x => x >= 0);

    private static readonly Option<int?> _sweeps = CommandLine.Whole(
        "--sweeps", $"Annealing sweeps of a selection, {UsualSweeps} unless given.", 1, 1_000_000);

    private static readonly Option<int[]?> _seeds = new("--seed")
    {
        Description = "Seed of initial values, order of samples and sampling, 1 unless given; several, as 1,2,3, are runs one after "
            + "another.",
        HelpName = "N,...", CustomParser = CommandLine.WholeList("--seed"),
    };

    private static readonly Option<int?> _threads = CommandLine.Whole(
        "--threads", "Threads; all processors unless given. Results do not depend on it.", 0, 1024);

    private static readonly Option<int?> _patch = CommandLine.Whole(
        "--patch", "Side of the patches that are an image's tokens; the smallest that the model has tokens for unless given.", 1, 65_536);

    private static readonly Option<int?> _side = CommandLine.Whole(
        "--side", "Scale images of folders to squares of this side, in pixels.", 1, 65_536);

    private static readonly Option<int?> _samples = CommandLine.Whole(
        "--samples", "Train on the first N samples only.", 1, int.MaxValue);

    private static readonly Option<int?> _holdOut = CommandLine.Whole(
        "--hold-out", "Training samples that are held out for validation where the data have no part for it; a tenth, at most 5000, "
            + "unless given.", 0,
        int.MaxValue);

    private static readonly Option<string?> _out = new("--out")
    {
        Description = "Folder of results and checkpoints, 'runs' unless given.", HelpName = "FOLDER",
    };

    public static Command Create()
    {
        _samples.Aliases.Add("--images");
        var command = new Command(
            "train", "Trains a declared model, or a baseline of its size, in a small network on a folder of images or texts. "
                + "Interrupted, the same "
            + "command goes on after the last whole epoch.")
        {
            _path, ModelSource.Model, DataOptions.Folder, DataOptions.Layout, _attention, _depth, _epochs, _batch, _rate, _clip,
                _sweeps, _seeds,
            _threads, _patch, _side, _samples, _holdOut, _out, ModelSource.Configuration, ModelSource.Framework, CommandLine.Json,
        };
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        string named = parsed.GetValue(_out) ?? "runs", folder = Path.GetFullPath(named);
        OutputFolder.Try(_out.Name, named); // worth knowing before an epoch rather than after it
        string path = parsed.GetValue(_path)!;
        var from = new DataSettings(
            parsed.GetValue(DataOptions.Folder)!, DataOptions.LayoutOf(parsed.GetValue(DataOptions.Layout)), parsed.GetValue(_patch),
            parsed.GetValue(_side), parsed.GetValue(_holdOut), parsed.GetValue(_samples));
        RunnableModel model = ModelSource.LoadForNetwork(parsed, path, parsed.GetValue(ModelSource.Model), stop);
        TaskData data = TaskData.Read(from, model.Descriptor.Tokens, stop);
        AtomicFiles.CreateFolder(folder);
        Messages messages = Report.Messages(parsed);
        var (results, failed) = (new List<(RunRecord Run, string File)>(), false);
        foreach (int seed in parsed.GetValue(_seeds) is { Length: > 0 } seeds ? seeds : [1])
        {
            try
            {
                var run = new TrainingRun(model, Path.GetFullPath(path), data, from, Settings(parsed, seed), folder);
                results.Add((run.Run(messages, stop), run.Files.Result));
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or NotSupportedException)
            {
                messages.Writer.WriteLine($"{model.ShortName}, seed {seed}: {Report.Message(e)}"); // another seed may fare better
                failed = true;
            }
            catch (OperationCanceledException e)
            {
                throw new InterruptionException("Interrupted: the same command goes on after the last whole epoch.", e);
            }
        }

        Print(parsed, results);
        return failed ? Program.BadInput : Program.Done;
    }

    private static TrainSettings Settings(ParseResult parsed, int seed)
    {
        double clip = parsed.GetValue(_clip) ?? UsualClip;
        return new(
            Enum.Parse<AttentionKind>(parsed.GetValue(_attention) ?? nameof(AttentionKind.Model), ignoreCase: true),
            parsed.GetValue(_depth) ?? UsualDepth, parsed.GetValue(_epochs) ?? UsualEpochs, parsed.GetValue(_batch) ?? UsualBatch,
            parsed.GetValue(_rate) ?? UsualRate, clip > 0 ? clip : double.PositiveInfinity, parsed.GetValue(_sweeps) ?? UsualSweeps, seed,
            parsed.GetValue(_threads) ?? 0);
    }

    private static void Print(ParseResult parsed, List<(RunRecord Run, string File)> results)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["runs"] = new JsonArray([.. results.Select(r =>
                {
                    JsonObject run = JsonSerializer.SerializeToNode(r.Run with { Heads = null }, RunJson.Default.RunRecord)!.AsObject();
                    run["file"] = r.File;
                    return run;
                })]),
            });
            return;
        }

        int width = results.Select(r => r.Run.Variant.Length).DefaultIfEmpty(0).Max() + 2;
        foreach ((RunRecord run, string file) in results)
        {
            string validation = run.Epochs[^1].ValidationAccuracy is { } held ? $", validation {Report.Percent(held)}" : "";
            string test = run.TestAccuracy is { } accuracy
                ? $"test {Report.Percent(accuracy)} of {Report.Count(run.TestSamples!.Value)}, loss "
                    + $"{Report.Number(Math.Round(run.TestLoss!.Value, 4))}" : "no test part";
            Report.Line(parsed, run.Variant.PadRight(width), $"seed {run.Seed}, {Report.Count(run.Epochs.Count, "epoch")}, {test}{validation}");
            Report.Line(parsed, new string(' ', width), file);
        }
    }
}
