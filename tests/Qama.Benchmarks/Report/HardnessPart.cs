using Qama.Benchmarks.Hardness;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>The part about single samples and large models.</summary>
internal static class HardnessPart
{
    public static void Write(Markdown page, HardnessReport? report)
    {
        if (report is null)
        {
            return;
        }

        page.Heading("Single samples");
        page.Paragraph("""
            The same problems handed over in batches of different sizes, one thread, five keys. *As alone*: states that are those of
            batches of one problem, bit for bit. A problem's random numbers follow from its index, and no problem waits for another, so
            inference on one sample is as good as on many.
            """);
        page.Header("problems", "variables", "sampler", "batch", "gap", "largest gap", "best-known reached", "as alone", "µs per problem");
        foreach (BatchMeasurement m in report.Batches)
        {
            page.Row(
                m.Problems, Number(m.Variables), m.Sampler, Number(m.Batch), Percent(m.Gap, 3), Percent(m.WorstGap, 2), Percent(m.Solved, 1),
                Percent(m.SameAsAlone), Number(m.Microseconds));
        }

        page.EndTable();
        page.Heading("Large models");
        page.Paragraph("""
            Problems of the second published operator, solved one at a time on one thread: what layers with initial parameters pose for
            inputs of normal numbers, and problems whose couplings are independent of each other, as no layer's are. The optimum is
            not known: gaps are to the best that any of the rows found, the long searches (in italics) of three kinds included.
            """);
        page.Header("problems", "heads x tokens", "variables", "sampler", "gap", "largest gap", "ms per problem");
        foreach (SizeMeasurement m in report.Sizes)
        {
            page.Row(
                m.Kind, $"{m.Heads} x {Number(m.Tokens)}", Number(m.Variables), m.IsLong ? $"*{m.Sampler}*" : m.Sampler, Percent(m.Gap, 3),
                Percent(m.WorstGap, 3), Number(m.Milliseconds));
        }

        page.EndTable();
    }
}
