using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Factored;

/// <summary>Annealing and layers with couplings kept as features, beside couplings written out.</summary>
internal static class FactoredMeasurement
{
    private const int Heads = 8;

    /// <summary>Prints everything.</summary>
    public static void Run(TextWriter output)
    {
        output.WriteLine("ns per token, head and sweep");
        Sweep<Narrow1024>(output, "D = 16, written out", dense: true);
        Sweep<Narrow1024>(output, "D = 16, features", dense: false);
        Sweep<Narrow4096>(output, "D = 16, features", dense: false);
        Sweep<Narrow16384>(output, "D = 16, features", dense: false);
        Sweep<Narrow65536>(output, "D = 16, features", dense: false);
        Sweep<Wide1024>(output, "D = 64, features", dense: false);
        Sweep<Wide4096>(output, "D = 64, features", dense: false);
        Sweep<Wide16384>(output, "D = 64, features", dense: false);
        Sweep<Wide65536>(output, "D = 64, features", dense: false);
        Layers(output);
        output.WriteLine("mean gap to the lowest energy found, 1,024 tokens, 4 problems");
        Gaps(output);
    }

    private static void Layers(TextWriter output)
    {
        output.WriteLine("ms of a layer, forward and backward, 30 sweeps, one thread: written out, features, ratio");
        Layer(output, new WrittenLayer128(1), new Layer128(1));
        Layer(output, new WrittenLayer256(1), new Layer256(1));
        Layer(output, new WrittenLayer512(1), new Layer512(1));
        Layer(output, new WrittenWideLayer256(1), new WideLayer256(1));
        Layer(output, new WrittenLayer2048(1), new Layer2048(1));
    }

    private static void Sweep<TModel>(TextWriter output, string what, bool dense)
        where TModel : IFactoredAttention<TModel>
    {
        ProblemBatch problems = Problems<TModel>(1, 1, dense);
        var scratch = new float[problems.ScratchLength];
        var state = new byte[problems.VariableCount];
        Median.Warm(() => Time(8), 1);
        int extra = problems.VariableCount > 100_000 ? 8 : 32;
        double sweep = Median.Of(Enumerable.Range(0, 7).Select(_ => Time(8 + extra) - Time(8)).Skip(2)) / extra;
        output.WriteLine(FormattableString.Invariant(
            $"{what,-22}{TModel.Descriptor.Tokens,8}{sweep * 1e3 / problems.VariableCount,8:F2}{sizeof(float) * (scratch.LongLength + (dense ? problems.VariableCount * (long)TModel.Descriptor.Tokens : 2L * TModel.Descriptor.Tokens * TModel.Descriptor.OutputDim)) / 1e6,10:F1} MB"));

        double Time(int sweeps)
        {
            var random = new RandomStream(3);
            double start = ThreadClock.Microseconds;
            problems.Anneal(0, new AnnealingSchedule(sweeps, 0.6, 0.07), ref random, state, scratch);
            return ThreadClock.Microseconds - start;
        }
    }

    private static void Layer(TextWriter output, QuboAttentionLayer<float> written, QuboAttentionLayer<float> features)
    {
        ModelDescriptor model = written.Model;
        var random = new RandomStream(2);
        float[] input = [.. Enumerable.Range(0, model.Tokens * model.EmbeddingDim).Select(_ => (float)random.NextNormal())];
        var result = new float[input.Length];
        var gradient = new float[input.Length];
        List<double> ofWritten = [], ofFeatures = [];
        (Action first, Action second) = (Pass(written), Pass(features));
        Median.Warm(first, 1);
        Median.Warm(second, 1);
        for (int turn = 0; turn < 5; turn++)
        {
            ofWritten.Add(Median.Milliseconds(first, 0, 1));
            ofFeatures.Add(Median.Milliseconds(second, 0, 1));
        }

        (double old, double now) = (Median.Of(ofWritten), Median.Of(ofFeatures));
        output.WriteLine(FormattableString.Invariant(
            $"1 x {model.Tokens} x {model.EmbeddingDim}: {old:F1} {now:F1} {old / now:F1}"));

        Action Pass(QuboAttentionLayer<float> layer)
        {
            LayerWorkspace<float> workspace = layer.CreateWorkspace(1, threads: 1);
            var sampler = new SimulatedAnnealingSampler { Sweeps = 30, Threads = 1 };
            return () =>
            {
                layer.Forward(input, result, workspace, sampler);
                layer.Backward(result, gradient, workspace);
            };
        }
    }

    private static void Gaps(TextWriter output)
    {
        const int Count = 4;
        ProblemBatch features = Problems<Narrow1024>(Count, 5, dense: false), written = Problems<Narrow1024>(Count, 5, dense: true);
        double[] best = Energies(features, 2_000, 3);
        foreach (int sweeps in new[] { 10, 30, 100, 1_000 })
        {
            output.WriteLine(FormattableString.Invariant(
                $"{sweeps,6} sweeps: written out {100 * Gap(Energies(written, sweeps, 1)):F3} %, features {100 * Gap(Energies(features, sweeps, 1)):F3} %"));
        }

        double Gap(double[] energies) => energies.Select((e, p) => (e - best[p]) / Math.Abs(best[p])).Average();

        static double[] Energies(ProblemBatch problems, int sweeps, int restarts)
        {
            var result = new SampleSet(problems.Count, 1, problems.VariableCount);
            new SimulatedAnnealingSampler { Sweeps = sweeps, Restarts = restarts, Threads = 1 }
                .SampleAsync(problems, result, new SamplingKey(1)).AsTask().GetAwaiter().GetResult();
            return [.. Enumerable.Range(0, problems.Count).Select(p => result.Energy(p))];
        }
    }

    // As in a fresh layer: projections of variance 1/3, fields their mean with a normal vector.
    private static ProblemBatch Problems<TModel>(int count, ulong seed, bool dense)
        where TModel : IFactoredAttention<TModel>
    {
        (int n, int width, int rank) = (TModel.Descriptor.Tokens, TModel.Descriptor.OutputDim, TModel.Descriptor.HeadDim);
        var random = new RandomStream(seed);
        List<(ReadOnlyMemory<float> Query, ReadOnlyMemory<float> Key, ReadOnlyMemory<float> Fields)> problems = [];
        for (int p = 0; p < count; p++)
        {
            problems.Add((Normal(n * width, 1), Normal(n * width, 1), Normal(Heads * n, 1 / Math.Sqrt(rank))));
        }

        var features = FactoredProblemBatch<TModel>.FromFeatures(problems);
        if (!dense)
        {
            return features;
        }

        return AttentionProblemBatch<TModel>.FromDense([.. problems.Select(p =>
            ((ReadOnlyMemory<float>)Couplings(p.Query.Span, p.Key.Span, n, width, rank), p.Fields))]);

        float[] Normal(int length, double size) =>
            [.. Enumerable.Range(0, length).Select(_ => (float)(size * Math.Sqrt(1.0 / 3) * random.NextNormal()))];
    }

    private static float[] Couplings(ReadOnlySpan<float> query, ReadOnlySpan<float> key, int n, int width, int rank)
    {
        var couplings = new float[Heads * n * n];
        float half = 0.5f / MathF.Sqrt(rank);
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    float sum = 0;
                    for (int d = h * rank; d < (h + 1) * rank; d++)
                    {
                        sum += (query[(i * width) + d] * key[(j * width) + d]) + (query[(j * width) + d] * key[(i * width) + d]);
                    }

                    couplings[(((h * n) + i) * n) + j] = couplings[(((h * n) + j) * n) + i] = half * sum;
                }
            }
        }

        return couplings;
    }
}
