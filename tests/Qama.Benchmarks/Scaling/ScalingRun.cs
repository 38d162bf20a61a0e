using System.Diagnostics;
using Qama.Kernels;
using Qama.Model;
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
        int stride = Padding.Stride(model.Tokens);
        var couplings = new float[batch * model.HeadCount * model.Tokens * stride];
        var fields = new float[batch * model.HeadCount * stride];
        Fill(couplings, fields, model, stride);
        var problems = new AttentionProblemBatch<TModel>(batch, couplings, fields);
        problems.SetCount(batch);
        problems.TokenCounts.Fill(model.Tokens);

        var result = new SampleSet(batch, 1, model.VariableCount);
        var hot = new SampleSet(batch, 1, model.VariableCount) { Temperature = 1e6 };
        var annealer = new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 };
        double cold = Time(step => annealer.Finish(problems, result, new SamplingKey(1, step)));
        double heated = Time(step => annealer.Finish(problems, hot, new SamplingKey(1, step)));
        return new(
            varied, model.HeadCount, model.Tokens, model.SelectionBits, batch, model.VariableCount,
            cold / (batch * Sweeps), heated / (batch * Sweeps),
            sizeof(float) * (long)model.HeadCount * model.Tokens * stride, sizeof(float) * (long)problems.ScratchLength,
            Process.GetCurrentProcess().PeakWorkingSet64, TimeRows(couplings, stride) / batch);
    }

    // A hot sweep's rows and nothing else: a random half of all rows, in order, each added to a row of fields.
    private static double TimeRows(float[] couplings, int stride)
    {
        var random = new Random(2);
        int[] rows = [.. Enumerable.Range(0, couplings.Length / stride).Where(_ => random.Next(2) == 0)];
        var fields = new float[stride];
        return Time(_ =>
        {
            foreach (int row in rows)
            {
                Lanes.AddScaled<float>(1e-3f, couplings.AsSpan(row * stride, stride), fields);
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

    // As of random projections: couplings of the size 1/√D of both signs, symmetric; fields of the size 1/√N.
    private static void Fill(float[] couplings, float[] fields, ModelDescriptor model, int stride)
    {
        var random = new RandomStream(1);
        float size = 1 / MathF.Sqrt(model.HeadDim);
        for (int matrix = 0; matrix < couplings.Length; matrix += model.Tokens * stride)
        {
            Span<float> pairs = couplings.AsSpan(matrix, model.Tokens * stride);
            for (int i = 0; i < model.Tokens; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    pairs[(i * stride) + j] = size * (((random.NextUInt64() >> 40) * (2f / (1 << 24))) - 1);
                }
            }

            MirrorLower(pairs, model.Tokens, stride);
        }

        for (int row = 0; row < fields.Length; row += stride)
        {
            for (int i = 0; i < model.Tokens; i++)
            {
                fields[row + i] = (float)random.NextNormal() / MathF.Sqrt(model.Tokens);
            }
        }
    }

    private static void MirrorLower(Span<float> pairs, int tokens, int stride)
    {
        const int Block = 64;
        for (int top = 0; top < tokens; top += Block)
        {
            for (int left = 0; left <= top; left += Block)
            {
                for (int i = top; i < Math.Min(top + Block, tokens); i++)
                {
                    for (int j = left; j < Math.Min(left + Block, i); j++)
                    {
                        pairs[(j * stride) + i] = pairs[(i * stride) + j];
                    }
                }
            }
        }
    }
}
