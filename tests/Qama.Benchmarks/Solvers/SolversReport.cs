using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Qama.Benchmarks.Solvers;

/// <summary>All measurements of a run, as a table and as JSON.</summary>
internal sealed class SolversReport
{
    private static readonly double[] Gaps = [0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];

    private readonly GapCurve _baseline;

    public SolversReport(string problems, int count, int variables, IReadOnlyList<Measurement> measurements)
    {
        (Problems, Count, Variables) = (problems, count, variables);
        _baseline = new GapCurve(measurements.Where(m => m.Sampler == Contender.Baseline));
        Measurements = [.. measurements.Select(m => m with { TimesBaseline = _baseline.TimeAt(m.Gap) / m.Microseconds })];
    }

    /// <summary>Name of the folder.</summary>
    public string Problems { get; }

    /// <summary>Number of problems.</summary>
    public int Count { get; }

    /// <summary>Variables of each.</summary>
    public int Variables { get; }

    /// <summary>The measurements, compared with the baseline.</summary>
    public IReadOnlyList<Measurement> Measurements { get; }

    public void Print(TextWriter output)
    {
        foreach (IGrouping<string, Measurement> sampler in Measurements.GroupBy(m => m.Sampler))
        {
            GapCurve curve = new(sampler);
            foreach (double gap in Gaps)
            {
                if (curve.TimeAt(gap) is double time)
                {
                    string ratio = _baseline.TimeAt(gap) is double slow
                        ? string.Create(CultureInfo.InvariantCulture, $", {slow / time:F1} x {Contender.Baseline}")
                        : "";
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{sampler.Key}: gap {gap:P2} in {time:F1} µs{ratio}"));
                }
            }
        }
    }

    public static void PrintHeader(TextWriter output) =>
        output.WriteLine($"{"sampler",-12}{"budget",8}  {"unit",-24}{"gap",10}{"solved",9}{"µs/problem",13}");

    public static void PrintRow(TextWriter output, Measurement m) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Sampler,-12}{m.Budget,8}  {m.Unit,-24}{m.Gap,10:P3}{m.Solved,9:P1}{m.Microseconds,13:F1}"));

    public void WriteJson(string path)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "solvers");
        json.WriteString("problems", Problems);
        json.WriteNumber("count", Count);
        json.WriteNumber("variables", Variables);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("architecture", RuntimeInformation.ProcessArchitecture.ToString());
        json.WriteBoolean("vector512", System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated);
        json.WriteStartArray("measurements");
        foreach (Measurement m in Measurements)
        {
            json.WriteStartObject();
            json.WriteString("sampler", m.Sampler);
            json.WriteNumber("budget", m.Budget);
            json.WriteString("unit", m.Unit);
            json.WriteNumber("gap", m.Gap);
            json.WriteNumber("solved", m.Solved);
            json.WriteNumber("microsecondsPerProblem", m.Microseconds);
            json.WriteNumber("repeats", m.Repeats);
            if (m.TimesBaseline is double ratio)
            {
                json.WriteNumber("timesBaseline", ratio);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
