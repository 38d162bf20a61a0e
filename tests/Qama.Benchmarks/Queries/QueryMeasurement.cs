using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Benchmarks.Queries;

/// <summary>Forward and backward of layers with a selection per query, as ratios to softmax attention's forward in the same run.</summary>
internal static class QueryMeasurement
{
    public const int Tokens = 256, Width = 64, Heads = 4;

    private const int Repeats = 31;

    public static void Run(TextWriter output)
    {
        var random = new RandomStream(1);
        var input = new float[Tokens * Width];
        foreach (ref float value in input.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        var shape = new TokenShape(Tokens, Width);
        var softmax = new SoftmaxAttention<float>(shape, Heads, Width / Heads, 1);
        Activations<float> batch = new(1, shape), result = new(1, shape);
        batch.Set(0, input);
        softmax.Allocate(1, threads: 1);
        double reference = Time(() => softmax.Forward(batch, result, new BatchInfo(1)));
        output.WriteLine($"{Tokens} tokens, {Heads} heads of width {Width / Heads}, one thread; {ThreadClock.Name}");
        output.WriteLine($"softmax attention, forward {reference:F3} ms");
        Measure(output, "at most 16 keys a query", new QuerySelection(1), input, reference);
        Measure(output, "at most 16 keys up to the query", new CausalQuerySelection(1), input, reference);
        Measure(output, "coupled units of 4, blocks of 8 queries", new CoupledQuerySelection(1), input, reference);
    }

    private static double Time(Action action)
    {
        Median.Warm(action, 0.8);
        return Median.Milliseconds(action, 1, Repeats);
    }

    private static void Measure(TextWriter output, string name, QuboAttentionLayer<float> layer, float[] input, double reference)
    {
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, threads: 1);
        var sampler = new SimulatedAnnealingSampler { Threads = 1 };
        float[] result = new float[input.Length], gradient = new float[input.Length];
        double forward = Time(() => layer.Forward(input, result, workspace, sampler));
        double backward = Time(() => layer.Backward(result, gradient, workspace));
        output.WriteLine(
            $"{name}: forward {forward:F3} ms, {forward / reference:F1} times softmax's; backward {backward:F3} ms, {backward / reference:F1} times");
    }
}
