using System.Diagnostics;
using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Scaling;

/// <summary>Measures random problems of one declared shape.</summary>
internal static class ScalingRun
{
    private const int Sweeps = 20;
    private const double EnoughSeconds = 0.3;
    private const int MostRepeats = 31;

    public static ScalingMeasurement Measure<TModel>(string varied, int batch)
        where TModel : class, IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        AttentionProblemBatch<TModel> problems = RandomProblems.Create<TModel>(batch, seed: 1);
        int stride = Padding.Stride(model.Tokens);

        var result = new SampleSet(batch, 1, model.VariableCount);
        var hot = new SampleSet(batch, 1, model.VariableCount) { Temperature = 1e6 };
        var annealer = new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 };
        double cold = Time(step => annealer.Finish(problems, result, new SamplingKey(1, step)));
        double heated = Time(step => annealer.Finish(problems, hot, new SamplingKey(1, step)));
        return new(
            varied, model.HeadCount, model.Tokens, model.SelectionBits, batch, model.VariableCount,
            cold / (batch * Sweeps), heated / (batch * Sweeps),
            sizeof(float) * (long)model.HeadCount * model.Tokens * stride, sizeof(float) * (long)problems.ScratchLength,
            Process.GetCurrentProcess().PeakWorkingSet64, TimeRows(batch * model.HeadCount * model.Tokens, stride) / batch);
    }

    // A hot sweep's rows and nothing else: a random half of all rows, in order, each added to a row of fields.
    private static double TimeRows(int count, int stride)
    {
        var random = new Random(2);
        var couplings = new float[count * stride];
        Array.Fill(couplings, 1e-3f); // written, so that the rows are memory of their own
        int[] rows = [.. Enumerable.Range(0, count).Where(_ => random.Next(2) == 0)];
        var fields = new float[stride];
        return Time(_ =>
        {
            foreach (int row in rows)
            {
                Rows.AddScaled<float>(1e-3f, couplings.AsSpan(row * stride, stride), fields);
            }
        });
    }

    // Median microseconds.
    private static double Time(Action<int> run)
    {
        Median.Warm(() => run(-1), EnoughSeconds);
        List<double> times = [];
        double start = ThreadClock.Microseconds;
        while (times.Count < 5 || (times.Count < MostRepeats && ThreadClock.Microseconds - start < EnoughSeconds * 1e6))
        {
            double before = ThreadClock.Microseconds;
            run(times.Count);
            times.Add(ThreadClock.Microseconds - before);
        }

        return Median.Of(times);
    }
}
