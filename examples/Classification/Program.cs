using System.CommandLine;
using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Classification;

/// <summary>Writes the page of images and sentences from what <c>qama train</c> and <c>qama eval</c> found.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return Command().RunAsync(args);
    }

    private static RootCommand Command()
    {
        var results = new Option<string>("--results")
        {
            Description = "Folder with a folder of results for each data set.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "measurements"),
        };
        var pages = new Option<string>("--pages")
        {
            Description = "Folder of the Markdown files to write; the summary of all is a file of its name beside it.", HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "experiments"),
        };
        var command = new RootCommand("Operators for colour images and sentences; 'qama train' trains them. Writes their page from results.")
        {
            results, pages,
        };
        command.Does((parsed, _) =>
        {
            string folder = parsed.GetValue(pages)!;
            ClassificationPage.Write(parsed.GetValue(results)!, folder);
            ExperimentSummary.Write(folder, Path.TrimEndingDirectorySeparator(folder) + ".md");
            return 0;
        });
        return command;
    }
}
