using System.CommandLine;

namespace Qama.Benchmarks.Plain;

/// <summary><c>solvers plain</c>: problems without a model, public and generated, sparse and dense.</summary>
internal static class PlainCommand
{
    // Published: Helmberg and Rendl's graphs with the best cuts known.
    private static readonly (string Name, double Best)[] _graphs = [("G1", 11_624), ("G22", 13_359), ("G32", 1_410)];

    public static Command Create()
    {
        var graphs = new Option<DirectoryInfo>("--graphs")
        {
            Description =
            "Folder with G1.txt.gz, G22.txt.gz and G32.txt.gz of the G-set."
        };
        graphs.AcceptExistingOnly();
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("plain",
            "Plain problems: gap against time, what a step takes, both forms of rows, set-up.")
        {
            graphs, json,
        };
        command.SetAction(parsed =>
        {
            PlainReport report = Run(parsed.GetValue(graphs));
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "plain", report);
            }
        });
        return command;
    }

    private static PlainReport Run(DirectoryInfo? graphs)
    {
        Console.WriteLine($"one thread, {ThreadClock.Name}");
        List<PlainStep> steps = [.. Print(PlainRun.Steps(2000, 1)), .. Print(PlainRun.Steps(2000, 0.01))];
        List<PlainForms> forms =
        [
            .. from size in new[] { 1000, 2500 }
               from density in new[] { 0.03, 0.06, 0.09, 0.12, 0.16, 0.25 }
               select Print([PlainRun.Forms(size, density)])[0],
        ];
        List<PlainSetup> setups = Print(PlainRun.Setups(2000));
        List<PlainGap> gaps = [.. Instances(graphs).SelectMany(i => Print(PlainRun.Gaps(i)))];
        return new(gaps, steps, forms, setups);
    }

    /// <summary>What is measured; the public graphs where their folder is given.</summary>
    public static IEnumerable<PlainInstance> Instances(DirectoryInfo? graphs)
    {
        foreach ((string name, double best) in graphs is null ? [] : _graphs)
        {
            yield return PlainInstance.MaxCut(Path.Combine(graphs!.FullName, name + ".txt.gz"), best);
        }

        yield return PlainInstance.RandomGraph(2000, 19_990, 11);
        yield return PlainInstance.Random("Beasley, 1,000", 1000, 0.1, 12);
        yield return PlainInstance.Random("Beasley, 2,500", 2500, 0.1, 13);
        yield return PlainInstance.Random("dense, 1,000, first", 1000, 1, 14);
        yield return PlainInstance.Random("dense, 1,000, second", 1000, 1, 15);
        yield return PlainInstance.Random("dense, 1,000, third", 1000, 1, 16);
    }

    private static List<T> Print<T>(List<T> rows)
    {
        rows.ForEach(row => Console.WriteLine(row));
        return rows;
    }
}
