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

        string? file = parsed.GetValue(_html);
        OutputFile.Check("--html", file, runs.SelectMany(r => new[] { r.Path, r.Picture }));
        IReadOnlyList<RunGroup> groups = RunGroup.Of(runs);
        if (file is not null)
        {
            string title = parsed.GetValue(_title) ?? string.Join(", ", parsed.GetValue(_paths)!.Select(p => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(p))));
            AtomicFiles.WriteText(file, writer => ReportPage.Write(writer, title, runs));
        }

        RunFindings findings = RunFindings.Of(groups);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject { ["runs"] = new JsonArray([.. findings.Rows.Select(r => Row(findings, r.Group, r.Found))]) });
            return Program.Done;
        }

        RunTables tables = RunTables.Of(findings, Report.Width(parsed));
        foreach ((IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows) in tables.Tables)
        {
            Report.Table(parsed, headers, rows);
        }

        if (tables.Common.Count > 0)
        {
            Report.Line(parsed, "same in all", string.Join(", ", tables.Common.Select(c => $"{c.Name} {c.Value}")));
        }

        return Program.Done;
    }

    private static JsonObject Row(RunFindings findings, RunGroup group, IReadOnlyList<RunSummary> found)
    {
        var row = new JsonObject { ["run"] = group.Name, ["runs"] = group.Runs.Count };
        foreach ((string name, RunSummary value) in findings.Names.Zip(found))
        {
            row[name] = value switch
            {
                { Count: 0 } => null,
                { Mean: { } mean } when double.IsFinite(mean) => new JsonObject
                {
                    ["mean"] = mean, ["deviation"] = value.Deviation is { } d && double.IsFinite(d) ? d : null, ["runs"] = value.Count,
                },
                _ => value.Text,
            };
        }

        return row;
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
