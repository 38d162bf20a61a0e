using System.CommandLine;
using System.Text.Json.Nodes;
using Qama.Tool.Formats;

namespace Qama.Tool;

/// <summary><c>qama convert IN OUT</c>.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string> _out = CommandLine.Path("OUT", "The file to write; replaced as a whole.");

    private static readonly Option<string?> _to =
        CommandLine.Name("--to", "Format of the file to write; its extension's unless given", ProblemFormats.Names);

    private static readonly Option<string?> _as =
        CommandLine.Name("--as", "Variables of the file to write", ["binary", "spin"]);

    public static Command Create()
    {
        var command = new Command("convert", "Writes a problem in another format, with the same energies.")
        {
            CommandLine.File, _out, _to, _as, CommandLine.Json,
        };
        CommandLine.AddInput(command);
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(_out)!;
        ProblemFormat? to = parsed.GetValue(_to) is { } name ? ProblemFormats.Named(name)
            : ProblemFormats.OfExtension(path);
        if (to is null)
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                $"{path}: the extension means no format: name it with --to {string.Join('|', ProblemFormats.Names)}.");
            return Program.Usage;
        }

        (PlainProblem problem, ProblemFormat from) = CommandLine.Read(
            parsed, parsed.GetValue(CommandLine.File)!, stop);
        (PlainProblem written, IReadOnlyList<string> warnings) =
            ProblemFile.Write(path, problem, to, CommandLine.Kind(parsed.GetValue(_as)));
        foreach (string warning in warnings)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"warning: {path}: {warning}.");
        }

        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["file"] = path, ["from"] = from.Id, ["to"] = to.Id, ["kind"] = ProblemFormat.Word(written.Kind),
                ["variables"] = written.Size,
                ["couplings"] = written.PairCount, ["linear"] = written.LinearCount, ["offset"] = written.Offset,
                ["warnings"] = new JsonArray([.. warnings.Select(w => (JsonNode?)w)]),
            });
        }

        return Program.Done;
    }
}
