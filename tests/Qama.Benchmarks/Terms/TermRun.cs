namespace Qama.Benchmarks.Terms;

/// <summary>Measures one shape.</summary>
internal static class TermRun
{
    /// <summary>Few, so that a repeat is as short as a small kernel and as seldom interrupted.</summary>
    private const int SampledPairs = 100;
    private const double WarmupSeconds = 1.5;

    public delegate void Kernel(ReadOnlySpan<float> query, ReadOnlySpan<float> key, Span<float> couplings);

    public static TermMeasurement Measure(
        int heads, int tokens, int dim, Kernel generated, Func<Vec, Vec, float> method, int repeats)
    {
        var random = new Random(1);
        float[] q = Numbers(random, tokens * heads * dim), k = Numbers(random, tokens * heads * dim);
        var written = new HandWritten(heads, tokens, dim);
        float[] one = new float[heads * tokens * tokens], other = new float[one.Length];

        Action computeGenerated = () => generated(q, k, one), computeWritten = () => written.Compute(q, k, other);
        Median.Warm(computeGenerated, WarmupSeconds);
        Median.Warm(computeWritten, WarmupSeconds);

        // Alternated, so that a slow spell of the machine meets both.
        List<double> generatedTimes = [], writtenTimes = [];
        for (int r = 0; r < repeats; r++)
        {
            generatedTimes.Add(Median.Milliseconds(computeGenerated, warmup: 0, repeats: 1));
            writtenTimes.Add(Median.Milliseconds(computeWritten, warmup: 0, repeats: 1));
        }

        (int H, int I, int J)[] pairs = [.. Enumerable.Range(0, SampledPairs).Select(_ => Pair(random, heads, tokens))];
        Vec[] queries = Rows(q, dim), keys = Rows(k, dim);
        var sampled = new float[pairs.Length];
        Action call = () =>
        {
            for (int p = 0; p < pairs.Length; p++)
            {
                (int h, int i, int j) = pairs[p];
                int a = i * heads + h, b = j * heads + h;
                sampled[p] = 0.5f * (method(queries[a], keys[b]) + method(queries[b], keys[a]));
            }
        };
        Median.Warm(call, WarmupSeconds);
        double direct = Median.Milliseconds(call, warmup: 0, repeats: 200);
        double all = heads * tokens * (tokens - 1) / 2.0;
        return new TermMeasurement(
            heads, tokens, dim,
            Median.Of(generatedTimes) * 1e6 / all, direct * 1e6 / pairs.Length, Median.Of(writtenTimes) * 1e6 / all,
            one.Zip(other, (x, y) => Math.Abs((double)x - y)).Max(),
            pairs.Zip(sampled, (p, s) => Math.Abs((double)one[(p.H * tokens + p.I) * tokens + p.J] - s)).Max());
    }

    private static (int Head, int I, int J) Pair(Random random, int heads, int tokens)
    {
        int i = random.Next(1, tokens);
        return (random.Next(heads), i, random.Next(i));
    }

    private static Vec[] Rows(float[] features, int dim) => [.. features.Chunk(dim).Select(row => new Vec(row))];

    private static float[] Numbers(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => 2 * random.NextSingle() - 1)];
}
