using System.CommandLine;
using System.Globalization;

namespace Qama.Benchmarks.Terms;

/// <summary><c>terms</c>: a user's coupling term as generated, called for every pair, and written by hand.</summary>
internal static class TermsCommand
{
    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("terms", "A user-written coupling term next to direct calls and a hand-written kernel.") { json };
        command.SetAction(parsed =>
        {
            Console.WriteLine("ns per pair (both orders), one thread, medians");
            Console.WriteLine(
                $"{"shape",-14}{"generated",11}{"direct",11}{"by hand",11}{"x direct",10}{"/ hand",8}{"diff hand",11}{"diff direct",13}");
            List<TermMeasurement> measurements = [];
            Add(TermRun.Measure(8, 49, 8, WrittenSmall.ComputeCouplings, WrittenSmall.Divergence, 200));
            Add(TermRun.Measure(8, 512, 64, WrittenLarge.ComputeCouplings, WrittenLarge.Divergence, 9));
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "terms", measurements);
            }

            void Add(TermMeasurement m)
            {
                measurements.Add(m);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{$"{m.Heads}x{m.Tokens}x{m.Dim}",-14}{m.Generated,11:F1}{m.Direct,11:F1}{m.HandWritten,11:F1}"
                    + $"{m.TimesDirect,10:F1}{m.OverHandWritten,8:F2}{m.Difference,11:E1}{m.DirectDifference,13:E1}"));
            }
        });
        return command;
    }
}
