using System.CommandLine;
using System.Diagnostics;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using static System.FormattableString;

namespace Qama.Benchmarks.Steps;

/// <summary><c>one-sample</c>: passes over a batch of one sample with one thread and with two, in turns.</summary>
internal static class OneSampleCommand
{
    private const int Sweeps = 20;
    private const double Warmth = 2;

    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var turns = new Option<int>("--turns") { Description = "Passes of each kind.", DefaultValueFactory = _ => 101 };
        var command = new Command("one-sample", "Passes over one sample of 512 tokens, two threads beside one.") { json, turns };
        command.SetAction(parsed =>
        {
            int count = parsed.GetValue(turns);
            QuboAttentionLayer<float>[] layers = [new LongSample(1), new LongStable(1), new LongWide(1), new LongPairs(1)];
            OneSampleMeasurement[] all = [.. layers.SelectMany(l => Measure(l, count))];
            foreach (OneSampleMeasurement m in all)
            {
                Console.Out.WriteLine(Invariant(
                    $"{m.Layer}, {m.Tokens} tokens, {m.Pass}: {m.One:F2} ms, two threads {m.Two:F2} ms, {m.One / m.Two:F2} x"));
            }

            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "one-sample", all);
            }
        });
        return command;
    }

    private static IEnumerable<OneSampleMeasurement> Measure(QuboAttentionLayer<float> layer, int turns)
    {
        var random = new RandomStream(5);
        var input = new float[layer.Model.Tokens * layer.Model.EmbeddingDim];
        foreach (ref float x in input.AsSpan())
        {
            x = (float)random.NextNormal();
        }

        (float[] output, float[] gradient) = (new float[layer.Model.Tokens * layer.Model.OutputDim], new float[input.Length]);
        (string Name, Action Run)[][] passes = [Passes(1), Passes(2)];
        foreach ((_, Action run) in passes.SelectMany(p => p))
        {
            Median.Warm(run, Warmth / 4);
        }

        List<double>[][] times = [.. passes.Select(p => p.Select(_ => new List<double>()).ToArray())];
        for (int t = 0; t < turns; t++)
        {
            for (int w = 0; w < 2; w++)
            {
                for (int p = 0; p < passes[w].Length; p++)
                {
                    long start = Stopwatch.GetTimestamp();
                    passes[w][p].Run();
                    times[w][p].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return passes[0].Select((p, i) => new OneSampleMeasurement(
            layer.Model.Name, layer.Model.Tokens, p.Name, Median.Of(times[0][i]), Median.Of(times[1][i])));

        (string, Action)[] Passes(int threads)
        {
            LayerWorkspace<float> workspace = layer.CreateWorkspace(1, threads);
            var annealer = new SimulatedAnnealingSampler { Sweeps = Sweeps, Hot = 0.2, Threads = threads };
            layer.Forward(input, output, workspace, annealer);
            var found = new Found();
            return
            [
                ("forward without annealing", () => layer.Forward(input, output, workspace, found)),
                ("forward", () => layer.Forward(input, output, workspace, annealer)),
                ("backward", () => layer.Backward(output, gradient, workspace)),
            ];
        }
    }

    /// <summary>Leaves in place what was found before.</summary>
    private sealed class Found : ISampler
    {
        public string Name => "found";

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) => default;
    }
}

/// <summary>A pass over one sample, in turns.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Tokens">Tokens of the sample.</param>
/// <param name="Pass">What ran.</param>
/// <param name="One">Milliseconds with one thread.</param>
/// <param name="Two">Milliseconds with two.</param>
internal sealed record OneSampleMeasurement(string Layer, int Tokens, string Pass, double One, double Two);
