using System.Diagnostics;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Examples.Book;

/// <summary>What reading a book gave.</summary>
/// <param name="Right">Share of right answers.</param>
/// <param name="Found">Share of questions whose answer some head selects; null where heads do not select.</param>
/// <param name="Used">Share of the tokens that a head looks at.</param>
/// <param name="Seconds">Median time of the layer's forward pass, for all tokens.</param>
/// <param name="Bytes">Memory of the pass.</param>
internal sealed record BookResult(double Right, double? Found, double Used, double Seconds, long Bytes);

/// <summary>Reads books with a reader that was trained on pages.</summary>
internal static class BookReading
{
    private const int Out = BookAttention.HeadCount * BookAttention.HeadDim;

    /// <summary>By selecting.</summary>
    public static BookResult Select(Reader reader, Library library, Settings settings)
    {
        var layer = new BookAttention(settings.Seed) { Mode = LayerMode.Evaluation };
        foreach (var trained in reader.Attention.Parameters)
        {
            trained.Parameter.Value.CopyTo(layer.Parameters[trained.Name].Value);
        }

        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, settings.Threads);
        var sampler = new SimulatedAnnealingSampler { Sweeps = 20, Threads = settings.Threads };
        var input = new float[BookAttention.Tokens * WordVectors.Width];
        var output = new float[BookAttention.Tokens * Out];
        (int right, int found, long used) = (0, 0, 0);
        var seconds = new List<double>();
        for (int q = 0; q < settings.Questions; q++)
        {
            Reading reading = library.Read(settings.Tokens, settings.Sentences, BookSeed(settings, q));
            reading.Tokens().CopyTo(input, 0);
            long start = Stopwatch.GetTimestamp();
            layer.Forward(input, output, workspace, sampler, [settings.Tokens]);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            right += reader.Classify(output.AsSpan(0, Out)) == reading.Answer ? 1 : 0;
            ReadOnlySpan<byte> state = workspace.Samples.State(0);
            found += state[reading.Place] + state[BookAttention.Tokens + reading.Place] > 0 ? 1 : 0;
            used += state.Count((byte)1);
        }

        long bytes = layer.WorkspaceBytes(1, settings.Threads)
            + (sizeof(float) * ((long)workspace.Problems.ScratchLength + input.Length + output.Length));
        double n = settings.Questions;
        return new BookResult(right / n, found / n, used / n / BookAttention.HeadCount / settings.Tokens, Median(seconds), bytes);
    }

    /// <summary>By softmax: the answer needs the question's output alone, the time is that of all tokens, once.</summary>
    public static BookResult Softmax(Reader reader, Library library, Settings settings)
    {
        int threads = settings.Threads == 0 ? Environment.ProcessorCount : settings.Threads;
        var softmax = new BlockedSoftmax(reader.Attention.Parameters, settings.Tokens);
        var output = new float[settings.Tokens * Out];
        int right = 0;
        float[] tokens = [];
        for (int q = 0; q < settings.Questions; q++)
        {
            Reading reading = library.Read(settings.Tokens, settings.Sentences, BookSeed(settings, q));
            tokens = reading.Tokens();
            softmax.Read(tokens, 1, threads, output);
            right += reader.Classify(output.AsSpan(0, Out)) == reading.Answer ? 1 : 0;
        }

        long start = Stopwatch.GetTimestamp();
        softmax.Read(tokens, settings.Tokens, threads, output);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = softmax.Bytes(threads) + (sizeof(float) * ((long)tokens.Length + output.Length));
        return new BookResult(right / (double)settings.Questions, null, 1, seconds, bytes);
    }

    // Readings that no training saw.
    private static int BookSeed(Settings settings, int question) => 1_000_000_000 + settings.Seed + question;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
