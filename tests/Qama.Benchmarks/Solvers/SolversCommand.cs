using System.CommandLine;
using Qama.Benchmarks.Peers;
using Qama.Benchmarks.Plain;
using Qama.Benchmarks.Settings;
using Qama.Layers;
using Qama.Problems;

namespace Qama.Benchmarks.Solvers;

/// <summary><c>solvers</c>: how near samplers come to the best-known energies, and how fast.</summary>
internal static class SolversCommand
{
    public static Command Create()
    {
        var problems = new Option<DirectoryInfo>("--problems")
        {
            Description = "Folder with index.json and the raw float32 problems.",
            Required = true,
        };
        problems.AcceptExistingOnly();
        var sampler = new Option<string?>("--sampler")
        {
            Description = $"Only this one, beside the baseline: {string.Join(", ", Contender.All.Select(c => c.Name))}.",
        };
        sampler.AcceptOnlyFromAmong([.. Contender.All.Select(c => c.Name)]);
        var budget = new Option<int?>("--budget") { Description = "Only this budget; no baseline." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("solvers", "Gap to the best-known energies against time, next to a textbook annealer.")
        {
            problems, sampler, budget, json, PlainCommand.Create(), SettingsCommand.Create(), PeersCommand.Create(),
        };
        command.SetAction(parsed =>
        {
            SolversReport report = Run(parsed.GetRequiredValue(problems), parsed.GetValue(sampler), parsed.GetValue(budget));
            Console.WriteLine();
            report.Print(Console.Out);
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "solvers", report);
            }
        });
        return command;
    }

    private static SolversReport Run(DirectoryInfo folder, string? only, int? budget)
    {
        AttentionInstances instances = AttentionInstances.Read(folder.FullName);
        ProblemBatch batch = InstanceModels.ToBatch(instances);
        double[] best = [.. instances.Problems.Select(
            p => p.BestKnownEnergy ?? throw new InvalidDataException($"Problem {p.Id} has no best-known energy."))];
        Console.WriteLine($"{batch.Count} problems of {batch.VariableCount} variables, one thread, {ThreadClock.Name}");
        SolversReport.PrintHeader(Console.Out);
        var run = new SolverRun(batch, best);
        List<Measurement> measurements = [];
        foreach (Contender contender in Contender.All.Where(
            c => only is null || c.Name == only || (c.Name == Contender.Baseline && budget is null)))
        {
            foreach (int spent in budget is int one ? [one] : contender.Budgets)
            {
                measurements.Add(run.Measure(contender, spent));
                SolversReport.PrintRow(Console.Out, measurements[^1]);
            }
        }

        return new SolversReport(folder.Name, batch.Count, batch.VariableCount, measurements);
    }
}
