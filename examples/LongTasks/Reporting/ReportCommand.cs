using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>The command <c>report</c>: pages of experiments from results.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var results = new Option<string>("--results")
        {
            Description = "Folder with a folder of results for each task.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements"),
        };
        var pages = new Option<string>("--pages")
        {
            Description = "Folder of the Markdown files to write.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "experiments"),
        };
        var command = new Command("report", "Writes the pages recall.md, copying.md, listops.md, brackets.md and gradients.md, and the summary of all pages, from results.")
        {
            results, pages,
        };
        command.Does((parsed, _) =>
        {
            string folder = parsed.GetValue(pages)!;
            TaskPages.Write(parsed.GetValue(results)!, folder);
            GradientPage.Write(parsed.GetValue(results)!, folder);
            ExperimentSummary.Write(folder, Path.TrimEndingDirectorySeparator(folder) + ".md");
            return 0;
        });
        return command;
    }
}
