using Qama.Benchmarks.Building;
using Qama.Benchmarks.Generator;
using Qama.Benchmarks.Scaling;
using Qama.Benchmarks.Solvers;
using Qama.Benchmarks.Steps;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>What was aimed at, beside what the measurements say.</summary>
internal static class Targets
{
    private const double Solved = 0.9;

    public static void Write(Markdown page, Measurements measured)
    {
        page.Heading("Targets");
        page.Header("what", "target", "reached", "");
        if (measured.Mnist is { } mnist)
        {
            WriteMnist(page, mnist.Measurements);
        }

        if (measured.Synthetic is { } synthetic)
        {
            AtMost(page, "1,024 variables, gap 0.05 %", Best(synthetic.Measurements, 0.0005), 500, "µs per problem");
        }

        if (measured.Step is { } step)
        {
            WriteStep(page, step.Measurements);
        }

        if (measured.Scaling is { } scaling)
        {
            WriteScaling(page, scaling.Measurements);
        }

        foreach (GeneratorMeasurement m in measured.Generator?.Measurements ?? [])
        {
            if (m.Limit is double limit)
            {
                AtMost(page, "generator: " + m.Name, m.Milliseconds, limit, "ms");
            }
        }

        foreach (BuildMeasurement m in measured.Build?.Measurements.Where(m => m.Library == BuildMeasurement.This) ?? [])
        {
            AtMost(page, "a user's cold build, each further class, processor time", m.Further, BuildMeasurement.Limit, "s");
        }

        page.EndTable();
    }

    private static void WriteMnist(Markdown page, SolversReport report)
    {
        AtMost(page, "392 variables of a trained layer, gap 0.2 %", Best(report, 0.002), 12, "µs per problem");
        double? time = Best(report, 0.001);
        AtMost(page, "the same, gap 0.1 %", time, 45, "µs per problem");
        double? baseline = new GapCurve(report.Measurements.Where(m => m.Sampler == Contender.Baseline)).TimeAt(0.001);
        AtLeast(page, "the same, problems per second relative to the textbook annealer", baseline / time, 15, "x");
        double[] solving = [.. report.Measurements.Where(m => m.Solved >= Solved).Select(m => m.Microseconds * 1e-3)];
        AtMost(page, "the same, best-known energy reached on 90 % of problems", solving.Length > 0 ? solving.Min() : null, 2, "ms per problem");
    }

    private static void WriteStep(Markdown page, StepReport report)
    {
        LayerMeasurement Of(int width, int threads) => report.Layers.First(l => l.Width == width && l.Threads == threads);
        TrainingMeasurement Train(string attention) => report.Training.Single(t => t.Attention == attention && t.Threads == 2);
        (LayerMeasurement narrow, LayerMeasurement wide) = (Of(64, 2), Of(512, 2));
        AtMost(page, $"layer forward, batch 128, width 64, two threads, {narrow.Sweeps} sweeps", narrow.Forward, 8, "ms");
        AtMost(page, $"published timing case, batch 128, width 512, two threads, {wide.Sweeps} sweeps", wide.Forward, 120, "ms");
        AtMost(page, "training step of the MNIST model, two threads", Train("qama").Step, 25, "ms");
        AtMost(page, "the same, relative to softmax attention", Train("qama").Step / Train("softmax").Step, 2, "x");
        foreach (LayerMeasurement layer in new[] { Of(64, 1), Of(512, 1) })
        {
            AtMost(page, $"backward over forward without annealing, width {layer.Width}", layer.BackwardOverForward, 2.5, "x");
            AtLeast(
                page, $"projections, width {layer.Width}, useful operations", 100 * layer.ProjectionGflops / report.Machine.Gflops, 50,
                "% of the measured peak");
        }

        AtLeast(page, "couplings, head width 64, useful operations", 100 * Of(512, 1).CouplingGflops / report.Machine.Gflops, 50,
            "% of the measured peak");
        double bytes = report.Layers.Max(l => l.Bytes) + report.Training.Max(t => t.Bytes);
        AtMost(page, "allocated per pass or step after warm-up", bytes, 0, "bytes");
    }

    private static void WriteScaling(Markdown page, ScalingReport report)
    {
        ScalingMeasurement[] tokens = [.. report.Rows.Where(r => r.Varied == "tokens").OrderBy(r => r.Tokens)];
        (ScalingMeasurement small, ScalingMeasurement large) = (tokens.First(r => r.Tokens >= 128), tokens[^1]);
        double power = Math.Log(large.Sweep / small.Sweep) / Math.Log((double)large.Tokens / small.Tokens);
        AtMost(page, Format($"growth of a sweep with tokens, {small.Tokens} to {large.Tokens}: power"), power, 2, "");
        AtMost(page, $"memory of the process, 8 x {large.Tokens:N0} tokens", large.PeakBytes * 1e-6, 1000, "MB");
    }

    // A sampler whose shortest budget goes below the gap takes at most as long as that.
    private static double? Best(SolversReport report, double gap) => report.Measurements
        .Where(m => m.Sampler != Contender.Baseline).GroupBy(m => m.Sampler)
        .Select(g => new GapCurve(g).TimeAt(gap) ?? g.Where(m => m.Gap <= gap).Min(m => (double?)m.Microseconds)).Min();

    private static void AtMost(Markdown page, string what, double? reached, double target, string unit) =>
        Row(page, what, "≤ " + Number(target), reached, unit, reached <= target);

    private static void AtLeast(Markdown page, string what, double? reached, double target, string unit) =>
        Row(page, what, "≥ " + Number(target), reached, unit, reached >= target);

    private static void Row(Markdown page, string what, string target, double? reached, string unit, bool isReached) => page.Row(
        what, $"{target} {unit}".TrimEnd(), reached is double value ? $"{Number(value)} {unit}".TrimEnd() : "not reached",
        isReached ? "yes" : "**no**");
}
