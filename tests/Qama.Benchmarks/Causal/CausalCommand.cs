using System.CommandLine;
using System.Globalization;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Benchmarks.Causal;

/// <summary><c>causal</c>: how time and memory of causal layers with a memory grow with the tokens.</summary>
internal static class CausalCommand
{
    private const int Sweeps = 30;

    public static Command Create()
    {
        var tokens = new Option<int>("--tokens")
        {
            Description = "Tokens of the stream.", DefaultValueFactory = _ => 1_000_000,
        };
        var command = new Command("causal", "Passes of 1,000 to 64,000 tokens, and a long stream.") { tokens };
        command.SetAction(result =>
        {
            Console.Out.WriteLine(Machine.Measure().Description);
            Passes(Console.Out);
            Stream(Console.Out, result.GetValue(tokens));
        });
        return command;
    }

    private static void Passes(TextWriter output)
    {
        output.WriteLine($"forward and backward, {Sweeps} sweeps, one thread, {ThreadClock.Name}:");
        QuboAttentionLayer<float>[] layers = [new Causal1000(1), new Causal4000(1), new Causal16000(1), new Causal64000(1)];
        Median.Warm(Pass(layers[0]), 3);
        (int Tokens, double Milliseconds)[] times = [.. layers.Select(layer =>
            (layer.Model.Tokens, Median.Milliseconds(Pass(layer), 0, layer.Model.Tokens > 10_000 ? 3 : 9)))];
        for (int i = 0; i < times.Length; i++)
        {
            long bytes = layers[i].WorkspaceBytes(1, 1);
            string exponent = i == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $", exponent from the first {Math.Log(times[i].Milliseconds / times[0].Milliseconds) / Math.Log((double)times[i].Tokens / times[0].Tokens):F3}");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{times[i].Tokens} tokens: {times[i].Milliseconds:F0} ms, {1e3 * times[i].Milliseconds / times[i].Tokens:F1} µs a token, workspace {bytes / 1e6:F1} MB{exponent}"));
        }
    }

    private static Action Pass(QuboAttentionLayer<float> layer)
    {
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        var sampler = new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 };
        float[] input = Numbers(layer.Model.Tokens * layer.Model.EmbeddingDim);
        (var result, var gradient) = (new float[input.Length], new float[input.Length]);
        return () =>
        {
            layer.Forward(input, result, workspace, sampler);
            layer.Backward(result, gradient, workspace);
        };
    }

    private static void Stream(TextWriter output, int tokens)
    {
        TokenStream<float> stream = new Causal1000(1).CreateStream(new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 });
        float[] input = Numbers(1 << 16), result = new float[64];
        (double start, long allocated) = (ThreadClock.Microseconds, GC.GetAllocatedBytesForCurrentThread());
        for (int t = 1; t <= tokens; t++)
        {
            stream.Append(input.AsSpan((t * 64) & 0xFFC0, 64), result);
            if (t % (tokens / 10) == 0)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{t} tokens: {(ThreadClock.Microseconds - start) / t:F1} µs a token, {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes allocated, resident {Environment.WorkingSet / 1e6:F0} MB"));
            }
        }
    }

    private static float[] Numbers(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
