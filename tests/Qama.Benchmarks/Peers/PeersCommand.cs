using System.CommandLine;
using Qama.Benchmarks.Plain;

namespace Qama.Benchmarks.Peers;

/// <summary>All that is measured beside peers' programs.</summary>
internal sealed record PeersReport(List<PeerTime> Attention, List<PeerGap> Plain);

/// <summary><c>solvers peers</c>: our annealing beside the programs of D-Wave's samplers and of MQLib, in turns.</summary>
internal static class PeersCommand
{
    public static Command Create()
    {
        Option<FileInfo> dwave = Program("--dwave", "dwave_anneal, built as tests/Qama.Benchmarks/Peers/README.md says.");
        Option<FileInfo> mqlib = Program("--mqlib", "MQLib's program.");
        var graphs = new Option<DirectoryInfo>("--graphs") { Description = "Folder with G1, G22 and G32 of the G-set (.txt.gz)." };
        graphs.AcceptExistingOnly();
        var attention = new Option<bool>("--attention") { Description = "Only problems of trained layers." };
        var plain = new Option<bool>("--plain") { Description = "Only plain problems." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("peers", "Annealing beside dwave-samplers and MQLib: trained and plain problems.")
        {
            dwave, mqlib, graphs, attention, plain, json,
        };
        command.SetAction(parsed =>
        {
            (FileInfo annealer, FileInfo library) = (parsed.GetRequiredValue(dwave), parsed.GetRequiredValue(mqlib));
            var report = new PeersReport(
                parsed.GetValue(plain) ? [] : Print(AttentionPeers.Measure(annealer)),
                parsed.GetValue(attention) ? [] : Plain(annealer, library, parsed.GetValue(graphs)));
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "solvers peers", report);
            }
        });
        return command;
    }

    private static List<PeerGap> Plain(FileInfo dwave, FileInfo mqlib, DirectoryInfo? graphs)
    {
        List<PeerGap> plain = [];
        Dictionary<(int, double, bool), List<PeerSetting>> tuned = [];
        foreach (PlainInstance instance in PlainCommand.Instances(graphs))
        {
            (int, double, bool) kind = (instance.Problem.Size, Math.Round(instance.Problem.Density, 2), instance.Settings == PlainSettings.MaxCut);
            if (!tuned.TryGetValue(kind, out List<PeerSetting>? settings))
            {
                tuned[kind] = settings = Print(PlainPeers.Tune(Alike(instance), dwave));
            }

            plain.AddRange(Print(PlainPeers.Measure(instance, dwave, mqlib, settings)));
        }

        return plain;
    }

    // Another problem of the kind and size, for the peer's settings.
    private static PlainInstance Alike(PlainInstance instance)
    {
        int size = instance.Problem.Size;
        return instance.Settings != PlainSettings.MaxCut ? PlainInstance.Random("", size, Math.Round(instance.Problem.Density, 1), 403)
            : instance.Name == "G32" ? PlainInstance.Torus(40, 50, 402)
            : PlainInstance.RandomGraph(size, instance.Problem.PairCount, 401);
    }

    private static Option<FileInfo> Program(string name, string description)
    {
        var option = new Option<FileInfo>(name) { Description = description, Required = true };
        option.AcceptExistingOnly();
        return option;
    }

    private static List<T> Print<T>(List<T> rows)
    {
        rows.ForEach(row => Console.WriteLine(row));
        return rows;
    }
}
