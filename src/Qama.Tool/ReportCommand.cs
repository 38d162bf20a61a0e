using System.CommandLine;
using System.Text.Json.Nodes;
using Qama.Files;
using Qama.Tool.Runs;

namespace Qama.Tool;

/// <summary><c>qama report FILE|FOLDER...</c>.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string[]> _paths = new("FILE|FOLDER")
    {
        Description = "Results of runs as JSON, as the examples and qama solve write them; of a folder all of its *.json.", Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> _html = new("--html")
    {
        Description = "Write a page to this file: curves, findings, tables and pictures of all runs, in one file.", HelpName = "FILE",
    };

    private static readonly Option<string?> _title = new("--title") { Description = "Title of the page.", HelpName = "TEXT" };

    public static Command Create()
    {
        var command = new Command(
            "report", "Compares runs: what each found, as a table, or as one page with the course of all. Runs that differ in the seed alone are one row.")
        {
            _paths, _html, _title, CommandLine.Json,
        };
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        var runs = new List<RunFile>();
        foreach (string path in parsed.GetValue(_paths)!.SelectMany(Files))
        {
            stop.ThrowIfCancellationRequested();
            runs.AddRange(RunFile.Read(path));
        }

        IReadOnlyList<RunGroup> groups = RunGroup.Of(runs);
        if (parsed.GetValue(_html) is { } file)
        {
            string title = parsed.GetValue(_title) ?? string.Join(", ", parsed.GetValue(_paths)!.Select(p => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(p))));
            AtomicFiles.WriteText(file, writer => ReportPage.Write(writer, title, runs));
        }

        (IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows) = ReportPage.Findings(groups);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["runs"] = new JsonArray([.. rows.Select(row => new JsonObject(headers.Zip(row).Select(
                    c => KeyValuePair.Create<string, JsonNode?>(c.First.TrimStart('#'), c.Second))))]),
            });
            return Program.Done;
        }

        Report.Table(parsed, [.. headers.Select(h => h.TrimStart('#'))], rows);
        return Program.Done;
    }

    private static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] found = [.. Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new InvalidDataException($"{path}: expected results (*.json), there are none in this folder.");
    }
}
