using System.CommandLine;
using Qama.Benchmarks.Scaling;

namespace Qama.Benchmarks.Hardness;

/// <summary><c>hardness</c>: whether energies depend on the batch, and how they hold on large problems.</summary>
internal static class HardnessCommand
{
    public static Command Create()
    {
        var problems = new Option<DirectoryInfo[]>("--problems")
        {
            Description = "Folders with index.json and the raw float32 problems.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        problems.AcceptExistingOnly();
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command(
            "hardness", "Gaps of given problems in batches of 1 to 32, and of random problems of 1,024 to 8,192 variables one at a time.")
        {
            problems, json,
        };
        command.SetAction(parsed =>
        {
            HardnessReport report = Run(parsed.GetValue(problems)!, Console.Out);
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "hardness", report);
            }
        });
        return command;
    }

    private static HardnessReport Run(IReadOnlyList<DirectoryInfo> folders, TextWriter output)
    {
        output.WriteLine($"One thread, {ThreadClock.Name}");
        var batches = new List<BatchMeasurement>();
        output.WriteLine($"{"problems",-12}{"sampler",-30}{"batch",6}{"gap",10}{"worst",10}{"solved",9}{"as alone",10}{"µs/problem",13}");
        foreach (BatchRun run in folders.Select(f => new BatchRun(f)))
        {
            foreach (BatchMeasurement m in Budget.Usual.SelectMany(run.Measure))
            {
                batches.Add(m);
                output.WriteLine(FormattableString.Invariant(
                    $"{m.Problems,-12}{m.Sampler,-30}{m.Batch,6}{m.Gap,10:P3}{m.WorstGap,10:P3}{m.Solved,9:P1}{m.SameAsAlone,10:P0}{m.Microseconds,13:F1}"));
            }
        }

        var sizes = new List<SizeMeasurement>();
        output.WriteLine($"{"problems",-26}{"variables",9}  {"sampler",-58}{"gap",10}{"worst",10}{"ms/problem",13}");
        Add(SizeRun.MeasureLayer<Tokens128>(seed => new Tokens128(seed)));
        Add(SizeRun.MeasureLayer<Tokens256>(seed => new Tokens256(seed)));
        Add(SizeRun.MeasureLayer<Tokens512>(seed => new Tokens512(seed)));
        Add(SizeRun.MeasureLayer<Tokens1024>(seed => new Tokens1024(seed)));
        Add(SizeRun.MeasureIndependent<Tokens128>());
        Add(SizeRun.MeasureIndependent<Tokens512>());
        return new(batches, sizes);

        void Add(IReadOnlyList<SizeMeasurement> measurements)
        {
            sizes.AddRange(measurements);
            foreach (SizeMeasurement m in measurements)
            {
                output.WriteLine(FormattableString.Invariant(
                    $"{m.Kind,-26}{m.Variables,9}  {m.Sampler,-58}{m.Gap,10:P3}{m.WorstGap,10:P3}{m.Milliseconds,13:F2}"));
            }
        }
    }
}
