using System.CommandLine;
using Qama.Cim;
using Qama.Sampling;
using Qama.Tool.Data;
using Qama.Tool.Experiments;
using Qama.Tool.Inspecting;
using Qama.Tool.Solving;
using Qama.Training;
using Qama.Training.Datasets;

namespace Qama.Tool;

/// <summary><c>qama eval RUN.json|CHECKPOINT --data FOLDER</c>.</summary>
internal static class EvalCommand
{
    private const string Result = ".json", Checkpoint = ".safetensors", Emulated = "emulated";
    private const int UsualSteps = 1000;

    private static readonly Argument<string> _path = CommandLine.Path(
        "RUN|CHECKPOINT", "The result of qama train (.json), or its checkpoint (.safetensors), each with the other beside it.");

    private static readonly Option<string?> _project = new("--project")
    {
        Description = "The assembly or project of the model, unless it is where it was.", HelpName = "PATH",
    };

    private static readonly Option<string?> _split = CommandLine.Name(
        "--split", "The part of the data, test unless given", [.. Enum.GetNames<Split>().Select(n => n.ToLowerInvariant())]);

    private static readonly Option<string?> _sampler = CommandLine.Name(
        "--sampler", "What finds the selections, what trained unless given", Samplers.Names);

    private static readonly Option<int?> _sweeps = CommandLine.Whole(
        "--sweeps", "How often every variable has its turn; those of the training unless given.", 1, 1_000_000);

    private static readonly Option<string?> _machine = CommandLine.Name(
        "--machine", "Solve by a machine: the emulated one of 8 bits, through the client of the real one", [Emulated]);

    private static readonly Option<int?> _steps = CommandLine.Whole(
        "--steps", $"Steps of the emulated machine, {UsualSteps} unless given.", 1, 1_000_000);

    private static readonly Option<double?> _price = CommandLine.Number(
        "--price", "What a submission to the machine costs: the sum is printed in the same unit.", "a number of 0 or more", x => x >= 0);

    private static readonly Option<int?> _samples = CommandLine.Whole(
        "--samples", "The first N samples only (in their fixed mixed order).", 1, int.MaxValue);

    private static readonly Option<int?> _threads = CommandLine.Whole("--threads", "Threads; all processors unless given.", 0, 1024);

    public static Command Create()
    {
        _samples.Aliases.Add("--images");
        var command = new Command(
            "eval", "Classifies a part of the data by a trained run: accuracy, loss, classes and what they are mistaken for; with "
                + "another sampler, or "
            + "through the emulated machine.")
        {
            _path, DataOptions.Folder, DataOptions.Layout, _project, ModelSource.Configuration, ModelSource.Framework, _split, _samples,
                _sampler,
            _sweeps, _machine, _steps, _price, _threads, CommandLine.Json,
        };
        command.Validators.Add(result =>
        {
            // What was given, not its value: a value that is none is told by its own parser.
            bool machine = result.GetResult(_machine) is not null;
            if (machine && (result.GetResult(_sampler) is not null || result.GetResult(_sweeps) is not null))
            {
                result.AddError("--machine and --sampler or --sweeps exclude each other.");
            }

            if (!machine && (result.GetResult(_steps) is not null || result.GetResult(_price) is not null))
            {
                result.AddError("--steps and --price are of --machine.");
            }
        });
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        try
        {
            return Classify(parsed, stop);
        }
        catch (OperationCanceledException e)
        {
            throw new InterruptionException("Interrupted: there is no result; the same command begins again.", e);
        }
    }

