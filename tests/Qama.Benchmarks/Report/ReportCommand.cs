using System.CommandLine;

namespace Qama.Benchmarks.Report;

/// <summary><c>report</c>: writes the page about performance from measurements.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("measurements") { Description = "Folder with the JSON files that the other commands wrote." };
        folder.AcceptExistingOnly();
        var page = new Argument<FileInfo>("page") { Description = "The page to write, for example docs/performance.md." };
        var command = new Command("report", "The page about performance, from measurements alone.") { folder, page };
        command.SetAction(parsed =>
        {
            var measured = new Measurements(parsed.GetRequiredValue(folder).FullName);
            File.WriteAllText(parsed.GetRequiredValue(page).FullName, PerformancePage.Write(measured));
        });
        return command;
    }
}
