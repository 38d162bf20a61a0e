using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

/// <summary><c>report</c>: writes the page of results.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var results = new Option<string>("--results")
        {
            Description = "Folder of results.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("docs", "measurements", "language"),
        };
        var page = new Option<string>("--page")
        {
            Description = "The Markdown file to write.", HelpName = "FILE",
            DefaultValueFactory = _ => Path.Combine("docs", "experiments", "language.md"),
        };
        var command = new Command("report", "Writes the page of experiments from results.") { results, page };
        command.Does((parsed, _) =>
        {
            string file = Path.GetFullPath(parsed.GetValue(page)!), folder = Path.GetDirectoryName(file)!;
            LanguagePage.Write(parsed.GetValue(results)!, file);
            ExperimentSummary.Write(folder, folder + ".md");
            return 0;
        });
        return command;
    }
}
