using System.CommandLine;

namespace Qama.Benchmarks.Report;

/// <summary><c>report</c>: writes the page about performance, and that of scaling among the experiments, from measurements.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("measurements") { Description = "Folder with the JSON files that the other commands wrote." };
        folder.AcceptExistingOnly();
        var page = new Argument<FileInfo>("page") { Description = "The page to write, for example docs/performance.md; that of scaling goes to the folder experiments beside it." };
        var command = new Command("report", "The page about performance, from measurements alone.") { folder, page };
        command.SetAction(parsed =>
        {
            var measured = new Measurements(parsed.GetRequiredValue(folder).FullName);
            FileInfo written = parsed.GetRequiredValue(page);
            File.WriteAllText(written.FullName, PerformancePage.Write(measured));
            ScalingPage.Write(measured.Solutions, parsed.GetRequiredValue(folder).FullName, Path.Combine(written.DirectoryName!, "experiments"));
        });
        return command;
    }
}
