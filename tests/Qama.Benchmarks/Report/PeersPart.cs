using Qama.Benchmarks.Peers;
using Qama.Benchmarks.Steps;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>Annealing beside other packages' programs, and one sample on two threads.</summary>
internal static class PeersPart
{
    public static void Write(Markdown page, JsonReport<PeersReport>? trained, JsonReport<PeersReport>? plain)
    {
        if (trained is not { } file || plain is null)
        {
            return;
        }

        page.Heading("Samplers: beside D-Wave's and MQLib's");
        page.Paragraph(Format($"""
            Programs of [dwave-samplers and MQLib](../tests/Qama.Benchmarks/Peers/README.md), compiled with -O3 -march=native, on the same
            problems and the same thread, one after the other; every state is evaluated here. The peer's temperatures and numbers of
            annealings were chosen on other problems of the same kinds, ours are those of the sections above. First problems of trained
            layers (those for validation): µs of processor time per problem to a mean gap of 0.2 %, of 0.1 %, and to the best-known
            energy on 90 % of problems; ratios in brackets are the peer's time over ours. A dash: not with any budget. Measured on: {file.Processor}.
            """));
        page.Header("problems", "solver", "0.2 %", "0.1 %", "90 %", "last gap");
        foreach (var pair in file.Measurements.Attention.GroupBy(m => m.Problems))
        {
            PeerTime ours = pair.First();
            foreach (PeerTime m in pair)
            {
                page.Row(
                    m.Problems, m.Solver, Cell(m.Coarse, ours.Coarse), Cell(m.Fine, ours.Fine), Cell(m.Solved, ours.Solved),
                    Percent(m.Gap, 4));

                string Cell(double? time, double? other) =>
                    (time is double t ? Number(t) : Format($"– in {Number(m.Slowest)}"))
                    + (m != ours && other is double o ? Format($" ({(time is null ? "> " : "")}{Number((time ?? m.Slowest) / o)}x)") : "");
            }
        }

        page.EndTable();
        page.Paragraph("""
            Plain problems: mean gap after the same time, counted from the lowest energy that is published or that anybody found here. Of
            MQLib the best of four heuristics for each problem and time.
            """);
        page.Header("problem", "variables", "ms", "Qama", "dwave-samplers", "MQLib", "its heuristic");
        foreach (PeerGap g in plain.Measurements.Plain)
        {
            page.Row(
                g.Problem, Number(g.Variables), Number(g.Milliseconds), Percent(g.Ours, 4), Percent(g.DWave, 4), Percent(g.MqLib, 4),
                g.Heuristic);
        }

        page.EndTable();
    }

    public static void WriteOneSample(Markdown page, JsonReport<OneSampleMeasurement[]>? file)
    {
        if (file is null)
        {
            return;
        }

        page.Heading("One sample on two threads");
        page.Paragraph(Format($"""
            Passes over a batch of one sample: heads, products and rows are divided among threads, with the same bits. Medians of elapsed
            time, in turns. Measured on: {file.Processor}.
            """));
        page.Header("layer", "tokens", "pass", "ms", "two threads ms", "ratio");
        foreach (OneSampleMeasurement m in file.Measurements)
        {
            page.Row(m.Layer, Number(m.Tokens), m.Pass, Number(m.One), Number(m.Two), Format($"{m.One / m.Two:F2}"));
        }

        page.EndTable();
    }
}
