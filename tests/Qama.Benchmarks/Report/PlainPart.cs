using Qama.Benchmarks.Plain;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>The part about problems without a model.</summary>
internal static class PlainPart
{
    public static void Write(Markdown page, JsonReport<PlainReport>? file)
    {
        if (file is null)
        {
            return;
        }

        PlainReport report = file.Measurements;
        page.Heading("Plain problems, sparse and dense");
        page.Paragraph(Format($"""
            One read of simulated annealing on one thread: the mean gap of several reads. The G-set's graphs are
            public, with the best cuts
            known (Helmberg and Rendl, SIAM J. Optim. 10, 673 (2000)); other problems are generated (after Beasley,
            1998: whole numbers from −100 to 100,
            10 % of pairs; or all pairs), and there the best state of all reads and of one search more than ten times
            as long stands for
            the optimum. How a time is shared out among annealings, and the first and last temperature, were chosen on
            generated problems of other seeds and not changed for the public ones.
            Measured on: {file.Processor}.
            """));
        page.Header("problem", "origin", "variables", "pairs", "aimed at", "annealings", "ms", "gap");
        foreach (PlainGap g in report.Gaps)
        {
            page.Row(
                g.Problem, g.Kind, Number(g.Variables), Percent(g.Density, 1), Format($"{g.Budget:N0} ms"),
                Format($"{g.Annealings} x {g.Sweeps:N0} sweeps"), Number(g.Milliseconds), Percent(g.Gap, 4));
        }

        page.EndTable();
        page.Paragraph("""
            What a step takes, from the difference of two runs; and what comes before the first sweep of a problem that
            is new (sizes, the float32 copy or
            compressed rows, scale of temperatures, greedy state), beside one pass over the matrix's coefficients.
            """);
        page.Header("step", "variables", "pairs", "µs");
        foreach (PlainStep s in report.Steps)
        {
            page.Row(s.Sampler, Number(s.Variables), Percent(s.Density, 1), Number(s.Microseconds));
        }

        page.EndTable();
        page.Header("set-up", "variables", "ms", "x one pass");
        foreach (PlainSetup s in report.Setups)
        {
            page.Row(s.Problem, Number(s.Variables), Number(s.Milliseconds), Number(s.OverRead));
        }

        page.EndTable();
        page.Paragraph("""
            Time with compressed rows over time with rows written out, the same states in both. Up to 12 % of pairs the
            library
            compresses them.
            """);
        page.Header("variables", "pairs", "annealing", "bifurcation");
        foreach (PlainForms f in report.Forms)
        {
            page.Row(Number(f.Variables), Percent(f.Density, 1), Number(f.Annealing), Number(f.Bifurcation));
        }

        page.EndTable();
    }
}
