using System.CommandLine;

namespace Qama.Benchmarks.Scaling;

/// <summary><c>scaling</c>: how annealing grows with tokens, heads, bits and batch.</summary>
internal static class ScalingCommand
{
    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("scaling", "Time per sweep and memory of annealing against tokens, heads, bits and batch.") { json };
        command.SetAction(parsed =>
        {
            ScalingReport report = Run(Console.Out);
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "scaling", report);
            }
        });
        return command;
    }

    private static ScalingReport Run(TextWriter output)
    {
        Machine machine = Machine.Measure();
        output.WriteLine(machine.Description);
        output.WriteLine($"{"",-8}{"heads",6}{"tokens",8}{"bits",6}{"batch",7}{"µs/sweep",12}{"hot µs/sweep",14}{"GB/s",8}{"rows GB/s",11}{"MB/problem",12}{"peak MB",9}");
        List<ScalingMeasurement> rows = [];
        Add(ScalingRun.Measure<Tokens16>("tokens", 16));
        Add(ScalingRun.Measure<Tokens32>("tokens", 16));
        Add(ScalingRun.Measure<Tokens64>("tokens", 16));
        Add(ScalingRun.Measure<Tokens128>("tokens", 8));
        Add(ScalingRun.Measure<Tokens256>("tokens", 4));
        Add(ScalingRun.Measure<Tokens512>("tokens", 1));
        Add(ScalingRun.Measure<Tokens1024>("tokens", 1));
        Add(ScalingRun.Measure<Tokens2048>("tokens", 1));
        Add(ScalingRun.Measure<Heads1>("heads", 16));
        Add(ScalingRun.Measure<Heads2>("heads", 16));
        Add(ScalingRun.Measure<Heads4>("heads", 16));
        Add(ScalingRun.Measure<Heads8>("heads", 16));
        Add(ScalingRun.Measure<Heads16>("heads", 16));
        Add(ScalingRun.Measure<Heads32>("heads", 16));
        Add(ScalingRun.Measure<Heads8>("bits", 16));
        Add(ScalingRun.Measure<Bits2>("bits", 16));
        Add(ScalingRun.Measure<Bits3>("bits", 16));
        Add(ScalingRun.Measure<Bits4>("bits", 16));
        for (int batch = 1; batch <= 1024; batch *= 4)
        {
            Add(ScalingRun.Measure<Heads8>("batch", batch));
        }

        return new(machine, rows);

        void Add(ScalingMeasurement m)
        {
            rows.Add(m);
            output.WriteLine(FormattableString.Invariant(
                $"{m.Varied,-8}{m.Heads,6}{m.Tokens,8}{m.Bits,6}{m.Batch,7}{m.Sweep,12:F2}{m.HotSweep,14:F2}{m.HotGigabytesPerSecond,8:F1}{m.RowGigabytesPerSecond,11:F1}{(m.CouplingBytes + m.ScratchBytes) * 1e-6,12:F2}{m.PeakBytes * 1e-6,9:F0}"));
        }
    }
}

/// <summary>What the command writes.</summary>
/// <param name="Machine">The machine's limits.</param>
/// <param name="Rows">The measurements.</param>
internal sealed record ScalingReport(Machine Machine, IReadOnlyList<ScalingMeasurement> Rows);
