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
    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var largest = new Option<int>("--largest") { Description = "Most tokens of a problem.", DefaultValueFactory = _ => 1024 };
        var command = new Command(
            "time-to-solution", "Time to a chance of 99 % of the best energy against tokens; passes, memory and energy beside softmax attention.")
        {
            json, largest,
        };
        command.SetAction(parsed =>
        {
            SolutionReport report = Run(parsed.GetValue(largest));
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "time-to-solution", report);
            }
        });
        return command;
    }

    private static SolutionReport Run(int largest)
    {
        Console.WriteLine($"one thread, {ThreadClock.Name}; energy {PassRun.Power}");
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

        List<SolutionTime> times = [];
        Func<QuboAttentionLayer<float>>[] fresh =
        [
            () => new Tokens16(1), () => new Tokens32(1), () => new Tokens64(1), () => new Tokens128(1), () => new Tokens256(1),
            () => new Tokens512(1), () => new Tokens1024(1), () => new Tokens2048(1),
        ];
        foreach (QuboAttentionLayer<float> layer in fresh.Select(f => f()).Where(l => l.Model.Tokens <= largest))
        {
            Add(SolutionRun.Fresh(layer));
        }

        foreach ((QuboAttentionLayer<float> layer, int epochs, int images) in new (QuboAttentionLayer<float>, int, int)[]
            { (new Published49(1), 6, 1700), (new Tokens196(1), 6, 1700), (new Tokens784(1), 6, 1700), (new Tokens4096(1), 3, 400) }
            .Where(t => t.Item1.Model.Tokens <= largest))
        {
            var run = new SolutionRun();
            TrainedProblems.Solve(layer, epochs, 301, images, run, [3], [14], [25]);
            Add(run.Summarise("trained", layer.Model.Tokens));
        }

        return new(times, passes, PassRun.Power);

        void Add(List<SolutionTime> found)
        {
            times.AddRange(found);
            found.ForEach(t => Console.WriteLine(t));
        }
    }
}