    private static int Classify(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(_path)!, result = Path.ChangeExtension(path, Result);
        RunRecord run = RunRecord.Read(Require(path, result));
        string project = parsed.GetValue(_project) ?? Path.GetFullPath(run.Project, Path.GetDirectoryName(Path.GetFullPath(result))!);
        if (!Path.Exists(project))
        {
            throw new FileNotFoundException($"{project}: the run's assembly or project is not there any more: name it with --project.");
        }

        RunnableModel model = ModelSource.LoadForNetwork(parsed, project, run.Model, stop);
        TaskData data = TaskData.Read(From(parsed, run), model.Descriptor.Tokens, stop);
        Messages messages = Report.Messages(parsed);
        if (data.Hash[..run.Data.Length] != run.Data)
        {
            messages.Writer.WriteLine($"warning: {parsed.GetValue(DataOptions.Folder)}: these are not the data of the training.");
        }

        var split = Enum.Parse<Split>(parsed.GetValue(_split) ?? nameof(Split.Test), ignoreCase: true);
        Dataset<float> samples = data.Samples(split, parsed.GetValue(_samples)) ?? throw new InvalidDataException(
            $"{parsed.GetValue(DataOptions.Folder)}: there is no part {split.ToString().ToLowerInvariant()}: use --split.");
        TrainedNetwork network = TrainedNetwork.Load(
            run, Path.ChangeExtension(path, Checkpoint), model, data, parsed.GetValue(_threads) ?? 0);
        if (network.Model is null && (parsed.GetValue(_machine) ?? parsed.GetValue(_sampler)) is not null)
        {
            throw new InvalidDataException($"{path}: {run.Variant} selects nothing: it has no use for --sampler or --machine.");
        }

        try
        {
            Evaluation evaluation = Evaluate(parsed, network, samples, data.ClassNames, messages, stop);
            EvalText.Print(parsed, result, parsed.GetValue(DataOptions.Folder)!, split, evaluation);
            return Program.Done;
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {Report.Message(e)}", e); // a sampler that the model's problems are not for
        }
    }

    // The result, which is beside the checkpoint.
    private static string Require(string path, string result)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file.");
        }

        bool isResult = path == result;
        if (!isResult && Path.GetExtension(path) != Checkpoint)
        {
            throw new InvalidDataException($"{path}: expected the result of qama train ({Result}), or its checkpoint ({Checkpoint}).");
        }

        return File.Exists(result) ? result : throw new FileNotFoundException(
            $"{result}: there is no such result beside the checkpoint: it is written when the training is finished.");
    }

    private static DataSettings From(ParseResult parsed, RunRecord run) => new(
        parsed.GetValue(DataOptions.Folder)!, DataOptions.LayoutOf(parsed.GetValue(DataOptions.Layout) ?? run.Layout), run.Patch,
            run.Side, run.HoldOut,
        run.FirstSamples);

    private static Evaluation Evaluate(
        ParseResult parsed, TrainedNetwork network, Dataset<float> samples, IReadOnlyList<string> classes, Messages messages,
            CancellationToken stop)
    {
        if (parsed.GetValue(_machine) is null)
        {
            ISampler? sampler = network.Model is { } model ? Sampler(parsed, network.Run, model.Problem.VariableCount) : null;
            return new(network.Run, Classify(sampler, sampler?.Name ?? ""), classes, sampler?.Name, null, null);
        }

        EmulatedMachine machine = EmulatedMachine.StartAsync(parsed.GetValue(_steps) ?? UsualSteps).GetAwaiter().GetResult();
        try
        {
            // Penalties that hold bounds leave too little of the couplings in 8 bits.
            RelaxedSampler? relaxed = RelaxedSampler.CanRelax(network.Model!) ? new(machine.Sampler) : null;
            ISampler sampler = relaxed ?? (ISampler)machine.Sampler;
            Confusion found = Classify(sampler, sampler.Name);
            CimStatistics statistics = machine.Sampler.Statistics;
            return new(network.Run, found, classes, sampler.Name, statistics, statistics.Submissions * parsed.GetValue(_price))
            {
                RepairedShare = relaxed?.Repaired / (double?)relaxed?.Answers,
            };
        }
        finally
        {
            machine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        Confusion Classify(ISampler? sampler, string name) => EpochBar.Show(network.Run.Variant, messages, bar => network.Classify(
            samples, classes.Count, sampler, done => bar.Move(done / (double)samples.Count, $"{done}/{samples.Count} samples {name}"),
                stop));
    }

    private static ISampler Sampler(ParseResult parsed, RunRecord run, int variables) => Samplers.Create(
        parsed.GetValue(_sampler) ?? Samplers.Names[0], parsed.GetValue(_sweeps) ?? run.Sweeps ?? 1, variables,
            parsed.GetValue(_threads) ?? 0);
}
