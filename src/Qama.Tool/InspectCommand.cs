using System.CommandLine;
using Qama.Files;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary><c>qama inspect ASSEMBLY|PROJECT</c>.</summary>
internal static class InspectCommand
{
    private const int UsualSamples = 100;

    private static readonly Argument<string> _path = CommandLine.Path(
        "ASSEMBLY|PROJECT", "An assembly with declared models, or a project (or its folder), which is built first.");

    private static readonly Option<string?> _model = new("--model")
    {
        Description = "One model, by its class: the name, or the end of it.", HelpName = "NAME",
    };

    private static readonly Option<int?> _samples = CommandLine.Whole(
        "--samples", $"Samples of the pass that tasks of machines are counted for, {UsualSamples} unless given.", 1,
            1_000_000_000);

    private static readonly Option<double?> _taskSeconds = CommandLine.Number(
        "--task-seconds", "Time that a machine takes for a task: minutes are printed besides tasks.",
            "a number above 0, at most 1000000",
        x => x is > 0 and <= 1e6);

    private static readonly Option<string?> _html = new("--html")
    {
        Description = "Write the report to this file too: one page with everything in it.", HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command(
            "inspect", "Says what the declared models of an assembly are: energy, costs, machines, kernels, gradients. Of its code nothing "
            + "runs but what describes the models.")
        {
            _path, _model, _samples, _taskSeconds, _html, ModelSource.Configuration, ModelSource.Framework, CommandLine.Json,
        };
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(_path)!;
        string? file = parsed.GetValue(_html);
        OutputFile.Check("--html", file, path);
        (path, string? packages) = ModelSource.Build(parsed, path, stop);
        OutputFile.Check("--html", file, path);
        var (descriptors, warnings, errors) = ModelAssembly.Read(path, parsed.GetValue(_model), packages);
        foreach (string line in warnings.Select(w => $"warning: {w}").Concat(errors))
        {
            parsed.InvocationConfiguration.Error.WriteLine(line);
        }

        if (descriptors.Count == 0)
        {
            return Program.BadInput;
        }

        int samples = parsed.GetValue(_samples) ?? UsualSamples;
        double? seconds = parsed.GetValue(_taskSeconds);
        ModelInspection[] models = [.. descriptors.Select(m => ModelInspection.Of(m, samples))];
        if (file is not null)
        {
            AtomicFiles.WriteText(file, writer => InspectPage.Write(writer, path, models, samples, seconds));
        }

        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, InspectDocument.Create(path, models, samples, seconds));
            return errors.Count == 0 ? Program.Done : Program.BadInput;
        }

        Report.Line(parsed, "assembly", $"{path}, {Report.Count(models.Length, "model")}");
        foreach (ModelInspection model in models)
        {
            parsed.InvocationConfiguration.Output.WriteLine();
            InspectText.Print(parsed, model, samples, seconds);
        }

        return errors.Count == 0 ? Program.Done : Program.BadInput;
    }
}
