using System.CommandLine;
using Qama.Benchmarks.Factored;
using Qama.Benchmarks.Scaling;
using Qama.Benchmarks.Settings;
using Qama.Benchmarks.Solvers;
using Qama.Layers;

namespace Qama.Benchmarks.Solutions;

/// <summary><c>time-to-solution</c>: how times to solutions, passes, memory and energy grow with tokens.</summary>
internal static class SolutionsCommand
{
    private const string Passes = "passes", Fresh = "fresh", Trained = "trained";

    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Also write the measurements to this file; what it has of kinds that are not measured stays.",
        };
        var kinds = new Option<string[]>("--kinds")
        {
            Description = "What to measure.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [Passes, Fresh, Trained],
        };
        kinds.AcceptOnlyFromAmong(Passes, Fresh, Trained);
        var largest = new Option<int>("--largest") { Description = "Most tokens of a fresh problem.", DefaultValueFactory = _ => 1024 };
        var command = new Command(
            "time-to-solution", "Time to a chance of 99 % of the best energy against tokens; passes, memory and energy beside softmax attention.")
        {
            json, kinds, largest,
        };
        command.SetAction(parsed =>
        {
            FileInfo? file = parsed.GetValue(json);
            string[] chosen = parsed.GetRequiredValue(kinds);
            SolutionReport? before = file is null ? null : JsonReport.Read<SolutionReport>(file.FullName)?.Measurements;
            Console.WriteLine($"one thread, {ThreadClock.Name}; energy {PassRun.Power}");
            List<SolutionTime> times =
            [
                .. Times(Fresh, () => MeasureFresh(parsed.GetValue(largest))), .. Times(Trained, MeasureTrained),
            ];
            SolutionReport report = chosen.Contains(Passes) || before is null
                ? new(times, chosen.Contains(Passes) ? MeasurePasses() : [], PassRun.Power)
                : before with { Times = times };
            if (file is not null)
            {
                JsonReport.Write(file.FullName, "time-to-solution", report);
            }

            IEnumerable<SolutionTime> Times(string kind, Func<IEnumerable<SolutionTime>> measure) => chosen.Contains(kind)
                ? measure().ToList()
                : before?.Times.Where(t => t.Kind == kind) ?? [];
        });
        return command;
    }

    private static List<PassCost> MeasurePasses()
    {
        List<PassCost> passes = [];
        Func<QuboAttentionLayer<float>>[] layers =
        [
            () => new Layer128(1), () => new Layer256(1), () => new Layer512(1), () => new Narrow1024(1), () => new Narrow4096(1),
            () => new Narrow16384(1),
        ];
        foreach (Func<QuboAttentionLayer<float>> create in layers)
        {
            passes.Add(PassRun.Measure(create()));
            Console.WriteLine(passes[^1]);
        }

        return passes;
    }

    private static IEnumerable<SolutionTime> MeasureFresh(int largest)
    {
        Func<QuboAttentionLayer<float>>[] fresh =
        [
            () => new Tokens16(1), () => new Tokens32(1), () => new Tokens64(1), () => new Tokens128(1), () => new Tokens256(1),
            () => new Tokens512(1), () => new Tokens1024(1), () => new Tokens2048(1),
        ];
        return fresh.Select(f => f()).Where(l => l.Model.Tokens <= largest).SelectMany(layer => Tell(SolutionRun.Fresh(layer)));
    }

    private static IEnumerable<SolutionTime> MeasureTrained()
    {
        foreach ((QuboAttentionLayer<float> layer, int epochs, int images) in new (QuboAttentionLayer<float>, int, int)[]
            { (new Published49(1), 6, 1700), (new Tokens196(1), 6, 1700), (new Tokens784(1), 6, 1700), (new Tokens4096(1), 3, 400) })
        {
            var run = new SolutionRun();
            TrainedProblems.Solve(layer, epochs, 301, images, run, [3], [14], [25]);
            foreach (SolutionTime time in Tell(run.Summarise(Trained, layer.Model.Tokens)))
            {
                yield return time;
            }
        }
    }

    private static List<SolutionTime> Tell(List<SolutionTime> found)
    {
        found.ForEach(t => Console.WriteLine(t));
        return found;
    }
}
